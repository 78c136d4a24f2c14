"""Check the conditions, calculations, defaults and reserved codes of the survey sheet."""

from graphlib import CycleError, TopologicalSorter
from typing import Final

from pyxform.utils import default_is_dynamic

from app.core.errors import Fault
from app.questionnaires.draft import Draft
from app.questionnaires.expressions import Expression, ExpressionError, compile_expression
from app.questionnaires.items import QuestionKind
from app.questionnaires.lint_structure import type_words
from app.questionnaires.tables import Row

RESERVED_COLUMN: Final = "bind::cati:dkref"
_MOST_RESERVED: Final = 2
_LOGIC: Final = ("relevant", "constraint", "calculation")


def check_logic(draft: Draft) -> None:
    """Add a fault for every expression, switch and reserved code that the engine cannot run."""
    reads: dict[str, tuple[Row, frozenset[str]]] = {}
    for row in draft.survey.rows:
        if type_words(row) == "end group":
            continue
        compiled = {column: _compile(draft, row, column) for column in _LOGIC}
        _check_place(draft, row)
        _check_default(draft, row)
        _check_required(draft, row)
        _check_reserved(draft, row)
        shaping = [compiled[column] for column in ("relevant", "calculation")]
        read = (expression.references for expression in shaping if expression)
        reads[row.text("name")] = (row, frozenset[str]().union(*read))
    _check_namespace(draft)
    _check_circles(draft, reads)


def _compile(draft: Draft, row: Row, column: str) -> Expression | None:
    text, where = row.text(column), draft.survey.where(row, column)
    if not text:
        return None
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        draft.faults.append(Fault(where, error.message, error.values))
        return None
    draft.check_answers(where, expression.references)
    for name in sorted(expression.labels_of):
        kind = draft.kind(name)
        if kind is None or not kind.is_select:
            draft.fault(where, "jr:choice-name() needs a select question, and %(name)s is none.", name=name)
    if expression.reads_own and column != "constraint":
        draft.fault(where, "A point stands for the answer in the column constraint only. Write ${name} here.")
    return expression


def _check_place(draft: Draft, row: Row) -> None:
    """Hold calculations and constraints to be where they mean something."""
    kind = draft.kind(row.text("name"))
    has_calculation = bool(row.text("calculation"))
    if has_calculation is not (kind is QuestionKind.CALCULATE):
        draft.fault(
            draft.survey.where(row, "calculation"), "A row of type calculate has a calculation, and no other row has."
        )
    if row.text("constraint") and kind in (None, QuestionKind.NOTE, QuestionKind.CALCULATE):
        draft.fault(draft.survey.where(row, "constraint"), "A constraint belongs to a question that is answered.")


def _check_default(draft: Draft, row: Row) -> None:
    """Hold a default to be what pyxform will make of it: a plain value, or an expression."""
    text, where = row.text("default"), draft.survey.where(row, "default")
    kind, listed = draft.kinds.get(row.text("name"), (None, ""))
    if not text:
        return
    if kind in (None, QuestionKind.NOTE, QuestionKind.CALCULATE):
        draft.fault(where, "A default belongs to a question that is answered.")
    elif default_is_dynamic(text, kind):
        _compile(draft, row, "default")
    elif kind.is_select:
        _check_codes(draft, where, text.split(), listed=listed)


def _check_codes(draft: Draft, where: str, codes: list[str], *, listed: str) -> None:
    known = {choice.text("name") for choice in draft.lists.get(listed, [])}
    for code in sorted({*codes} - known):
        draft.fault(where, "The list %(list)s has no choice %(code)s.", list=listed, code=code)


def _check_required(draft: Draft, row: Row) -> None:
    required = row.text("required").lower().removesuffix("()")
    if required not in ("", "yes", "no", "true", "false"):
        draft.fault(draft.survey.where(row, "required"), "Write yes or no.")


def _check_reserved(draft: Draft, row: Row) -> None:
    """Check the codes of "don't know" and "refused", in this order; a hyphen stands for none."""
    codes, where = row.text(RESERVED_COLUMN).split(), draft.survey.where(row, RESERVED_COLUMN)
    kind, listed = draft.kinds.get(row.text("name"), (None, ""))
    if not codes:
        return
    if len(codes) > _MOST_RESERVED or len({*codes}) < len(codes):
        draft.fault(where, 'Write the code of "don\'t know" and then that of "refused", for example 98 99.')
    if kind in (None, QuestionKind.NOTE, QuestionKind.CALCULATE):
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
