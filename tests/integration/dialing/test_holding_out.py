"""A measure is given to a random share of the cases, drawn once, and its effect is shown by arm."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.effects import effects_of
from app.dialing.measures import Measure, is_given, measures_of
from app.dialing.models import Attempt, CaseMeasure
from app.sampling.contacts import numbers_of
from app.telephony.domain import Ending
from tests.callers import NANNING, NUMBERS, Caller
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey


@pytest.fixture
def halved(survey: Survey) -> Survey:
    """A survey in which half of the cases are given the code."""
    survey.change_rules(measures={"code_share": 0.5})
    survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS))
    return survey


def arms(survey: Survey) -> list[bool]:
    return [measures_of(survey.session, case.id)[Measure.CODE] for case in survey.cases()]


def test_about_half_of_the_cases_get_it_by_the_seed_alone(halved: Survey) -> None:
    drawn = arms(halved)
    assert 4 <= sum(drawn) <= 16
    assert sum(is_given(7, Measure.CODE, f"{n:04x}", share=0.3) for n in range(5_000)) == pytest.approx(1_500, abs=120)


def test_what_was_drawn_never_changes(halved: Survey, ana: Person) -> None:
    before = arms(halved)
    halved.change_rules(measures={"code_share": 1.0})
    caller = Caller(halved, ana, halved.now)
    caller.dial(caller.take())
    assert arms(halved) == before


def test_a_case_of_before_is_drawn_at_its_first_call(survey: Survey, session: Session, ana: Person) -> None:
    survey.change_rules(measures={"code_share": 0.0})
    survey.add_numbers((NUMBERS[0], NANNING, "普通话"))
    survey.change_rules(measures={"code_share": 0.5})
    caller = Caller(survey, ana, survey.now)
    case = caller.take()
    assert measures_of(session, case.id) == {}
    caller.dial(case)
    fingerprint = numbers_of(session, case.sample_unit_id)[0].fingerprint.hex()
    assert measures_of(session, case.id) == {"code": is_given(7, Measure.CODE, fingerprint, share=0.5)}


def test_a_measure_that_is_not_in_use_is_drawn_for_nobody(survey: Survey, session: Session) -> None:
    survey.change_rules(measures={"code_share": 0.0})
    survey.add_numbers((NUMBERS[0], NANNING, ""))
    assert session.scalar(select(func.count()).select_from(CaseMeasure)) == 0


def test_the_desk_tells_whether_the_code_is_read_out(desk: Desk, halved: Survey, session: Session) -> None:
    case = desk.post("next-case")
    assert case["reads_code"] == measures_of(session, case["id"])[Measure.CODE]
    assert case["short_code"]


def test_both_arms_are_counted_apart(halved: Survey, ana: Person) -> None:
    caller = Caller(halved, ana, halved.now)
    for code, ending in [("suspected_fraud", Ending.HUNG_UP_BY_RESPONDENT), ("no_answer", Ending.NO_ANSWER)] * 4:
        case = caller.take()
        caller.call(case, ending)
        caller.code(case, code)
    [effect] = effects_of(halved.session, halved.campaign)
    both = (effect.given, effect.held_out)
    assert [sum(counts) for counts in zip(*((a.called, a.contacted, a.misread) for a in both), strict=True)] == [
        8,
        4,
        4,
    ]
    assert effect.given.cases == sum(arms(halved))
    assert effect.held_out.cases == len(NUMBERS) - effect.given.cases


def test_without_a_hold_out_there_is_nothing_to_compare(survey: Survey) -> None:
    survey.add_numbers((NUMBERS[0], NANNING, ""))
    assert effects_of(survey.session, survey.campaign) == []


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def test_page_and_resource_show_the_effect(sue_at_work: TestClient, halved: Survey, session: Session) -> None:
    assert "nothing to compare yet" in sue_at_work.get(f"/campaigns/{halved.campaign.id}/measures").text
    [effect] = sue_at_work.get(f"/api/v1/campaigns/{halved.campaign.id}/measures").json()["effects"]
    assert (effect["measure"], [rate["name"] for rate in effect["rates"]]) == (
        "code",
        ["contact", "misread", "completion"],
    )
    assert effect["given"]["cases"] + effect["held_out"]["cases"] == len(NUMBERS)
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0
