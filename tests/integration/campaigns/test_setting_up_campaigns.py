"""A plan becomes a draft campaign, or says everything that is wrong with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.campaigns.outcomes import UnknownOutcomeError, find_outcome, list_outcomes, outcome_of_ending
from app.campaigns.rule_book import rules_of
from app.campaigns.service import (
    CampaignPlan,
    UnknownCampaignError,
    create_campaign,
    get_campaign,
    lects_of_campaign,
    list_campaigns,
)
from app.core.errors import InvalidInputError
from app.languages.domain import PUTONGHUA
from app.telephony.domain import Ending

SetUp = Callable[..., Campaign]


@pytest.fixture
def plan(other_campaign: Campaign) -> CampaignPlan:
    return CampaignPlan(
        name=" Wave 2 ",
        organisation_zh="某调查中心",
        organisation_en="A survey centre",
        questionnaire_version_id=other_campaign.questionnaire_version_id,
        greetings={"普通话": "您好！", "yue": "你好！"},
        caller_number="077112340",
        seed=7,
    )


@pytest.fixture
def set_up(session: Session, plan: CampaignPlan, now: datetime) -> SetUp:
    def set_up(**changes: Any) -> Campaign:
        return create_campaign(session, replace(plan, **changes), actor="person:1", now=now)

    return set_up


def test_a_plan_becomes_a_draft_with_its_lects_in_order(session: Session, set_up: SetUp) -> None:
    campaign = set_up()
    assert (campaign.name, campaign.state) == ("Wave 2", "draft")
    assert [(row.lect, row.greeting) for row in lects_of_campaign(session, campaign.id)] == [
        (PUTONGHUA, "您好！"),
        ("yue", "你好！"),
    ]


def test_setting_up_is_recorded_beside_the_act(session: Session, set_up: SetUp) -> None:
    campaign = set_up()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.chain == campaign.id)).one()
    assert (entry.act, entry.actor, entry.subject) == ("campaign.created", "person:1", f"campaign:{campaign.id}")


def test_a_campaign_starts_with_the_shipped_outcomes(session: Session, set_up: SetUp) -> None:
    campaign = set_up()
    shown = list_outcomes(session, campaign.id)
    assert [outcome.position for outcome in shown] == list(range(len(shown)))
    assert rules_of(session, campaign).treatments["busy"].delay.total_seconds() == 25 * 60
    busy = outcome_of_ending(session, campaign.id, Ending.BUSY)
    assert busy is not None
    assert busy.code == "busy"
    assert outcome_of_ending(session, campaign.id, Ending.HUNG_UP_BY_US) is None


def test_an_outcome_of_no_campaign_is_not_found(session: Session, set_up: SetUp) -> None:
    with pytest.raises(UnknownOutcomeError):
        find_outcome(session, set_up().id, "sold_a_fridge")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "Zoe's campaign"}, "name"),
        ({"greetings": {}}, "lects"),
        ({"greetings": {"yue": " "}}, "greetings.yue"),
        ({"greetings": {"zh": "您好"}}, "greetings.zh"),
        ({"greetings": {"yue": "你好", "粤语": "你好呀"}}, "greetings.粤语"),
        ({"time_zone": "Asia/Nanning"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"calling_hours": {"monday": [["21:00", "09:00"]]}}, "calling_hours.monday[1]"),
        ({"calling_hours": {}}, "calling_hours"),
        ({"ring_seconds": 14}, "ring_seconds"),
        ({"ring_seconds": 91}, "ring_seconds"),
        ({"attempt_limit": 0}, "attempt_limit"),
        ({"attempt_limit": 2**40}, "attempt_limit"),
        ({"completes_wanted": 0}, "completes_wanted"),
        ({"seed": 10**20}, "seed"),
        ({"questionnaire_version_id": 0}, "questionnaire_version_id"),
    ],
)
def test_a_fault_names_its_field_and_nothing_is_created(
    changes: dict[str, Any], where: str, session: Session, set_up: SetUp
) -> None:
    before = session.scalar(select(func.count(Campaign.id)))
    with pytest.raises(InvalidInputError) as caught:
        set_up(**changes)
    assert [fault.where for fault in caught.value.faults] == [where]
    assert session.scalar(select(func.count(Campaign.id))) == before


def test_every_fault_of_a_plan_is_told_at_once(set_up: SetUp) -> None:
    with pytest.raises(InvalidInputError) as caught:
        set_up(name="", calling_hours={}, ring_seconds=1, greetings={"klingon": "nuqneH"})
    assert {fault.where for fault in caught.value.faults} == {
        "name",
        "calling_hours",
        "ring_seconds",
        "greetings.klingon",
    }


def test_the_newest_campaign_is_listed_first(session: Session, set_up: SetUp, other_campaign: Campaign) -> None:
    newer = set_up()
    assert list_campaigns(session) == [newer, other_campaign]


def test_a_campaign_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(UnknownCampaignError):
        get_campaign(session, 0)
