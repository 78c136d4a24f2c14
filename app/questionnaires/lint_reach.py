"""Find what can never happen: conditions no answer fulfils, constraints no value meets, codes that no list has."""

import math
import re
from typing import Final

from app.questionnaires.draft import Draft
from app.questionnaires.lint_structure import ENDS, type_words
from app.questionnaires.tables import Row

_COMPARED: Final = re.compile(r"\$\{\s*(\w+)\s*\}\s*(?:!?=)\s*(?:'([^']*)'|\"([^\"]*)\")")
_TURNED: Final = re.compile(r"(?:'([^']*)'|\"([^\"]*)\")\s*(?:!?=)\s*\$\{\s*(\w+)\s*\}")
_SELECTED: Final = re.compile(r"selected\s*\(\s*\$\{\s*(\w+)\s*\}\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_OWN: Final = re.compile(r"selected\s*\(\s*\.\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
_BOUND: Final = re.compile(r"\.\s*(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_NEVER: Final = frozenset({"false()", "false", "0", "''", "no", "not(true())"})
_CONDITIONS: Final = ("relevant", "constraint", "calculation", "choice_filter", "required", "repeat_count")


def check_reach(draft: Draft) -> None:
    """Add a fault for every question that nobody can be asked and every constraint that nothing meets."""
    for row in draft.survey.rows:
        if type_words(row) in ENDS:
            continue
        if row.text("relevant").replace(" ", "").lower() in _NEVER:
            where = draft.survey.where(row, "relevant")
            draft.fault(where, "This condition never holds, so nobody is asked. Correct it or delete the row.")
        _check_bounds(draft, row)
        for column in _CONDITIONS:
            _check_codes(draft, row, column)


def _check_bounds(draft: Draft, row: Row) -> None:
    """Read a constraint that is nothing but bounds joined by `and`; anything else may hold somewhere."""
    low, high = (-math.inf, False), (math.inf, False)
    for part in re.split(r"\band\b", row.text("constraint")):
        found = _BOUND.fullmatch(part.strip().strip("()").strip())
        if found is None:
            return
        sign, number = found[1], float(found[2])
        if sign in (">", ">=", "="):
            low = max(low, (number, sign == ">"))
        if sign in ("<", "<=", "="):
            high = min(high, (number, sign != "<"), key=lambda bound: (bound[0], bound[1]))
    is_open = low[1] or (high[0] != math.inf and not high[1])
    if low[0] > high[0] or (low[0] == high[0] and is_open):
        where = draft.survey.where(row, "constraint")
        draft.fault(where, "No answer fulfils this constraint. Correct its bounds.")


def _check_codes(draft: Draft, row: Row, column: str) -> None:
    """Find codes that a question is compared with and that its list does not have."""
    text, where = row.text(column), draft.survey.where(row, column)
    pairs = [(name, one or other) for name, one, other in (*_COMPARED.findall(text), *_SELECTED.findall(text))]
    pairs += [(name, one or other) for one, other, name in _TURNED.findall(text)]
    if column == "constraint":
        pairs += [(row.text("name"), one or other) for one, other in _OWN.findall(text)]
    for name, code in pairs:
        kind, listed = draft.kinds.get(name, (None, ""))
        if code and kind is not None and kind.is_select and code not in draft.codes(listed):
            draft.fault(where, "The list %(list)s has no choice %(code)s.", list=listed, code=code)
