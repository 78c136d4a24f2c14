"""Check the frame of the survey sheet: types, names, groups."""

import re
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import QuestionKind
from app.questionnaires.tables import Row

DEEPEST_GROUPS: Final = 10
LONGEST_NAME: Final = 32
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED_NAMES: Final = frozenset({"data", "meta", "instanceid"})
# Geography, pictures and sound need a device in the respondent's hand.
_NOT_BY_TELEPHONE: Final = frozenset(
    {"geopoint", "geotrace", "geoshape", "start-geopoint", "image", "photo", "audio", "video", "file", "barcode"}
    | {"background-audio"}
)
_WORDS_OF_A_SELECT: Final = 2


def type_words(row: Row) -> str:
    """Return the type in lower case with single spaces."""
    return " ".join(row.text("type").replace("_group", " group").lower().split())


def check_structure(draft: Draft) -> None:
    """Gather the questions and groups into the draft; adds a fault for every row that cannot be used."""
    open_groups: list[Row] = []
    names: set[str] = set()
    for row in draft.survey.rows:
        words = type_words(row)
        if words == "end group":
            if not open_groups:
                draft.fault(draft.survey.where(row, "type"), "There is no open group to end here.")
            open_groups = open_groups[:-1]
            continue
        _check_name(draft, row, names)
        draft.around[row.text("name")] = open_groups[-1].text("name") if open_groups else None
        if words == "begin group":
            open_groups.append(row)
            _check_depth(draft, open_groups)
        else:
            _check_type(draft, row, words)
    for row in open_groups:
        draft.fault(draft.survey.where(row, "type"), "This group is never ended. Add a row of type end group.")
    if all(kind is QuestionKind.NOTE for kind, _ in draft.kinds.values()):
        draft.fault("survey!A1", "There is no question in this sheet.")


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


def _check_type(draft: Draft, row: Row, words: str) -> None:
    word, *rest = words.split() or [""]
    where = draft.survey.where(row, "type")
    if word in _NOT_BY_TELEPHONE:
        draft.fault(where, "A question of type %(type)s cannot be asked over the telephone.", type=word)
    elif word not in frozenset(QuestionKind) or (rest and not QuestionKind(word).is_select):
        known = ", ".join([*QuestionKind, "begin group", "end group"])
        draft.fault(where, "The type %(type)s is not supported. Use one of: %(known)s.", type=words or "–", known=known)
    elif QuestionKind(word).is_select:
        _check_list(draft, row)
    else:
        draft.kinds[row.text("name")] = (QuestionKind(word), "")


def _check_list(draft: Draft, row: Row) -> None:
    words, where = row.text("type").split(), draft.survey.where(row, "type")
    listed = words[1] if len(words) > 1 else ""
    if len(words) != _WORDS_OF_A_SELECT:
        draft.fault(where, "After the type of a select write the name of its list and nothing else.")
    elif listed not in draft.lists:
        draft.fault(where, "The sheet choices has no list %(list)s.", list=listed)
    draft.kinds[row.text("name")] = (QuestionKind(words[0].lower()), listed)
