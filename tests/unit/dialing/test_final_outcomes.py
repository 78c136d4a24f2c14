"""Which of a closed case's attempts tells what it came to."""

import pytest

from app.campaigns.domain import OutcomeGroup
from app.dialing.domain import final_outcome

NO_ANSWER, BUSY = ("no_answer", OutcomeGroup.NO_CONTACT), ("busy", OutcomeGroup.NO_CONTACT)
REFUSED, LATER = ("refused_soft", OutcomeGroup.CONTACT), ("call_later", OutcomeGroup.CONTACT)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ([REFUSED, NO_ANSWER], "refused_soft"),
        ([NO_ANSWER, BUSY], "busy"),
        ([REFUSED, LATER], "call_later"),
        ([("other_lect", OutcomeGroup.LANGUAGE), NO_ANSWER], "other_lect"),
        ([("broke_off", OutcomeGroup.INTERVIEW), ("complete", OutcomeGroup.INTERVIEW)], "complete"),
        ([("broke_off", OutcomeGroup.INTERVIEW), NO_ANSWER], "broke_off"),
        ([("technical", OutcomeGroup.TECHNICAL), NO_ANSWER], "no_answer"),
    ],
)
def test_a_closed_case_ends_with_its_most_telling_attempt(history: list[tuple[str, OutcomeGroup]], code: str) -> None:
    assert final_outcome(history) == code
