"""Check the lists of choices: every choice has a list, a code of its own, and Excel left the code alone."""

import re
from collections import Counter
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.tables import Row

LONGEST_CODE: Final = 32
_CODE: Final = re.compile(r"[\w.-]+")
# From here on codes are places or classes of fixed length, and a shorter number has lost something.
_FIXED_LENGTH: Final = 5


def check_choices(draft: Draft) -> None:
    """Gather the lists into the draft; adds a fault for every choice that cannot be used."""
    for row in draft.choices.rows:
        _check_choice(draft, row)
        draft.lists.setdefault(row.text("list_name"), []).append(row)
    for rows in draft.lists.values():
        _check_codes(draft, rows)


def _check_choice(draft: Draft, row: Row) -> None:
    code, where = row.text("name"), draft.choices.where(row, "name")
    if not row.text("list_name"):
        draft.fault(draft.choices.where(row, "list_name"), "The choice belongs to no list. Write the list_name.")
    if not _CODE.fullmatch(code):
        draft.fault(where, "Write a code of letters, digits, point, hyphen or underscore.")
    elif len(code) > LONGEST_CODE:
        draft.fault(where, "The code is longer than %(most)s characters. Shorten it.", most=str(LONGEST_CODE))


def _check_codes(draft: Draft, rows: list[Row]) -> None:
    """Find codes given twice, and those that may have lost zeros when Excel made numbers of them."""
    seen = Counter(row.text("name") for row in rows)
    longest = max(len(code) for code in seen)
    has_zeros = any(code.startswith("0") and len(code) > 1 for code in seen)
    for row in rows:
        code, where = row.text("name"), draft.choices.where(row, "name")
        if code and seen[code] > 1:
            draft.fault(where, "The code %(code)s is there twice in this list.", code=code)
        is_short = longest >= _FIXED_LENGTH and len(code) < longest
        if "name" in row.numeric and (has_zeros or is_short):
            draft.fault(
                where,
                "Excel may have dropped the leading zeros of %(code)s. Format the codes of this list as text.",
                code=code,
            )
