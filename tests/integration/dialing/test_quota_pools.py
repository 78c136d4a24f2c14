"""A full quota cell takes its cases out of everybody's reach, and a needed one brings its cases forward."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.dialing.models import Case, Pool
from app.dialing.queue import NoCaseDueError
from app.dialing.tick import COUNT_EVERY
from app.interviewing.quota_changes import put_quota
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.models import QuotaCell
from app.quotas.plans import CellPlan, QuotaPlan
from app.quotas.service import Editor
from tests.callers import Caller
from tests.stage import Survey

NANNING, LIUZHOU = "450100", "450200"
SetTargets = Callable[..., None]


@pytest.fixture
def set_targets(survey: Survey) -> SetTargets:
    """Set how many completes each place may have, on a sample that is being called already."""
    survey.add_numbers(("13977112345", NANNING, "普通话"), ("13977212345", LIUZHOU, "普通话"))

    def put(**targets: int) -> None:
        cells = tuple(CellPlan((code.strip("_"),), target, target) for code, target in targets.items())
        plan = QuotaPlan("places", (Dimension(DimensionKind.AREA, 4),), cells)
        put_quota(survey.session, survey.campaign, plan, editor=Editor("system"), now=survey.now)

    return put


def place_of(session: Session, case: Case) -> str:
    return session.get_one(Pool, case.pool_id).cell


def complete(session: Session, code: str, number: int) -> None:
    session.execute(update(QuotaCell).where(QuotaCell.key == [code]).values(completes=number))


def test_cases_lie_in_the_pool_of_their_cell(set_targets: SetTargets, survey: Survey) -> None:
    set_targets(_4501=10, _4502=10)
    assert [place_of(survey.session, case) for case in survey.cases()] == ["area=4501", "area=4502"]


def test_a_full_cell_gives_no_case(set_targets: SetTargets, survey: Survey, ana_calls: Caller) -> None:
    set_targets(_4501=10, _4502=10)
    complete(survey.session, "4501", 10)
    ana_calls.wait(COUNT_EVERY)
    assert place_of(survey.session, ana_calls.take()) == "area=4502"
    with pytest.raises(NoCaseDueError) as nothing:
        ana_calls.take()
    assert nothing.value.causes["%(number)s cases belong to a quota that is full."] == 1


@pytest.mark.parametrize(("filled", "needed"), [("4501", "area=4502"), ("4502", "area=4501")])
def test_the_emptier_cell_comes_first(
    set_targets: SetTargets, survey: Survey, ana_calls: Caller, filled: str, *, needed: str
) -> None:
    set_targets(_4501=10, _4502=10)
    complete(survey.session, filled, 9)
    ana_calls.wait(COUNT_EVERY)
    assert place_of(survey.session, ana_calls.take()) == needed


def test_without_quotas_no_pool_has_a_need(survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"))
    assert [(pool.cell, pool.need) for pool in survey.session.scalars(select(Pool))] == [("", 0)]
