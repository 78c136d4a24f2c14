"""Check the conditions, calculations, defaults and reserved codes of the survey sheet."""

import re
from graphlib import CycleError, TopologicalSorter
from typing import Final

from pyxform.utils import default_is_dynamic

from app.core.errors import Fault
from app.questionnaires.draft import Draft
from app.questionnaires.expressions import Expression, ExpressionError, compile_expression, compile_filter
from app.questionnaires.items import QuestionKind
from app.questionnaires.lint_structure import ENDS, type_words
from app.questionnaires.tables import Row, unknown_column

RESERVED_COLUMN: Final = "bind::cati:dkref"
_MOST_RESERVED: Final = 2
_LOGIC: Final = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count", "required", "read_only")
_SHAPING: Final = ("relevant", "calculation", "choice_filter", "repeat_count")
_SWITCH: Final = frozenset({"", "yes", "no", "true", "false", "true()", "false()"})
_NO: Final = frozenset({"", "no", "false", "false()"})
_TRIGGER: Final = re.compile(r"\$\{\s*(\w+)\s*\}")
_SEED: Final = re.compile(r"(?:^|[\s,;])seed\s*=\s*(\S.*)$")
_NO_ANSWER: Final = (None, QuestionKind.NOTE, QuestionKind.CALCULATE, QuestionKind.REPEAT, QuestionKind.ACKNOWLEDGE)


def check_logic(draft: Draft) -> None:
    """Add a fault for every expression, switch and reserved code that the engine cannot run."""
    reads: dict[str, tuple[Row, frozenset[str]]] = {}
    for row in draft.survey.rows:
        if row.text("calculation") and (type_words(row) == "note" or _is_read_only(row)):
            draft.calculated.add(row.text("name"))
    for row in draft.survey.rows:
        if type_words(row) in ENDS:
            continue
        compiled = {column: _compile_cell(draft, row, column) for column in _LOGIC}
        _check_place(draft, row)
        _check_default(draft, row)
        _check_reserved(draft, row)
        read = [expression.references for column in _SHAPING if (expression := compiled[column])]
        read.append(frozenset(_check_trigger(draft, row)))
        _check_seed(draft, row)
        reads[row.text("name")] = (row, frozenset[str]().union(*read))
    _check_namespace(draft)
    _check_circles(draft, reads)
    _check_further_columns(draft)


def _is_read_only(row: Row) -> bool:
    return row.text("read_only").lower().removesuffix("()") in ("yes", "true")


def _compile_cell(draft: Draft, row: Row, column: str) -> Expression | None:
    """Compile a condition, a calculation or a filter; yes and no are no expressions."""
    text, where = row.text(column), draft.survey.where(row, column)
    if not text or (column in ("required", "read_only") and text.lower() in _SWITCH):
        return None
    if column == "read_only":
        draft.fault(where, "Write yes or no.")
        return None
    listed = draft.kinds.get(row.text("name"), (None, ""))[1] if column == "choice_filter" else None
    if column == "choice_filter" and not listed:
        draft.fault(where, "A choice_filter belongs to a select.")
        return None
    expression = _compile(draft, where, text, owner=row.text("name"), listed=listed)
    if expression is not None and expression.reads_own and column != "constraint":
        draft.fault(where, "A point stands for the answer in the column constraint only. Write ${name} here.")
    return expression


def _compile(draft: Draft, where: str, text: str, *, owner: str, listed: str | None = None) -> Expression | None:
    try:
        expression = compile_filter(text, listed) if listed else compile_expression(text)
    except ExpressionError as error:
        draft.faults.append(Fault(where, error.message, error.values))
        return None
    draft.check_reads(where, expression, owner=owner)
    for name in sorted(expression.labels_of):
        kind = draft.kind(name)
        if kind is None or not kind.is_select:
            draft.fault(where, "jr:choice-name() needs a select question, and %(name)s is none.", name=name)
    return expression


def _check_place(draft: Draft, row: Row) -> None:
    """Hold calculations, constraints and counts to be where they mean something."""
    kind, words = draft.kind(row.text("name")), type_words(row)
    _check_calculation(draft, row)
    if row.text("constraint") and kind in _NO_ANSWER:
        draft.fault(draft.survey.where(row, "constraint"), "A constraint belongs to a question that is answered.")
    if row.text("repeat_count") and words != "begin repeat":
        draft.fault(draft.survey.where(row, "repeat_count"), "A repeat_count belongs to a row of type begin repeat.")
    is_asked = kind not in _NO_ANSWER or kind is QuestionKind.ACKNOWLEDGE
    if row.text("required").lower() not in _NO and not is_asked:
        draft.fault(draft.survey.where(row, "required"), "Only a question that is answered can be required.")


