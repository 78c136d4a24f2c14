"""Check the frame of the survey sheet: types, names, groups, repeats."""

import re
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import QuestionKind
from app.questionnaires.lint_types import check_type
from app.questionnaires.tables import Row

DEEPEST_GROUPS: Final = 10
LONGEST_NAME: Final = 32
BEGINS: Final = frozenset({"begin group", "begin repeat"})
ENDS: Final = frozenset({"end group", "end repeat"})
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED_NAMES: Final = frozenset({"data", "meta", "instanceid"})


def type_words(row: Row) -> str:
    """Return the type in lower case with single spaces."""
    words = " ".join(row.text("type").lower().split())
    return re.sub(r"^(begin|end)_(?=(group|repeat)$)", r"\1 ", words)


def check_structure(draft: Draft) -> None:
    """Gather the questions, groups and repeats into the draft; adds a fault for every row that cannot be used."""
    open_groups: list[Row] = []
    names: set[str] = set()
    for row in draft.survey.rows:
        words = type_words(row)
        if words in ENDS:
            open_groups = _close(draft, row, open_groups)
            continue
        _check_name(draft, row, names)
        draft.around[row.text("name")] = open_groups[-1].text("name") if open_groups else None
        if words in BEGINS:
            open_groups.append(row)
            _check_depth(draft, open_groups)
        else:
            check_type(draft, row, words)
        if words == "begin repeat":
            draft.kinds[row.text("name")] = (QuestionKind.REPEAT, "")
    for row in open_groups:
        message = "This %(what)s is never ended. Add a row of type end %(what)s."
        draft.fault(draft.survey.where(row, "type"), message, what=type_words(row).partition(" ")[2])
    if all(kind in (QuestionKind.NOTE, QuestionKind.REPEAT) for kind, _ in draft.kinds.values()):
        draft.fault("survey!A1", "There is no question in this sheet.")


def _close(draft: Draft, row: Row, open_groups: list[Row]) -> list[Row]:
    where, what = draft.survey.where(row, "type"), type_words(row).partition(" ")[2]
    if not open_groups:
        draft.fault(where, "There is no open %(what)s to end here.", what=what)
    elif type_words(open_groups[-1]) != f"begin {what}":
        message = "What is open here is %(name)s, and it is no %(what)s. Correct the type of this row or of that one."
        draft.fault(where, message, name=open_groups[-1].text("name"), what=what)
    return open_groups[:-1]


def _check_depth(draft: Draft, open_groups: list[Row]) -> None:
    if len(open_groups) == DEEPEST_GROUPS + 1:
        where = draft.survey.where(open_groups[-1], "type")
        draft.fault(where, "Groups are nested more than %(most)s levels deep.", most=str(DEEPEST_GROUPS))


def _check_name(draft: Draft, row: Row, names: set[str]) -> None:
    name, where = row.text("name"), draft.survey.where(row, "name")
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or name.lower() in _RESERVED_NAMES:
        message = (
            "Write a name of at most %(most)s Latin letters, digits and underscores. It begins with a letter and is "
            "none of data, meta, instanceID."
        )
        draft.fault(where, message, most=str(LONGEST_NAME))
    elif name.lower() in names:
        draft.fault(where, "The name %(name)s is there twice. Capitals make no difference.", name=name)
    names.add(name.lower())
