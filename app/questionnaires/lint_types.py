"""Check the types of the survey sheet, with their lists, parameters and appearances."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.items import QuestionKind
from app.questionnaires.tables import Row

# Geography, pictures and sound need a device in the respondent's hand.
_NOT_BY_TELEPHONE: Final = frozenset(
    {"geopoint", "geotrace", "geoshape", "start-geopoint", "image", "photo", "audio", "video", "file", "barcode"}
    | {"background-audio"}
)
_KEPT_ANYWAY: Final = frozenset({"end", "deviceid", "phonenumber", "simserial", "subscriberid", "username", "email"})
METADATA: Final = frozenset({"start", "today", "audit"})
FROM_FILE: Final = "_from_file"
_TYPES: Final = frozenset(QuestionKind) - {QuestionKind.REPEAT} | {"range", "select_one_from_file"}
_LAYOUTS: Final = frozenset(
    {"minimal", "likert", "columns", "columns-pack", "quick", "label", "list-nolabel", "field-list", "horizontal"}
    | {"autocomplete", "multiline", "numbers", "thousands-sep", "no-buttons", "summary"}
)
_LAYOUT: Final = re.compile(r"columns-\d+|w\d+")
_WORDS_OF_A_SELECT: Final = 2
_SCALE: Final = ("start", "end", "step")


def check_type(draft: Draft, row: Row, words: str) -> None:
    """Note the type of a question in the draft; adds a fault for one that cannot be asked."""
    word, *rest = words.replace("_multiple_from_file", "_from_file").split() or [""]
    kind, where = word.removesuffix(FROM_FILE), draft.survey.where(row, "type")
    if word in _NOT_BY_TELEPHONE:
        draft.fault(where, "A question of type %(type)s cannot be asked over the telephone.", type=word)
    elif word in _KEPT_ANYWAY:
        message = "Who calls, whom and when is kept with every answer. Delete the row of type %(type)s."
        draft.fault(where, message, type=word)
    elif word in METADATA:
        draft.kinds[row.text("name")] = (QuestionKind.CALCULATE, "")
    elif word == "range":
        _check_scale(draft, row)
    elif kind in _TYPES and QuestionKind(kind).is_select:
        _check_list(draft, row)
    elif rest or word not in _TYPES:
        known = ", ".join([*sorted(_TYPES), "begin group", "begin repeat"])
        draft.fault(where, "The type %(type)s is not supported. Use one of: %(known)s.", type=words or "–", known=known)
    else:
        draft.kinds[row.text("name")] = (QuestionKind(word), "")
    _check_appearance(draft, row)


def _check_list(draft: Draft, row: Row) -> None:
    words, where = row.text("type").split(), draft.survey.where(row, "type")
    listed = words[1] if len(words) > 1 else ""
    kind = words[0].lower().removesuffix(FROM_FILE)
    if len(words) != _WORDS_OF_A_SELECT:
        draft.fault(where, "After the type of a select write the name of its list and nothing else.")
    elif words[0].lower().endswith(FROM_FILE):
        listed = _check_file(draft, row, listed)
    elif listed not in draft.lists:
        draft.fault(where, "The sheet choices has no list %(list)s.", list=listed)
    if words[0].lower().endswith(FROM_FILE):
        _check_parameters(draft, row, known={"randomize", "seed", "value", "label"})
    else:
        _check_parameters(draft, row, known={"randomize", "seed"})
    draft.kinds[row.text("name")] = (QuestionKind(kind), listed)


def _check_file(draft: Draft, row: Row, file: str) -> str:
    """Hold the file to be attached, with a code of its own in every row and a label; returns the list's name."""
    where, name = draft.survey.where(row, "type"), file.removesuffix(".csv")
    attachment = draft.attachments.get(name)
    if not file.endswith(".csv") or attachment is None:
        message = "There is no %(file)s beside the workbook. Upload both in one .zip; a list is a .csv file."
        draft.fault(where, message, file=file)
        return name
    named = dict(part.split("=", 1) for part in row.text("parameters").split() if "=" in part)
    code, label = named.get("value", "name"), named.get("label", "label")
    for column in (code, label):
        if column not in attachment.columns:
            draft.fault(where, "The list %(list)s has no column %(column)s.", list=name, column=column)
    seen: set[str] = set()
    for number, line in enumerate(attachment.rows, 2):
        found = line.get(code, "")
        if not re.fullmatch(r"[\w.-]{1,32}", found) or found in seen or not line.get(label, ""):
            message = "Row %(row)s of %(file)s has no code of its own, or no label."
            draft.fault(where, message, row=str(number), file=file)
            break
        seen.add(found)
    return name


def _check_parameters(draft: Draft, row: Row, *, known: set[str]) -> dict[str, str]:
    """Read name=value pairs; adds a fault for one that means nothing here."""
    where, found = draft.survey.where(row, "parameters"), {}
    for part in re.split(r"[\s,;]+(?=[A-Za-z_]+\s*=)", row.text("parameters").strip()):
        name, equals, value = (word.strip() for word in part.partition("="))
        if part and (name not in known or not equals or not value):
            message = "The parameter %(name)s means nothing here. Known: %(known)s."
            draft.fault(where, message, name=part, known=", ".join(sorted(known)))
        found[name] = value
    return found


def _check_scale(draft: Draft, row: Row) -> None:
    where = draft.survey.where(row, "parameters")
    found = _check_parameters(draft, row, known=set(_SCALE))
    texts = [found.get(name, usual) for name, usual in zip(_SCALE, ("1", "10", "1"), strict=True)]
    try:
        start, end, step = (Decimal(text) for text in texts)
        is_usable = all(one.is_finite() for one in (start, end, step)) and step > 0 and (end - start) % step == 0
    except InvalidOperation:
        is_usable = False
    if not is_usable or start == end:
        draft.fault(where, "Write a range like start=0 end=10 step=1 that comes out at its end.")
    kind = QuestionKind.INTEGER if all("." not in text for text in texts) else QuestionKind.DECIMAL
    draft.kinds[row.text("name")] = (kind, "")


def _check_appearance(draft: Draft, row: Row) -> None:
    for word in row.text("appearance").split():
        if word not in _LAYOUTS and not _LAYOUT.fullmatch(word):
            message = "The appearance %(word)s means nothing on a telephone. Known: %(known)s."
            draft.fault(draft.survey.where(row, "appearance"), message, word=word, known=", ".join(sorted(_LAYOUTS)))