def _check_calculation(draft: Draft, row: Row) -> None:
    kind, words = draft.kind(row.text("name")), type_words(row)
    where, is_there = draft.survey.where(row, "calculation"), bool(row.text("calculation"))
    is_shown = words == "note" or _is_read_only(row)
    if is_there and words != "calculate" and not is_shown and not row.text("trigger"):
        message = "A calculation belongs to a row of type calculate, to a read-only one, or beside a trigger."
        draft.fault(where, message)
    if words == "calculate" and not is_there:
        draft.fault(where, "A row of type calculate needs a calculation.")
    if _is_read_only(row):
        if kind is None or kind.is_select:
            draft.fault(draft.survey.where(row, "read_only"), "Only text, numbers and dates can be read-only.")
        elif words != "note" and not is_there:
            draft.fault(where, "A read-only row shows a calculation. Write one.")


def _check_default(draft: Draft, row: Row) -> None:
    """Hold a default to be what pyxform will make of it: a plain value, or an expression."""
    text, where = row.text("default"), draft.survey.where(row, "default")
    kind, listed = draft.kinds.get(row.text("name"), (None, ""))
    if not text:
        return
    if kind in _NO_ANSWER:
        draft.fault(where, "A default belongs to a question that is answered.")
    elif default_is_dynamic(text, kind):
        _compile(draft, where, text, owner=row.text("name"))
    elif kind is not None and kind.is_select:
        _check_codes(draft, where, text.split(), listed=listed)


def _check_codes(draft: Draft, where: str, codes: list[str], *, listed: str) -> None:
    for code in sorted({*codes} - draft.codes(listed)):
        draft.fault(where, "The list %(list)s has no choice %(code)s.", list=listed, code=code)


def _check_trigger(draft: Draft, row: Row) -> list[str]:
    """Hold a trigger to name questions that are answered, beside a calculation; returns them."""
    text, where = row.text("trigger"), draft.survey.where(row, "trigger")
    names = _TRIGGER.findall(text)
    if not text:
        return []
    if not names or not row.text("calculation") or _TRIGGER.sub("", text).strip(" ,"):
        draft.fault(where, "Write a question like ${x} that sets off the calculation of this row.")
    draft.check_answers(where, names, owner=row.text("name"))
    return names


def _check_seed(draft: Draft, row: Row) -> None:
    found = _SEED.search(row.text("parameters"))
    if found is not None:
        _compile(draft, draft.survey.where(row, "parameters"), found[1], owner=row.text("name"))


def _check_reserved(draft: Draft, row: Row) -> None:
    """Check the codes of "don't know" and "refused", in this order; a hyphen stands for none."""
    codes, where = row.text(RESERVED_COLUMN).split(), draft.survey.where(row, RESERVED_COLUMN)
    kind, listed = draft.kinds.get(row.text("name"), (None, ""))
    if not codes:
        return
    if len(codes) > _MOST_RESERVED or len({*codes}) < len(codes):
        draft.fault(where, 'Write the code of "don\'t know" and then that of "refused", for example 98 99.')
    if kind in _NO_ANSWER:
        draft.fault(where, "Reserved codes belong to a question that is answered.")
    if kind is not None and kind.is_select:
        _check_codes(draft, where, [code for code in codes if code != "-"], listed=listed)


def _check_namespace(draft: Draft) -> None:
    """Ask for the namespace: without it the compiler drops the column of reserved codes without a word."""
    uses = any(row.text(RESERVED_COLUMN) for row in draft.survey.rows)
    rows = draft.settings.rows[:1]
    if uses and not any("cati=" in row.text("namespaces") for row in rows):
        where = draft.settings.where(rows[0], "namespaces") if rows else "settings!A1"
        draft.fault(where, 'Write cati="urn:xiangyin:cati" into the column namespaces of the sheet settings.')


def _check_circles(draft: Draft, reads: dict[str, tuple[Row, frozenset[str]]]) -> None:
    around = {name: {group} for name, group in draft.around.items() if group}
    graph = {name: (read | around.get(name, set())) & reads.keys() for name, (_, read) in reads.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        names: list[str] = error.args[1]
        row = reads[names[0]][0]
        circle = " → ".join(names)
        draft.fault(
            draft.survey.where(row, "name"), "These depend on one another in a circle: %(circle)s.", circle=circle
        )


def _check_further_columns(draft: Draft) -> None:
    """Refuse a column of the choices that nothing reads: it is a slip in a heading more often than a remark."""
    read = {column for _, column in draft.columns}
    for column in draft.choices.columns:
        if column.is_further and column.name not in read:
            draft.faults.append(unknown_column("choices", column.name, where=f"choices!{column.letters}1"))
