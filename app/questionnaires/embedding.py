"""Write attached lists into the compiled form, so that a version holds all that it needs."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from app.questionnaires.attachments import Attachment
from app.questionnaires.itext import TEXT_ID, XFORMS, local_name, only

_HTML: Final = "{http://www.w3.org/1999/xhtml}"


def embed_lists(xform: str, attachments: Mapping[str, Attachment]) -> str:
    """Return the form with every attached list as an instance of its own, labelled like the choices of the sheet."""
    if not attachments:
        return xform
    root = etree.fromstring(xform.encode())
    model = only(root, f"{_HTML}head/{XFORMS}model")
    labels = _label_columns(root)
    for attachment in attachments.values():
        _embed(model, attachment, label=labels.get(attachment.name))
    return '<?xml version="1.0"?>' + etree.tostring(root, encoding="unicode")


def _label_columns(root: etree._Element) -> dict[str, str]:
    """Return by list which column labels its items, and let the selects read the labels by language."""
    columns: dict[str, str] = {}
    for item_set in root.iter(f"{XFORMS}itemset"):
        label = only(item_set, f"{XFORMS}label")
        if "(" not in str(label.get("ref")):
            name = str(item_set.get("nodeset")).split("'")[1]
            columns[name] = str(label.get("ref"))
            label.set("ref", f"jr:itext({TEXT_ID})")
    return columns


def _embed(model: etree._Element, attachment: Attachment, *, label: str | None) -> None:
    found = model.find(f"{XFORMS}instance[@id='{attachment.name}']")
    if found is None:
        found = etree.Element(f"{XFORMS}instance", id=attachment.name)
        model.insert(_behind_instances(model), found)
    if "src" in found.attrib:
        del found.attrib["src"]
    root = etree.SubElement(found, f"{XFORMS}root")
    for place, row in enumerate(attachment.rows):
        item = etree.SubElement(root, f"{XFORMS}item")
        for column, text in row.items():
            if not column.startswith("label::"):
                etree.SubElement(item, f"{XFORMS}{column}").text = text
        if label is not None:
            etree.SubElement(item, f"{XFORMS}{TEXT_ID}").text = f"{attachment.name}-{place}"
    if label is not None:
        _translate(model, attachment, label)


def _behind_instances(model: etree._Element) -> int:
    places = [place for place, child in enumerate(model) if local_name(child) == "instance"]
    return places[-1] + 1


def _translate(model: etree._Element, attachment: Attachment, label: str) -> None:
    """Give every item its label in every language; one column without a language serves them all."""
    for translation in model.findall(f"{XFORMS}itext/{XFORMS}translation"):
        own = f"label::{translation.get('lang')}"
        for place, row in enumerate(attachment.rows):
            text = etree.SubElement(translation, f"{XFORMS}text", id=f"{attachment.name}-{place}")
            etree.SubElement(text, f"{XFORMS}value").text = row.get(own) or row.get(label, "")
