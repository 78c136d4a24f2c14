"""Why there is no case for an interviewer: what keeps each of the campaign's open cases from them."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from app.dialing.counted import Counted
from app.dialing.domain import CaseState
from app.dialing.routing import Abilities, Reach
from app.languages.domain import UNDETERMINED, Match

NOT_CERTIFIED: Final = "%(number)s cases are open, but you are not certified to interview in any lect yet."
KEPT_FOR_OTHERS: Final = "%(number)s cases are kept for another interviewer, whom the respondent asked for."
FOR_TRIAGE: Final = "%(number)s cases whose lect is not known for sure go to interviewers who tell lects apart."
FULL_MATCHES_ONLY: Final = "%(number)s cases go to full matches only, and you are a partial one."
OTHER_LECT: Final = "%(number)s cases need a lect that you do not interview in."
NOT_DUE: Final = "%(number)s cases wait for their time."
HELD: Final = "%(number)s cases are with an interviewer."
QUOTA_IS_FULL: Final = "%(number)s cases belong to a quota that is full."
OUTSIDE_HOURS: Final = "%(number)s cases may not be called at this hour."
REFUSED_YOU: Final = "%(number)s cases go to somebody else, because the respondent refused when you called."
BETTER_MATCH: Final = "%(number)s cases still wait for a better match."
TAKEN: Final = "%(number)s cases were ready a moment ago and have been taken."
# What lasts before what passes: the order in which they are told.
_IN_ORDER: Final = (
    NOT_CERTIFIED, KEPT_FOR_OTHERS, FOR_TRIAGE, FULL_MATCHES_ONLY, OTHER_LECT, REFUSED_YOU, QUOTA_IS_FULL,
    OUTSIDE_HOURS, NOT_DUE, BETTER_MATCH, HELD, TAKEN,
)  # fmt: skip

_NOT_IN_QUEUE: Final = {CaseState.WAITING: NOT_DUE, CaseState.HELD: HELD}


def causes_of(counts: Iterable[Counted], reach: Reach) -> dict[str, int]:
    """Count the campaign's open cases by what keeps them from this interviewer; an English gettext id for each cause.

    Cases are those of the last count of the pools, some seconds ago: counting them anew on every refusal would cost
    more than serving one. Each case counts once, for a cause that lasts before one that passes.
    """
    assert reach.known is not None  # noqa: S101  a reach that holds is known
    causes: Counter[str] = Counter()
    for counted in counts:
        if counted.only_patient is None:
            causes[_why_not_served(counted, reach.person_id, reach.known.abilities)] += counted.number
        elif counted.state != CaseState.READY:
            causes[_NOT_IN_QUEUE[CaseState(counted.state)]] += counted.number
        else:
            causes.update(_split_ready(counted))
    return {cause: causes[cause] for cause in _IN_ORDER if causes[cause]}


def _why_not_served(counted: Counted, person_id: int, abilities: Abilities) -> str:
    """Name what lasts: no hour and no count of minutes changes it."""
    if counted.kept_for not in {None, person_id}:
        return KEPT_FOR_OTHERS
    if not abilities.can_interview:
        return NOT_CERTIFIED
    match = abilities.match_in(counted.lect or UNDETERMINED)
    return {Match.UNKNOWN: FOR_TRIAGE, Match.PARTIAL: FULL_MATCHES_ONLY}.get(match, OTHER_LECT)


def _split_ready(counted: Counted) -> dict[str, int]:
    """Tell what keeps ready cases of pools that are theirs; those that refused them are barred for them."""
    if counted.is_full:
        return {QUOTA_IS_FULL: counted.number}
    if not counted.is_open:
        return {OUTSIDE_HOURS: counted.number}
    better_or_taken = BETTER_MATCH if counted.only_patient else TAKEN
    return {REFUSED_YOU: counted.barred, better_or_taken: counted.number - counted.barred}
