"""Read the XML of an ODK XForm: labels, bindings, controls and lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from app.core.errors import Fault, InvalidInputError
from app.questionnaires.expressions import Expression, compile_expression, constant
from app.questionnaires.items import Choice, Group, Question, QuestionKind, Template, Texts
from app.questionnaires.tags import TagError, name_of, tag_of

UNREADABLE: Final = "The compiled form cannot be read."
_XFORMS: Final = "{http://www.w3.org/2002/xforms}"
_HTML: Final = "{http://www.w3.org/1999/xhtml}"
_JAVAROSA: Final = "{http://openrosa.org/javarosa}"
_KINDS: Final[Mapping[str, QuestionKind]] = {
    "int": QuestionKind.INTEGER,
    "decimal": QuestionKind.DECIMAL,
    "string": QuestionKind.TEXT,
    "date": QuestionKind.DATE,
}


@dataclass(frozen=True)
class Document:
    """What an XForm says, before the questions are put into order of dependency."""

    title: str
    form_id: str
    version: str
    languages: tuple[str, ...]
    language_names: Mapping[str, str]
    questions: tuple[Question, ...]
    groups: tuple[Group, ...]

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield every expression with the name of the item it belongs to."""
        for group in self.groups:
            yield from ((group.name, one) for one in (group.relevant, *_piped(group.label)) if one)
        for question in self.questions:
            texts = (question.label, question.hint, question.required_message, question.constraint_message)
            logic = (question.relevant, question.constraint, question.calculation, question.default)
            choices = (choice.label for choice in question.choices)
            piped = (expression for text in (*texts, *choices) for expression in _piped(text))
            yield from ((question.name, one) for one in (*logic, *piped) if one)


def _piped(texts: Texts) -> Iterator[Expression]:
    for template in texts.values():
        yield from (part for part in template.parts if isinstance(part, Expression))


