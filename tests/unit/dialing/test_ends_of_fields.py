"""What an open case comes to when its field closes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns.domain import OutcomeGroup
from app.dialing.domain import Arm
from app.dialing.endings import CodedCall, OpenCase
from app.dialing.field_end import MOST_TELLING, NEVER_CALLED, NOBODY_COULD, ending_of
from app.languages.domain import Match

KNOWN = datetime(2026, 11, 23, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def call(
    code: str, group: OutcomeGroup = OutcomeGroup.NO_CONTACT, *, after: timedelta = -HOUR, match: Match = Match.FULL
) -> CodedCall:
    return CodedCall(code, group, KNOWN + after, match)


NO_ANSWER = call("no_answer")
OTHER_LECT = call("other_lect", OutcomeGroup.LANGUAGE)
REFUSED = call("refused_soft", OutcomeGroup.CONTACT)
MISDIAL = call("said_misdial", OutcomeGroup.TRUST)
MATCHED_SINCE = call("no_answer", after=HOUR, match=Match.PARTIAL)
UNMATCHED_SINCE = call("no_answer", after=HOUR, match=Match.NONE)


@pytest.mark.parametrize(
    ("calls", "code", "reason"),
    [
        ([], "not_attempted", NEVER_CALLED),
        ([NO_ANSWER], "no_answer", MOST_TELLING),
        ([REFUSED, NO_ANSWER], "refused_soft", MOST_TELLING),
        ([OTHER_LECT, NO_ANSWER], "other_lect", MOST_TELLING),
    ],
)
def test_where_somebody_serves_the_lect_the_calls_decide(calls: list[CodedCall], code: str, reason: str) -> None:
    ending = ending_of(OpenCase(1, "yue", Arm.MATCHED, None, calls), known_since=None)
    assert (ending.outcome, ending.reason) == (code, reason)


@pytest.mark.parametrize(
    ("calls", "code", "reason"),
    [
        ([], "no_interviewer", NOBODY_COULD),
        ([OTHER_LECT], "no_interviewer", NOBODY_COULD),
        ([MISDIAL, NO_ANSWER], "no_interviewer", NOBODY_COULD),
        ([OTHER_LECT, UNMATCHED_SINCE], "no_interviewer", NOBODY_COULD),
        ([REFUSED], "refused_soft", MOST_TELLING),
        ([OTHER_LECT, MATCHED_SINCE], "other_lect", MOST_TELLING),
    ],
)
def test_where_nobody_does_want_of_staff_is_one_more_thing_that_happened(
    calls: list[CodedCall], code: str, reason: str
) -> None:
    ending = ending_of(OpenCase(1, "hmn", Arm.MATCHED, None, calls), known_since=KNOWN)
    assert (ending.outcome, ending.reason) == (code, reason)


@pytest.mark.parametrize(("arm", "person_id"), [(Arm.RANDOM, None), (Arm.MATCHED, 7)])
def test_a_case_that_waits_for_no_lect_lacks_no_staff(arm: Arm, person_id: int | None) -> None:
    ending = ending_of(OpenCase(1, "hmn", arm, person_id), known_since=KNOWN)
    assert ending.outcome == "not_attempted"
