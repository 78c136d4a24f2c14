"""When a respondent wants to be called, kept for every later call."""

from enum import StrEnum
from typing import Any, Final

from app.campaigns.domain import WEEKDAYS, CallingHours
from app.campaigns.rules import Rules
from app.core.errors import Fault, InvalidInputError
from app.dialing.models import Case

_DAYTIME: Final = [["00:00", "18:00"]]
_EVENING: Final = [["18:00", "23:59"]]
_WHOLE_DAY: Final = [["00:00", "23:59"]]


class Wish(StrEnum):
    """The part of the week a respondent asked for."""

    ANY_TIME = "any_time"  # takes an earlier wish back
    DAYTIME = "daytime"
    EVENINGS = "evenings"
    WEEKENDS = "weekends"


_WINDOWS: Final[dict[Wish, dict[str, Any]]] = {
    Wish.DAYTIME: dict.fromkeys(WEEKDAYS, _DAYTIME),
    Wish.EVENINGS: dict.fromkeys(WEEKDAYS, _EVENING),
    Wish.WEEKENDS: dict.fromkeys(WEEKDAYS[5:], _WHOLE_DAY),
}


def keep_wish(case: Case, wish: Wish, rules: Rules) -> None:
    """Keep what the respondent asked for; raises InvalidInputError where the campaign makes no calls then."""
    windows = _WINDOWS.get(wish)
    if windows is not None and not CallingHours.read(windows).overlaps(rules.calling_hours):
        fault = Fault("wish", "This campaign makes no calls at that time. Agree on another one.")
        raise InvalidInputError("The wish cannot be kept.", (fault,))
    case.wish = windows
