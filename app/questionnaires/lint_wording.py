"""Check the wording: what is said in one language is said in all, and what is piped in exists."""

import re
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import QuestionKind
from app.questionnaires.lint_structure import ENDS, type_words
from app.questionnaires.recordings import AUDIO
from app.questionnaires.tables import TRANSLATED, Column, Row, Table

_PIPED: Final = re.compile(r"\$\{([^}]*)\}")


def check_wording(draft: Draft) -> None:
    """Add a fault for every missing translation and every unknown ${name} in a text."""
    tags = tuple(draft.languages)
    for row in draft.survey.rows:
        needs_label = draft.kind(row.text("name")) not in (None, QuestionKind.CALCULATE)
        if type_words(row) not in ENDS:
            _check_row(draft, row, draft.survey, tags=tags, needs_label=needs_label)
    for row in draft.choices.rows:
        _check_row(draft, row, draft.choices, tags=tags, needs_label=True)


def _check_row(draft: Draft, row: Row, table: Table, *, tags: tuple[str, ...], needs_label: bool) -> None:
    for name in sorted(TRANSLATED[table.name]):
        if name == AUDIO:
            continue  # a recording is a help; where there is none the interviewer reads
        texts = row.texts(name)
        if texts or (needs_label and name == "label"):
            for tag in tags:
                if tag not in texts:
                    where = row.where(_column(table, name, tag))
                    draft.fault(where, "The %(column)s in %(language)s is missing.", column=name, language=tag)
    for column, text in row.cells.items():
        if column.tag:
            draft.check_answers(
                row.where(column), _PIPED.findall(text), owner=row.text("name") if table is draft.survey else None
            )


def _column(table: Table, name: str, tag: str) -> Column | None:
    """Find the column of a language, or the nearest of its kind where the language has none."""
    same = [column for column in table.columns if column.name == name and column.tag]
    return next((column for column in same if column.tag == tag), same[0] if same else None)
