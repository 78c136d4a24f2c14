"""Read the words of an XForm: its languages, its texts with answers piped in, and its lists."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from app.core.errors import Fault, InvalidInputError
from app.questionnaires.expressions import Expression, compile_expression
from app.questionnaires.items import ItemList, Template, Texts
from app.questionnaires.tags import TagError, tag_of

UNREADABLE: Final = "The compiled form cannot be read."
XFORMS: Final = "{http://www.w3.org/2002/xforms}"
TEXT_ID: Final = "itextId"


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def only(element: etree._Element, path: str) -> etree._Element:
    """Find what every XForm has."""
    found = element.find(path)
    if found is None:
        raise InvalidInputError("The compiled form is not an ODK XForm.")
    return found


Recorded = Mapping[str, str]  # the file by language tag
_PLACE_OF_AUDIO: Final = "jr://audio/"


def read_translations(model: etree._Element) -> tuple[dict[str, str], dict[str, Texts], dict[str, Recorded]]:
    """Return heading -> tag with the default language first, and texts and recordings by their itext id."""
    translations = model.findall(f"{XFORMS}itext/{XFORMS}translation")
    translations.sort(key=lambda one: one.get("default") != "true()")
    if not translations:
        raise InvalidInputError("The questionnaire has no label column with a language.")
    names: dict[str, str] = {}
    texts: dict[str, dict[str, Template]] = {}
    recorded: dict[str, dict[str, str]] = {}
    for translation in translations:
        heading = str(translation.get("lang"))
        names[heading] = _tag(heading)
        for text in translation:
            name = str(text.get("id"))
            for value in text.findall(f"{XFORMS}value"):
                if value.get("form") is None:
                    texts.setdefault(name, {})[names[heading]] = _template(value)
                elif value.get("form") == "audio":
                    file = str(value.text).strip().removeprefix(_PLACE_OF_AUDIO)
                    recorded.setdefault(name, {})[names[heading]] = file
    return names, dict(texts), dict(recorded)


def _tag(heading: str) -> str:
    try:
        return tag_of(heading)
    except TagError as error:
        raise InvalidInputError(UNREADABLE, faults=(Fault(heading, error.message, error.values),)) from error


def _template(value: etree._Element) -> Template:
    """Read text with <output> elements; pyxform pads such text with a space at either end."""
    parts: list[str | Expression] = [value.text or ""]
    for output in value:
        parts += [compile_expression(str(output.get("value"))), output.tail or ""]
    if len(parts) > 1:
        parts[0], parts[-1] = str(parts[0]).lstrip(), str(parts[-1]).rstrip()
    return Template(tuple(part for part in parts if part != ""))


def read_lists(model: etree._Element) -> Mapping[str, ItemList]:
    """Return the lists by name, every item with all its columns."""
    lists: dict[str, ItemList] = {}
    for instance in model.findall(f"{XFORMS}instance"):
        if instance.get("id"):
            items = instance.findall(f"{XFORMS}root/{XFORMS}item")
            rows = tuple({local_name(cell): cell.text or "" for cell in item} for item in items)
            columns = frozenset(column for row in rows for column in row)
            lists[str(instance.get("id"))] = ItemList(rows, columns)
    return lists
