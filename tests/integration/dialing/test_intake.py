"""Imported numbers become cases that wait in their pools."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.dialing.facts import facts_of
from app.dialing.intake import open_cases
from app.dialing.models import Case, Pool
from app.dialing.pools import Conditions, pool_for
from app.dialing.score import LEVEL_STEP
from app.languages.domain import PUTONGHUA
from app.sampling.models import PhoneNumber
from tests.callers import NANNING, NUMBERS, AddCases
from tests.stage import Survey


def pool_of(session: Session, case: Case) -> Pool:
    return session.get_one(Pool, case.pool_id)


def due_times(session: Session, campaign: Campaign) -> dict[str, datetime]:
    """When the cases of a campaign are due, by their masked numbers."""
    numbers = PhoneNumber.sample_unit_id == Case.sample_unit_id
    wanted = select(PhoneNumber.fingerprint, Case.due_at).join(Case, numbers).where(Case.campaign_id == campaign.id)
    return {fingerprint.hex(): due_at for fingerprint, due_at in session.execute(wanted)}


@pytest.fixture
def twin(survey: Survey, other_campaign: Campaign) -> Survey:
    """Another open campaign with the same seed."""
    other_campaign.seed = survey.campaign.seed
    other_campaign.state = CampaignState.OPEN
    return replace(survey, campaign=other_campaign)


def test_the_place_predicts_its_likeliest_lects(session: Session, case: Case) -> None:
    stated = [(fact.kind, fact.lect, fact.confidence, fact.actor) for fact in facts_of(session, case.id)]
    assert stated == [
        ("predicted", PUTONGHUA, 0.4, "system"),
        ("predicted", "za", 0.3, "system"),
        ("predicted", "yue", 0.18, "system"),
    ]
    assert all(fact.source for fact in facts_of(session, case.id))
    assert pool_of(session, case).lect == PUTONGHUA


def test_a_lect_in_the_list_is_declared_but_not_as_surely_as_by_mouth(session: Session, add_cases: AddCases) -> None:
    [case] = add_cases("壮语")
    [declared] = [fact for fact in facts_of(session, case.id) if fact.kind == "declared"]
    assert (declared.lect, declared.source) == ("za", "sample")
    assert declared.confidence < 1
    assert pool_of(session, case).lect == "za"


def test_a_case_begins_ready_and_untouched(case: Case, now: datetime) -> None:
    assert (case.state, case.attempts_counted, case.outcome) == ("ready", 0, None)
    assert 0 < case.priority < LEVEL_STEP
    assert case.due_at <= now


def test_a_second_run_adds_nothing(survey: Survey, case: Case, now: datetime) -> None:
    assert open_cases(survey.session, survey.campaign, now=now) == 0
    assert survey.cases() == [case]


def test_a_draft_gathers_cases_that_nobody_may_call_yet(survey: Survey, *, now: datetime) -> None:
    survey.campaign.state = CampaignState.DRAFT
    survey.add_numbers((NUMBERS[0], NANNING, ""))
    assert [pool_of(survey.session, case).is_open for case in survey.cases()] == [False]


def test_the_order_of_the_file_steers_nothing(survey: Survey, twin: Survey) -> None:
    rows = [(number, NANNING, "") for number in NUMBERS]
    survey.add_numbers(*rows)
    twin.add_numbers(*reversed(rows))
    drawn = due_times(survey.session, survey.campaign)
    assert drawn == due_times(survey.session, twin.campaign)
    assert list(drawn.values()) != sorted(drawn.values())


def test_another_seed_draws_another_order(survey: Survey, twin: Survey) -> None:
    twin.campaign.seed += 1
    for field in (survey, twin):
        field.add_numbers(*((number, NANNING, "") for number in NUMBERS))
    first, second = (due_times(survey.session, field.campaign) for field in (survey, twin))
    assert sorted(first, key=lambda number: first[number]) != sorted(second, key=lambda number: second[number])


def test_a_pool_is_made_once_and_shut(survey: Survey) -> None:
    def made(lect: str) -> int:
        return pool_for(survey.session, Conditions(survey.campaign.id, lect, "Asia/Urumqi"))

    assert made("yue") == made("yue") != made("za")
    assert not survey.session.get_one(Pool, made("yue")).is_open
