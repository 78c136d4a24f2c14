"""Many interviewers ask at the same moment, each in a transaction that is really committed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import SessionFactory, session_factory
from app.dialing.calls import apply_events
from app.dialing.domain import FactKind
from app.dialing.facts import state_fact
from app.dialing.models import Case
from app.dialing.queue import NoCaseDueError, take_next_case
from app.interviewing.desk import go_ready, next_case
from app.staffing.service import presence_of
from app.telephony.domain import CallEvent, CallEventKind, Ending
from tests.callers import NUMBERS, AddCases, Caller

Take = Callable[[Session, Caller], int]
FREE = text("UPDATE presence SET state = 'ready', case_id = NULL WHERE person_id = :person")


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


def take_one(session: Session, caller: Caller) -> int:
    return take_next_case(session, caller.survey.campaign.id, caller.person.id, now=caller.at)


def take_one_at_a_desk(session: Session, caller: Caller) -> int:
    """Take it from a desk, which waits again afterwards."""
    case_id = next_case(session, caller.person.id, now=caller.at)
    session.execute(FREE, {"person": caller.person.id})
    return case_id


def take_all(make_session: SessionFactory, caller: Caller, take: Take) -> list[int]:
    """Take one case after the other, a transaction each, until there is none."""
    taken: list[int] = []
    while True:
        try:
            with make_session() as session, session.begin():
                taken.append(take(session, caller))
        except NoCaseDueError:
            return taken


@pytest.mark.parametrize("take", [take_one, take_one_at_a_desk])
def test_no_case_is_given_twice_and_none_is_left(
    make_session: SessionFactory, ana_calls: Caller, bao_calls: Caller, *, add_cases: AddCases, take: Take
) -> None:
    add_cases(*[""] * len(NUMBERS))
    for caller in (ana_calls, bao_calls):
        go_ready(caller.session, caller.person.id, caller.survey.campaign.id, now=caller.at)
    ana_calls.session.commit()
    with ThreadPoolExecutor(6) as desks:
        given = list(desks.map(lambda caller: take_all(make_session, caller, take), [ana_calls, bao_calls] * 3))
    everything = [case_id for taken in given for case_id in taken]
    assert len(everything) == len(set(everything)) == len(NUMBERS)


def test_while_one_takes_another_gets_the_next(
    make_session: SessionFactory, ana_calls: Caller, bao: Person, *, add_cases: AddCases
) -> None:
    add_cases("", "")
    ana_calls.session.commit()
    first = ana_calls.take()
    with make_session() as session, session.begin():
        campaign = session.merge(ana_calls.survey.campaign, load=False)
        assert take_next_case(session, campaign.id, bao.id, now=ana_calls.at) != first.id


def hear_of_cantonese(caller: Caller, case: Case, attempt_id: int) -> None:
    """Write something that refers to the call, as every answer does."""
    state_fact(
        caller.session,
        case,
        FactKind.OBSERVED,
        lect="yue",
        confidence=0.8,
        source="call",
        actor="person:1",
        attempt_id=attempt_id,
        now=caller.at,
    )
    caller.session.commit()


def test_a_call_may_end_while_the_interviewer_writes(
    make_session: SessionFactory, ana_calls: Caller, case: Case
) -> None:
    attempt_id = ana_calls.dial(ana_calls.take()).id
    presence_of(ana_calls.session, ana_calls.person.id, now=ana_calls.at)
    ana_calls.session.commit()

    def end_call() -> int:
        event = CallEvent(attempt_id, 1, CallEventKind.ENDED, ana_calls.at, Ending.HUNG_UP_BY_RESPONDENT)
        with make_session() as session, session.begin():
            return apply_events(session, [event], now=ana_calls.at)

    presence_of(ana_calls.session, ana_calls.person.id, now=ana_calls.at)  # locks the desk, as every key does
    with ThreadPoolExecutor(1) as network:
        ending = network.submit(end_call)
        ana_calls.session.execute(text("SELECT pg_sleep(0.3)"))  # the report waits for the desk by now
        hear_of_cantonese(ana_calls, case, attempt_id)
        assert ending.result(timeout=10) == 1
