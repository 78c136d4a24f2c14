"""What can have come of a call, and how a call was misread."""

import pytest

from app.campaigns.domain import OutcomeGroup
from app.interviewing.domain import LanguageOfAnswers, MisreadKind, is_possible, misread_kinds

UNANSWERED = {OutcomeGroup.NO_CONTACT, OutcomeGroup.TECHNICAL, OutcomeGroup.INELIGIBLE}


def test_an_unanswered_call_can_be_no_refusal() -> None:
    possible = {group for group in OutcomeGroup if is_possible(group, was_answered=False, was_begun=True)}
    assert possible == UNANSWERED


def test_without_an_interview_none_was_broken_off() -> None:
    possible = {group for group in OutcomeGroup if is_possible(group, was_answered=True, was_begun=False)}
    assert possible == set(OutcomeGroup) - {OutcomeGroup.INTERVIEW}


def test_after_an_interview_everything_is_possible() -> None:
    assert all(is_possible(group, was_answered=True, was_begun=True) for group in OutcomeGroup)


def test_misreadings_are_kept_in_order_and_as_often_as_they_happened() -> None:
    outcomes = ["said_misdial", "no_answer", "lect_unknown", "other_lect", "complete"]
    assert misread_kinds(outcomes) == [
        MisreadKind.SAID_MISDIAL,
        MisreadKind.COULD_NOT_FOLLOW,
        MisreadKind.COULD_NOT_FOLLOW,
    ]


@pytest.mark.parametrize("code", ["refused_soft", "refused_hard", "refused_household"])
def test_a_refusal_is_no_misreading(code: str) -> None:
    assert misread_kinds([code]) == []


def test_the_main_lect_is_that_of_most_answers() -> None:
    assert LanguageOfAnswers({"yue": 3, "za": 9}).main == "za"
    assert LanguageOfAnswers({}).main is None
