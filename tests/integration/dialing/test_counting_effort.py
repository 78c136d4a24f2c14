"""The effort for each lect's cases is what a plain count of every case and attempt comes to, batch by batch."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.dialing.domain import Arm
from app.dialing.effort_counts import LectCounts, count_effort
from app.dialing.models import Attempt, Case, Pool
from app.dialing.pools import Conditions, pool_for
from app.sampling.models import PhoneNumber, SampleImport, SampleUnit
from app.telephony.domain import CallState
from tests.callers import NANNING, NUMBERS
from tests.stage import Survey

LECTS = ("cmn-x-putonghu", "yue", "za", "hmn")
SLICES = ("weekday", "evening", "weekend", None)
OUTCOMES = ("complete", "no_answer", "refused_soft", None)
IN_FIELD = timedelta(days=6)


@pytest.fixture(params=range(3))
def random(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)  # noqa: S311  play, not secrets


@pytest.fixture
def field(survey: Survey, ana: Person, random: Random) -> Survey:
    """Cases of two imports with any number of attempts of any kind, in any lect and arm."""
    survey.add_numbers(*((number, NANNING, "") for number in NUMBERS))
    survey.now += timedelta(hours=5)
    survey.add_numbers(*((number.replace("1397711", "1397712"), NANNING, "") for number in NUMBERS))
    numbers = survey.session.execute(select(PhoneNumber.sample_unit_id, PhoneNumber.id)).all()
    dialled: dict[int, int] = dict(numbers)
    for case in survey.cases():
        arm = random.choice([Arm.MATCHED, Arm.MATCHED, Arm.RANDOM])
        conditions = Conditions(survey.campaign.id, random.choice(LECTS), "Asia/Shanghai", arm=arm)
        case.pool_id, case.outcome = pool_for(survey.session, conditions), random.choice(OUTCOMES)
        for _ in range(random.choice([0, 0, 1, 2, 5])):
            survey.session.add(attempt(case, ana, random, number_id=dialled[case.sample_unit_id], now=survey.now))
    survey.session.flush()
    return survey


def attempt(case: Case, person: Person, random: Random, *, number_id: int, now: datetime) -> Attempt:
    at = now + timedelta(seconds=random.randrange(round(IN_FIELD.total_seconds())))
    return Attempt(
        case_id=case.id, campaign_id=case.campaign_id, interviewer_id=person.id, phone_number_id=number_id,
        state=CallState.ENDED, requested_at=at, match="full", time_slice=random.choice(SLICES),
        rang_at=random.choice([at, None]), answered_at=random.choice([at, None]),
    )  # fmt: skip


def plainly(session: Session, campaign: Campaign, *, now: datetime) -> dict[str, LectCounts]:
    """Count case by case and attempt by attempt."""
    counts: dict[str, LectCounts] = {}
    of_case = select(Case, Pool.lect, SampleImport.imported_at).join(Pool).where(Pool.arm == Arm.MATCHED)
    of_case = of_case.join(SampleUnit, SampleUnit.id == Case.sample_unit_id).join(SampleImport)
    for case, lect, imported_at in session.execute(of_case):
        one = counts.setdefault(lect, LectCounts())
        tried = session.scalars(select(Attempt).where(Attempt.case_id == case.id)).all()
        rang = [row for row in tried if row.rang_at or row.answered_at]
        waited = min((row.requested_at for row in tried), default=now) - max(campaign.opened_at or now, imported_at)
        one.cases += 1
        one.completes += case.outcome == "complete"
        one.never_tried += not tried
        one.tries += 0 if case.outcome == "complete" else len(rang)
        one.slices += Counter(row.time_slice or "" for row in rang)
        one.waits[int(waited / timedelta(hours=0.1) + 0.5)] += 1
    return counts


@pytest.mark.parametrize("batch", [1, 7, 1_000])
def test_batches_of_any_size_come_to_the_plain_count(field: Survey, *, batch: int) -> None:
    now = field.now + IN_FIELD
    counted = count_effort(field.session, field.campaign, now=now, batch=batch)
    assert counted == plainly(field.session, field.campaign, now=now)
    assert sum(one.cases for one in counted.values()) < len(field.cases())
