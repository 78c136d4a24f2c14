"""A campaign of the installation as a simulation takes it: the whole set-up, and nobody's name, number or answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.core.errors import ConflictError, InvalidInputError
from app.dialing.domain import FactKind
from app.dialing.facts import state_fact
from app.dialing.intake import open_cases
from app.dialing.models import Case
from app.interviewing.quota_changes import HELD_BEFORE
from app.languages.domain import PUTONGHUA, Level
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.service import CellPlan, Editor, QuotaPlan, set_quota
from app.sampling.domain import ColumnMapping
from app.sampling.service import import_sample
from app.sampling.tables import read_table
from app.simulation.campaign import SimulatedCampaign
from app.simulation.comparison import Seeds, compare, run_job
from app.simulation.past import take_campaign
from app.simulation.plans import read_plan_of
from app.simulation.sample import Unit
from app.simulation.survey import example_form
from app.simulation.workers import Shift
from app.staffing.roster import import_shifts, set_triage
from tests.stage import Survey
from tests.unit.simulation.runs import job, way

NANNING, BAISE = "450100", "451000"
LIST = "name,phone,second,area,language\n王,13877110001,07715550001,450100,yue\n李,13877110002,,451000,\n"
MAPPING = ColumnMapping(phone=("phone", "second"), area="area", language="language", name="name")
SAFETY = Dimension(DimensionKind.ANSWER, question="safety_overall")
CITY = Dimension(DimensionKind.AREA, digits=4)
# What holds names, numbers, answers or who was on the line; no statement may name any of it.
UNTOUCHED = (
    "ciphertext",
    "fingerprint",
    "masked",
    "respondent_name",
    "answer_event",
    "interview ",
    "response",
    "attempt ",
)


@pytest.fixture
def listed(survey: Survey) -> Survey:
    """The survey with two units, of which one has a second, fixed number and a language."""
    session, now = survey.session, survey.now
    table = read_table(LIST.encode(), "list.csv")
    import_sample(
        session,
        campaign_id=survey.campaign.id,
        table=table,
        mapping=MAPPING,
        region="CN",
        vault=survey.vault,
        imported_by=None,
        now=now,
    )
    open_cases(session, survey.campaign, now=now)
    return survey


def taken(
    survey: Survey, *, now: datetime | None = None, xform: str | None = None, **options: Any
) -> SimulatedCampaign:
    plan = read_plan_of(options=options)
    return take_campaign(survey.session, survey.campaign.id, plan, xform=xform, now=now or survey.now)


def units_of(campaign: SimulatedCampaign) -> tuple[Unit, ...]:
    assert isinstance(campaign.sample, tuple)
    return campaign.sample


def roster(survey: Survey, *rows: str) -> None:
    table = read_table("\n".join(("login,starts,ends", *rows)).encode(), "roster.csv")
    report = import_shifts(survey.session, survey.campaign, table, actor="system", now=survey.now)
    assert report.faults == ()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Note every statement that reaches the database meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_further: object) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_the_sample_comes_with_its_areas_numbers_and_what_the_list_says(listed: Survey) -> None:
    zone = listed.campaign.time_zone
    campaign = taken(listed)
    assert units_of(campaign) == (
        Unit(NANNING, zone, ("mobile", "fixed"), declared="yue"),
        Unit(BAISE, zone, ("mobile",)),
    )
    assert campaign.numbers == 2
    assert campaign.ground.offered == (PUTONGHUA, "yue", "za")
    assert set(campaign.ground.shares) == {NANNING, BAISE}


def test_rules_ringing_and_questionnaire_are_the_campaigns_own(listed: Survey) -> None:
    listed.change_rules(holidays=["2026-11-24"], language={"random_share": 0.25})
    listed.campaign.ring_seconds = 45
    campaign = taken(listed)
    [policy] = [way().policy]
    rules = policy.over(campaign.document)
    assert (rules.language.random_share, campaign.ring_seconds, campaign.name) == (0.25, 45, "Safety 2026")
    assert campaign.xform == example_form()
    assert campaign.index is not None
    days = {shift.starts_at.date().day for shift in campaign.workers(policy, rules)[0].shifts}
    assert days == {23, 25, 26, 27, 28}


def test_quotas_come_with_their_targets_and_nobody_in_them(listed: Survey) -> None:
    wanted = QuotaPlan("safety", (CITY, SAFETY), (CellPlan((NANNING, "5"), 3, 4), CellPlan((BAISE, "1"), 2, 2)))
    set_quota(listed.session, listed.campaign, wanted, earlier=HELD_BEFORE, editor=Editor("person:1"), now=listed.now)
    [quota] = taken(listed).quotas
    assert [(cell.key, cell.target, cell.most) for cell in quota.cells] == [
        (("4501", "5"), 3, 4),
        (("4510", "1"), 2, 2),
    ]


def test_interviewers_come_with_their_levels_triage_and_shifts(listed: Survey, ana: Person) -> None:
    set_triage(listed.session, ana.id, does_triage=True, actor="person:1", now=listed.now)
    roster(listed, "ana,2026-11-23 14:00,2026-11-23 18:00", "ana,2026-11-25 09:00,2026-11-25 13:00")
    campaign = taken(listed)
    first, second = campaign.staff
    assert (first.skills, first.does_triage) == ({PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS}, True)
    assert first.shifts is not None
    assert [shift.ends_at - shift.starts_at for shift in first.shifts] == [timedelta(hours=4)] * 2
    assert (second.does_triage, second.shifts) == (False, ())
    assert campaign.days == 3  # as far as the roster goes


def test_without_a_roster_everybody_works_in_all_calling_hours(listed: Survey) -> None:
    campaign = taken(listed)
    assert [one.shifts for one in campaign.staff] == [None, None]
    assert (campaign.starts_at, campaign.days) == (listed.now, 5)


def test_a_shift_under_way_when_the_field_opened_counts_from_then(listed: Survey) -> None:
    roster(listed, "bao,2026-11-23 09:00,2026-11-23 12:00")
    [_, bao] = taken(listed).staff
    assert bao.shifts == (Shift(listed.now, listed.now + timedelta(hours=2)),)


def test_a_past_campaign_is_replayed_from_when_it_opened(listed: Survey) -> None:
    later = listed.now + timedelta(days=40)
    assert taken(listed, now=later).starts_at == listed.now


def test_a_draft_begins_with_its_first_shift_or_now(listed: Survey) -> None:
    listed.campaign.opened_at = None
    assert taken(listed).starts_at == listed.now
    at_night = listed.now.replace(hour=15)
    assert taken(listed, now=at_night).starts_at == at_night + timedelta(hours=10)
    roster(listed, "ana,2026-12-01 10:00,2026-12-01 18:00")
    assert taken(listed).starts_at == datetime.fromisoformat("2026-12-01T10:00:00+08:00")


def test_what_the_fieldwork_learnt_makes_the_person_and_is_told_to_nobody(listed: Survey, ana: Person) -> None:
    _, case = listed.cases()
    state(listed.session, case, FactKind.OBSERVED, lect="yue", confidence=0.8, by=ana)
    state(listed.session, case, FactKind.DECLARED, lect="za", confidence=1.0, by=ana)
    state(listed.session, case, FactKind.USED, lect=PUTONGHUA, confidence=1.0, by=ana)
    state(listed.session, case, FactKind.OBSERVED, lect="mis", confidence=0.8, by=ana)
    first, second = units_of(taken(listed))
    assert (first.learnt, second.learnt) == (None, ("za", 1.0))


def state(session: Session, case: Case, kind: FactKind, *, lect: str, confidence: float, by: Person) -> None:
    actor = f"person:{by.id}"
    now = case.due_at
    state_fact(session, case, kind, lect=lect, confidence=confidence, source="call", actor=actor, now=now)


def test_nothing_is_written_and_nobody_is_read(listed: Survey, engine: Engine) -> None:
    roster(listed, "ana,2026-11-23 14:00,2026-11-23 18:00")
    listed.session.expire_all()
    with statements(engine) as sent:
        taken(listed)
    assert len(sent) > 5
    assert [text for text in sent if not text.lstrip().startswith("SELECT")] == []
    assert [(word, text) for text in sent for word in UNTOUCHED if word in f"{text} "] == []


def test_a_plan_takes_the_place_of_staff_days_and_quotas(listed: Survey) -> None:
    campaign = taken(
        listed, interviewers=3, days=2, quotas=[{"name": "q", "columns": ["phone", "target"], "cells": [["mobile", 1]]}]
    )
    assert (len(campaign.staff), campaign.days) == (3, 2)
    assert [cell.key for cell in campaign.quotas[0].cells] == [("mobile",)]


def test_another_questionnaire_must_have_what_the_quotas_look_at(listed: Survey, make_form_text: Any) -> None:
    wanted = QuotaPlan("safety", (SAFETY,), (CellPlan(("5",), 3, 4),))
    set_quota(listed.session, listed.campaign, wanted, earlier=HELD_BEFORE, editor=Editor("person:1"), now=listed.now)
    with pytest.raises(InvalidInputError) as caught:
        taken(listed, xform=make_form_text)
    assert [fault.where for fault in caught.value.faults] == ["dimensions[0].question"]


@pytest.fixture
def make_form_text() -> str:
    """A questionnaire without the question on safety."""
    return example_form().replace("safety_overall", "safety_of_all")


def test_a_campaign_without_a_sample_is_told_so(survey: Survey, other_campaign: Campaign) -> None:
    with pytest.raises(ConflictError, match="no sample"):
        taken(survey)


def test_it_runs_with_every_policy(listed: Survey) -> None:
    campaign = replace(taken(listed), sample=units_of(taken(listed)) * 20, days=1)
    figures = run_job(job(campaign))
    assert figures.keys() == {"this_one", "no_language", "standard_only"}
    assert all(found["cases"] == 40 for found in figures.values())
    [found] = compare([way()], campaign, ["population"], seeds=Seeds(1), processes=1)
    assert found.runs["this_one"][0] == figures["this_one"]
