"""Read the XML of an ODK XForm: bindings, controls, groups and repeats."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from app.core.errors import InvalidInputError
from app.questionnaires.expressions import Expression, compile_expression, constant
from app.questionnaires.items import Checks, Choice, Group, ItemList, ItemSet, Question, QuestionKind, Scale, Texts
from app.questionnaires.itext import TEXT_ID, UNREADABLE, XFORMS, local_name, only, read_lists, read_translations
from app.questionnaires.tags import name_of

__all__ = ["UNREADABLE", "Document", "read_document"]

_HTML: Final = "{http://www.w3.org/1999/xhtml}"
_JAVAROSA: Final = "{http://openrosa.org/javarosa}"
_CHANGED: Final = "xforms-value-changed"
_KINDS: Final[Mapping[str, QuestionKind]] = {
    "int": QuestionKind.INTEGER,
    "decimal": QuestionKind.DECIMAL,
    "string": QuestionKind.TEXT,
    "date": QuestionKind.DATE,
    "time": QuestionKind.TIME,
    "dateTime": QuestionKind.DATETIME,
}
_CONTROLS: Final[Mapping[str, QuestionKind]] = {
    "select1": QuestionKind.SELECT_ONE,
    "select": QuestionKind.SELECT_MULTIPLE,
    "rank": QuestionKind.RANK,
    "trigger": QuestionKind.ACKNOWLEDGE,
}
_PRELOADS: Final[Mapping[tuple[str, str], str]] = {("timestamp", "start"): "now()", ("date", "today"): "today()"}


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
    lists: Mapping[str, ItemList]

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield every expression with the name of the item it belongs to."""
        for group in self.groups:
            yield from ((group.name, one) for one in (group.relevant, *_piped(group.label)) if one)
        for question in self.questions:
            yield from ((question.name, one) for one in expressions_of(question))


def expressions_of(question: Question) -> Iterator[Expression]:
    """Yield every expression of a question, those piped into its texts included."""
    logic = (question.relevant, question.constraint, question.calculation, question.default, question.required_if)
    yield from (one for one in logic if one)
    if question.item_set is not None:
        yield question.item_set.nodes
    messages = (question.required_message, question.constraint_message)
    for texts in (question.label, question.hint, question.another, *messages):
        yield from _piped(texts)
    for choice in question.choices:
        yield from _piped(choice.label)


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
    if root.find(f"{_HTML}head/{XFORMS}model") is None:
        raise InvalidInputError("The compiled form is not an ODK XForm.")
    return _Reader(root).read()