def read_document(xform: str) -> Document:
    """Read an XForm as pyxform writes it; raises InvalidInputError and ExpressionError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xform.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInputError("The compiled form is not well-formed XML: %(reason)s", reason=str(error)) from error
    if root.find(f"{_HTML}head/{_XFORMS}model") is None:
        raise InvalidInputError("The compiled form is not an ODK XForm.")
    return _Reader(root).read()


class _Reader:
    """Holds the parts of one document while the questions are put together."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.model = _only(root, f"{_HTML}head/{_XFORMS}model")
        self.names, self.texts = self._read_translations()
        self.binds = {str(bind.get("nodeset")): bind for bind in self.model.findall(f"{_XFORMS}bind")}
        body = _only(root, f"{_HTML}body")
        self.controls = {str(control.get("ref")): control for control in body.iter() if control.get("ref")}
        self.defaults = {str(one.get("ref")): str(one.get("value")) for one in self.model.findall(f"{_XFORMS}setvalue")}
        self.lists = self._read_lists()

    def read(self) -> Document:
        """Walk the primary instance: its order is the order of the questions."""
        data = _only(self.model, f"{_XFORMS}instance/*")
        groups: list[Group] = []
        questions: list[Question] = []
        waiting: list[tuple[etree._Element, str, tuple[str, ...]]] = []
        waiting += [(child, f"/{_local(data)}", ()) for child in reversed(data)]
        while waiting:
            node, above, around = waiting.pop()
            path, name = f"{above}/{_local(node)}", _local(node)
            if path == f"/{_local(data)}/meta":
                continue
            if self._is_group(path, node):
                groups.append(self._group(path, name, around))
                waiting += [(child, path, (*around, name)) for child in reversed(node)]
            else:
                questions.append(self._question(path, node, around))
        title = self.root.findtext(f"{_HTML}head/{_HTML}title") or ""
        names = {tag: name_of(heading) for heading, tag in self.names.items()}
        known = (title, data.get("id", ""), data.get("version", ""), tuple(names), names)
        return Document(*known, questions=tuple(questions), groups=tuple(groups))

    def _is_group(self, path: str, node: etree._Element) -> bool:
        control = self.controls.get(path)
        return len(node) > 0 or (control is not None and _local(control) == "group")

    def _group(self, path: str, name: str, around: tuple[str, ...]) -> Group:
        bind = self.binds.get(path)
        relevant = None if bind is None else _expression(bind, "relevant")
        return Group(name, around, self._label(path, "label"), relevant)

    def _question(self, path: str, node: etree._Element, around: tuple[str, ...]) -> Question:
        bind = self.binds.get(path)
        if bind is None:
            raise InvalidInputError("The compiled form has no binding for %(path)s.", path=path)
        control = self.controls.get(path)
        reserved = _reserved(bind)
        return Question(
            name=_local(node),
            kind=_kind(bind, control),
            group=around,
            label=self._label(path, "label"),
            hint=self._label(path, "hint"),
            choices=self._choices(control),
            required=bind.get("required") == "true()",
            required_message=self.texts.get(f"{path}:jr:requiredMsg", {}),
            relevant=_expression(bind, "relevant"),
            constraint=_expression(bind, "constraint"),
            constraint_message=self.texts.get(f"{path}:jr:constraintMsg", {}),
            calculation=_expression(bind, "calculate"),
            default=self._default(path, node),
            dont_know=reserved[0],
            refused=reserved[1],
        )

    def _default(self, path: str, node: etree._Element) -> Expression | None:
        if path in self.defaults:
            return compile_expression(self.defaults[path])
        return constant(node.text) if node.text and node.text.strip() else None

    def _label(self, path: str, part: str) -> Texts:
        return self.texts.get(f"{path}:{part}", {})

    def _choices(self, control: etree._Element | None) -> tuple[Choice, ...]:
        itemset = None if control is None else control.find(f"{_XFORMS}itemset")
        if itemset is None:
            return ()
        name = str(itemset.get("nodeset")).removeprefix("instance('").removesuffix("')/root/item")
        if name not in self.lists:
            raise InvalidInputError("The list of choices %(name)s cannot be used.", name=name)
        return self.lists[name]

    def _read_lists(self) -> dict[str, tuple[Choice, ...]]:
        lists: dict[str, tuple[Choice, ...]] = {}
        for instance in self.model.findall(f"{_XFORMS}instance"):
            if instance.get("id"):
                items = instance.findall(f"{_XFORMS}root/{_XFORMS}item")
                lists[str(instance.get("id"))] = tuple(
                    Choice(_text(item, "name"), self.texts[_text(item, "itextId")]) for item in items
                )
        return lists

    def _read_translations(self) -> tuple[dict[str, str], dict[str, Texts]]:
        """Return heading -> tag with the default language first, and the texts by their itext id."""
        translations = self.model.findall(f"{_XFORMS}itext/{_XFORMS}translation")
        translations.sort(key=lambda one: one.get("default") != "true()")
        if not translations:
            raise InvalidInputError("The questionnaire has no label column with a language.")
        names: dict[str, str] = {}
        texts: dict[str, dict[str, Template]] = {}
        for translation in translations:
            heading = str(translation.get("lang"))
            names[heading] = _tag(heading)
            for text in translation:
                value = _template(_only(text, f"{_XFORMS}value"))
                texts.setdefault(str(text.get("id")), {})[names[heading]] = value
        return names, dict(texts)


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


def _kind(bind: etree._Element, control: etree._Element | None) -> QuestionKind:
    if control is None:
        return QuestionKind.CALCULATE
    if _local(control) in ("select1", "select"):
        return QuestionKind.SELECT_ONE if _local(control) == "select1" else QuestionKind.SELECT_MULTIPLE
    if bind.get("readonly") == "true()":
        return QuestionKind.NOTE
    kind = _KINDS.get(str(bind.get("type")))
    if kind is None or _local(control) != "input":
        raise InvalidInputError(
            "%(path)s is of a type that cannot be asked over the telephone.", path=str(bind.get("nodeset"))
        )
    return kind


def _reserved(bind: etree._Element) -> tuple[str | None, str | None]:
    """Read the attribute `cati:dkref`, whatever namespace its prefix was given."""
    found = next((str(bind.get(key)) for key in bind.keys() if str(key).endswith("}dkref")), "")  # noqa: SIM118
    codes = [None if code == "-" else code for code in found.split()]
    codes += [None, None]
    return codes[0], codes[1]


def _expression(bind: etree._Element, attribute: str) -> Expression | None:
    text = bind.get(attribute)
    return None if text is None else compile_expression(str(text))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _text(item: etree._Element, name: str) -> str:
    return str(item.findtext(f"{_XFORMS}{name}"))


def _only(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path)
    if found is None:
        raise InvalidInputError("The compiled form is not an ODK XForm.")
    return found
