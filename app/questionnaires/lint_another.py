"""Check how a repeat asks whether there is another one: only where it does ask."""

from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.lint_structure import type_words
from app.questionnaires.tables import Row

ANOTHER: Final = "another"


def check_another(draft: Draft) -> None:
    """Add a fault where nothing asks for another instance, and where two columns would be one text."""
    for row in draft.survey.rows:
        texts = row.texts(ANOTHER)
        where = draft.survey.where(row, ANOTHER)
        if texts and not _asks(row):
            draft.fault(where, "Only a row of type begin repeat without repeat_count asks for another one.")
        elif texts and row.texts("constraint_message"):
            draft.fault(where, "A repeat has no constraint. Empty its constraint_message.")


def _asks(row: Row) -> bool:
    return type_words(row) == "begin repeat" and not row.text("repeat_count")
