"""What is remembered of an interviewer's reach between two cases is let go as soon as anything it rests on changes."""

from datetime import timedelta

import pytest

from app.core.errors import ConflictError
from app.dialing.models import Case, Pool
from app.dialing.pools import Conditions, pool_for
from app.dialing.queue import NoCaseDueError
from app.dialing.routing import reach_in
from app.languages.domain import UNDETERMINED, Level
from app.languages.service import set_understanding
from app.staffing.models import Interviewer
from app.staffing.service import certify
from tests.callers import AddCases, Caller

PUTONGHUA, CANTONESE, ZHUANG = "cmn-x-putonghu", "yue", "za"
SOUTHWESTERN = "cmn-x-xina1239"


@pytest.fixture
def ana_knows_her_reach(ana_calls: Caller, case: Case) -> Caller:
    """Ana, who was refused in her only case, and for whom nothing else is there."""
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "refused_soft")
    return ana_calls


def test_a_lect_certified_between_two_cases_counts_for_the_second(
    ana_knows_her_reach: Caller, add_cases: AddCases
) -> None:
    add_cases("", "壮语")
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()
    certify(ana_knows_her_reach.session, ana_knows_her_reach.person.id, {ZHUANG: Level.INTERVIEWS})
    assert ana_knows_her_reach.take().lect == ZHUANG


def test_a_lect_that_is_no_longer_certified_brings_no_further_case(
    ana_knows_her_reach: Caller, add_cases: AddCases
) -> None:
    certify(ana_knows_her_reach.session, ana_knows_her_reach.person.id, {ZHUANG: Level.INTERVIEWS})
    add_cases("", "普通话")
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()


def test_a_pool_made_between_two_cases_is_in_reach(ana_knows_her_reach: Caller, add_cases: AddCases) -> None:
    add_cases("", "粤语")
    assert ana_knows_her_reach.take().lect == CANTONESE


def test_who_is_made_one_to_tell_lects_apart_gets_the_next_unknown_case(
    ana_knows_her_reach: Caller, add_cases: AddCases
) -> None:
    session, ana = ana_knows_her_reach.session, ana_knows_her_reach.person
    ana_knows_her_reach.survey.change_rules(language={"unknown_lect": "triage"})
    [_taken, fresh] = add_cases("", "普通话")
    zone = session.get_one(Pool, fresh.pool_id).time_zone
    fresh.pool_id = pool_for(session, Conditions(fresh.campaign_id, UNDETERMINED, zone))
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()
    session.add(Interviewer(person_id=ana.id, does_triage=True))
    assert ana_knows_her_reach.take() is fresh


def test_changed_rules_and_a_changed_table_of_who_follows_whom_count_at_once(
    ana_knows_her_reach: Caller, add_cases: AddCases
) -> None:
    add_cases("", SOUTHWESTERN)
    ana_knows_her_reach.wait(timedelta(hours=1))
    ana_knows_her_reach.survey.change_rules(language={"serve_partial": False})
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()
    ana_knows_her_reach.survey.change_rules(language={"serve_partial": True})
    set_understanding(ana_knows_her_reach.session, SOUTHWESTERN, PUTONGHUA, degree=0)
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()
    set_understanding(ana_knows_her_reach.session, SOUTHWESTERN, PUTONGHUA, degree=1)
    assert ana_knows_her_reach.take().lect == SOUTHWESTERN


def test_a_pool_that_shuts_and_opens_is_asked_as_it_is_now(ana_knows_her_reach: Caller, add_cases: AddCases) -> None:
    [_taken, fresh] = add_cases("", "普通话")
    pool = ana_knows_her_reach.session.get_one(Pool, fresh.pool_id)
    basis = reach_in(ana_knows_her_reach.session, ana_knows_her_reach.person.id, fresh.campaign_id).basis
    pool.is_open = False
    with pytest.raises(NoCaseDueError):
        ana_knows_her_reach.take()
    pool.is_open = True
    assert ana_knows_her_reach.take() is fresh
    assert reach_in(ana_knows_her_reach.session, ana_knows_her_reach.person.id, fresh.campaign_id).basis == basis


def test_a_campaign_closed_between_two_cases_gives_none(ana_knows_her_reach: Caller, add_cases: AddCases) -> None:
    add_cases("", "普通话")
    ana_knows_her_reach.survey.campaign.state = "closed"
    with pytest.raises(ConflictError, match="not open"):
        ana_knows_her_reach.take()
