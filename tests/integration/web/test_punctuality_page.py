"""Supervisors see how punctually appointments are kept, on a page and over HTTP."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from tests.callers import NUMBERS, Caller
from tests.integration.conftest import SignInAs
from tests.stage import SetClock, Survey

HOUR = timedelta(hours=1)


@pytest.fixture
def kept(survey: Survey, ana: Person, clock: SetClock) -> Survey:
    """A respondent asked for Ana, and she called two minutes late."""
    survey.add_numbers((NUMBERS[0], "450100", "粤语"))
    ana_calls = Caller(survey, ana, survey.now)
    case = ana_calls.take()
    ana_calls.call(case)
    ana_calls.book(case, HOUR, with_me=True)
    ana_calls.code(case, "appointment")
    ana_calls.wait(HOUR + timedelta(minutes=2))
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "call_later")
    clock.at = ana_calls.at
    return survey


def test_the_page_tells_shares_lateness_and_whom_they_asked_for(
    sign_in_as: SignInAs, sue: Person, kept: Survey
) -> None:
    shown = sign_in_as(sue).get(f"/campaigns/{kept.campaign.id}/appointments").text
    assert "1 of 1 within 5 minutes" in shown
    assert "<dd>2<small> min</small></dd>" in shown
    assert '<th scope="row">Cantonese</th>' in shown.replace(" (Yue)", "")
    assert '<th scope="row">Ana</th>' in shown


def test_without_appointments_it_says_what_will_be_there(sign_in_as: SignInAs, sue: Person, survey: Survey) -> None:
    shown = sign_in_as(sue).get(f"/campaigns/{survey.campaign.id}/appointments?days=7").text
    assert "No appointment has come due in this time." in shown


def test_programs_read_the_same_figures(sign_in_as: SignInAs, sue: Person, kept: Survey) -> None:
    address = f"/api/v1/campaigns/{kept.campaign.id}/punctuality"
    told = sign_in_as(sue).get(address, params={"days": "7"}).json()
    assert (told["whole"]["exact_due"], told["whole"]["exact_in_time"], told["whole"]["missed"]) == (1, 1, 0)
    assert [(row["lect"], row["figures"]["median_minutes_late"]) for row in told["by_lect"]] == [("yue", 2.0)]
    assert sign_in_as(sue).get(address, params={"days": "0"}).status_code == 422


@pytest.mark.parametrize("part", ["/campaigns/{id}/appointments", "/api/v1/campaigns/{id}/punctuality"])
def test_interviewers_and_strangers_see_nothing(
    sign_in_as: SignInAs, survey: Survey, client: TestClient, ana: Person, zoe: Person, part: str
) -> None:
    path = part.format(id=survey.campaign.id)
    assert sign_in_as(ana).get(path).status_code == 403
    assert sign_in_as(zoe).get(path).status_code == 404