class _Reader:
    """Holds the parts of one document while the questions are put together."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.model = only(root, f"{_HTML}head/{XFORMS}model")
        self.names, self.texts, self.recorded = read_translations(self.model)
        self.binds = {str(bind.get("nodeset")): bind for bind in self.model.findall(f"{XFORMS}bind")}
        body = only(root, f"{_HTML}body")
        self.controls = {str(one.get("ref")): one for one in body.iter() if one.get("ref") and not _sets_value(one)}
        self.repeats = {str(one.get("nodeset")): one for one in body.iter(f"{XFORMS}repeat")}
        settings = list(root.iter(f"{XFORMS}setvalue"))
        self.defaults = {str(one.get("ref")): str(one.get("value")) for one in settings if not _is_triggered(one)}
        self.triggered = [one for one in settings if _is_triggered(one)]
        self.lists = read_lists(self.model)
        self.questions: list[Question] = []
        self.groups: list[Group] = []

    def read(self) -> Document:
        """Walk the primary instance: its order is the order of the questions."""
        data = only(self.model, f"{XFORMS}instance/*")
        root = f"/{local_name(data)}"
        waiting: list[tuple[etree._Element, str, tuple[str, ...]]] = []
        waiting += [(child, root, ()) for child in reversed(data)]
        seen = {f"{root}/meta"}
        while waiting:
            node, above, around = waiting.pop()
            path, name = f"{above}/{local_name(node)}", local_name(node)
            if path in seen:  # a repeat stands there twice: as template and as its first instance
                continue
            seen.add(path)
            if self._is_group(path, node):
                self._add_group(path, name, around)
                waiting += [(child, path, (*around, name)) for child in reversed(node)]
            elif not self._counts_a_repeat(path):
                self.questions.append(self._question(path, node, around))
        title = self.root.findtext(f"{_HTML}head/{_HTML}title") or ""
        names = {tag: name_of(heading) for heading, tag in self.names.items()}
        known = (title, data.get("id", ""), data.get("version", ""), tuple(names), names)
        return Document(*known, questions=tuple(self.questions), groups=tuple(self.groups), lists=self.lists)

    def _is_group(self, path: str, node: etree._Element) -> bool:
        control = self.controls.get(path)
        return len(node) > 0 or (control is not None and local_name(control) == "group")

    def _add_group(self, path: str, name: str, around: tuple[str, ...]) -> None:
        bind = self.binds.get(path)
        relevant = None if bind is None else _expression(bind, "relevant")
        label = self._label(path, "label")
        self.groups.append(Group(name, around, label, relevant))
        if path in self.repeats:
            count = self._count(path)
            kind = QuestionKind.REPEAT
            another = self.texts.get(f"{path}:jr:constraintMsg", {})
            self.questions.append(
                Question(name, kind, around, label, another=another, relevant=relevant, calculation=count)
            )

    def _count(self, path: str) -> Expression | None:
        """Return how often to repeat; pyxform puts a longer expression into a node of its own."""
        text = self.repeats[path].get(f"{_JAVAROSA}count")
        if text is None:
            return None
        own = self.binds.get(f"{path}_count")
        if own is not None and self._counts_a_repeat(f"{path}_count"):
            return _expression(own, "calculate")
        return compile_expression(str(text))

    def _counts_a_repeat(self, path: str) -> bool:
        bind, repeat = self.binds.get(path), self.repeats.get(path.removesuffix("_count"))
        if bind is None or repeat is None or bind.get("readonly") != "true()" or path in self.controls:
            return False
        return str(repeat.get(f"{_JAVAROSA}count")).strip().endswith(f"/{path.rpartition('/')[2]}")

    def _question(self, path: str, node: etree._Element, around: tuple[str, ...]) -> Question:
        bind = self.binds.get(path)
        if bind is None:
            raise InvalidInputError("The compiled form has no binding for %(path)s.", path=path)
        control = self.controls.get(path)
        required = str(bind.get("required", "false()")).strip()
        dont_know, refused = _reserved(bind)
        set_by = [one for one in self.triggered if one.get("ref") == path]
        item_set = self._item_set(control)
        return Question(
            name=local_name(node),
            kind=_kind(bind, control),
            group=around,
            label=self._label(path, "label"),
            hint=self._label(path, "hint"),
            recorded=self.recorded.get(f"{path}:label", {}),
            choices=self._choices(control),
            item_set=item_set,
            required=required != "false()",
            required_if=None if required in ("true()", "false()") else compile_expression(required),
            required_message=self.texts.get(f"{path}:jr:requiredMsg", {}),
            relevant=_expression(bind, "relevant"),
            constraint=_expression(bind, "constraint"),
            constraint_message=self.texts.get(f"{path}:jr:constraintMsg", {}),
            calculation=_calculation(bind, set_by),
            triggers=tuple(dict.fromkeys(_trigger(one) for one in set_by)),
            default=self._default(path, node),
            scale=_scale(control),
            appearance="" if control is None else str(control.get("appearance", "")),
            dont_know=dont_know,
            refused=refused,
            checks=_checks(bind),
        )

    def _default(self, path: str, node: etree._Element) -> Expression | None:
        if path in self.defaults:
            return compile_expression(self.defaults[path])
        return constant(node.text) if node.text and node.text.strip() else None

    def _label(self, path: str, part: str) -> Texts:
        return self.texts.get(f"{path}:{part}", {})

    def _choices(self, control: etree._Element | None) -> tuple[Choice, ...]:
        """Return every choice of the list, whatever a filter leaves of it."""
        item_set = None if control is None else control.find(f"{XFORMS}itemset")
        if item_set is None:
            return ()
        name = compile_expression(str(item_set.get("nodeset"))).listed or ""
        if name not in self.lists:
            raise InvalidInputError("The list of choices %(name)s cannot be used.", name=name)
        code = str(only(item_set, f"{XFORMS}value").get("ref"))
        rows = self.lists[name].rows
        return tuple(Choice(row.get(code, ""), self.texts.get(row.get(TEXT_ID, ""), {})) for row in rows)

    def _item_set(self, control: etree._Element | None) -> ItemSet | None:
        """Return the filter or shuffle of a list; None where it is offered as it stands."""
        item_set = None if control is None else control.find(f"{XFORMS}itemset")
        nodes = None if item_set is None else compile_expression(str(item_set.get("nodeset")))
        if item_set is None or nodes is None or nodes.depth <= 1:
            return None
        return ItemSet(nodes, str(only(item_set, f"{XFORMS}value").get("ref")))


def _sets_value(element: etree._Element) -> bool:
    return element.tag == f"{XFORMS}setvalue"


def _is_triggered(setting: etree._Element) -> bool:
    return _CHANGED in str(setting.get("event"))


def _trigger(setting: etree._Element) -> str:
    parent = setting.getparent()
    return "" if parent is None else str(parent.get("ref")).rpartition("/")[2]


def _calculation(bind: etree._Element, set_by: list[etree._Element]) -> Expression | None:
    preload = _PRELOADS.get((str(bind.get(f"{_JAVAROSA}preload")), str(bind.get(f"{_JAVAROSA}preloadParams"))))
    if preload is not None:
        return compile_expression(preload)
    return compile_expression(str(set_by[0].get("value"))) if set_by else _expression(bind, "calculate")


def _kind(bind: etree._Element, control: etree._Element | None) -> QuestionKind:
    if control is None:
        return QuestionKind.CALCULATE
    if local_name(control) in _CONTROLS:
        return _CONTROLS[local_name(control)]
    if bind.get("readonly") == "true()":
        return QuestionKind.NOTE
    kind = _KINDS.get(str(bind.get("type")))
    if kind is None or local_name(control) not in ("input", "range"):
        raise InvalidInputError(
            "%(path)s is of a type that cannot be asked over the telephone.", path=str(bind.get("nodeset"))
        )
    return kind


def _scale(control: etree._Element | None) -> Scale | None:
    if control is None or local_name(control) != "range":
        return None
    try:
        return Scale(*(Decimal(str(control.get(name))) for name in ("start", "end", "step")))
    except InvalidOperation as error:
        raise InvalidInputError("The range of %(path)s cannot be read.", path=str(control.get("ref"))) from error


def _reserved(bind: etree._Element) -> tuple[str | None, str | None]:
    codes = [None if code == "-" else code for code in _own(bind, "dkref").split()]
    codes += [None, None]
    return codes[0], codes[1]


def _checks(bind: etree._Element) -> Checks:
    battery, same_as, reverse_of = (_own(bind, name) for name in ("battery", "same_as", "reverse_of"))
    quickest, slowest = (float(text) if (text := _own(bind, name)) else None for name in ("quickest", "slowest"))
    return Checks(battery, same_as, reverse_of, quickest, slowest)


def _own(bind: etree._Element, name: str) -> str:
    """Read an attribute such as `cati:dkref`, whatever namespace its prefix was given."""
    return next((str(bind.get(key)) for key in bind.keys() if str(key).endswith(f"}}{name}")), "")  # noqa: SIM118


def _expression(bind: etree._Element, attribute: str) -> Expression | None:
    text = bind.get(attribute)
    return None if text is None else compile_expression(str(text))
