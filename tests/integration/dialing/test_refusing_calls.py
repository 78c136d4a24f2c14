"""Whoever asked not to be called again is not called again."""

import pytest

from app.campaigns.models import Campaign
from app.core.errors import ConflictError
from app.dialing.models import Case
from app.dialing.refusals import REASON
from app.dialing.trace import steps_of
from app.sampling.contacts import add_do_not_call, is_do_not_call
from app.telephony.domain import Ending
from tests.callers import NANNING, NUMBERS, Caller
from tests.stage import Survey


def bar(survey: Survey, number: str) -> None:
    """Put a number on the list from outside, as an administrator does."""
    add_do_not_call(
        survey.session, number, "asked by letter", region="CN", vault=survey.vault, added_by=None, now=survey.now
    )


@pytest.fixture
def elsewhere(survey: Survey, other_campaign: Campaign) -> Case:
    """A case with the same number in another campaign."""
    Survey(survey.session, survey.vault, other_campaign, survey.now).add_numbers((NUMBERS[0], NANNING, ""))
    return survey.cases()[-1]


def test_the_wish_closes_the_case_and_lists_the_number(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "do_not_call")
    assert (case.state, case.outcome) == ("closed", "do_not_call")
    assert is_do_not_call(ana_calls.session, case.sample_unit_id)


def test_the_wish_holds_in_every_campaign(ana_calls: Caller, case: Case, elsewhere: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "do_not_call")
    ana_calls.session.refresh(elsewhere)
    assert (elsewhere.campaign_id == case.campaign_id, elsewhere.state) == (False, "closed")
    assert steps_of(ana_calls.session, elsewhere.id)[-1].reason == REASON


def test_a_listed_number_is_never_dialled_and_its_case_closes_when_given_back(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    bar(ana_calls.survey, NUMBERS[0])
    with pytest.raises(ConflictError, match="do-not-call list"):
        ana_calls.dial(case)
    ana_calls.give_back(case)
    assert (case.state, case.closed_at) == ("closed", ana_calls.at)


def test_a_number_listed_during_the_call_is_not_called_again(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    bar(ana_calls.survey, NUMBERS[0])
    ana_calls.code(case, "no_answer")
    assert (case.state, case.outcome) == ("closed", "no_answer")
    assert steps_of(ana_calls.session, case.id)[-1].reason == REASON
