"""Reports about calls are kept once, however often they come."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.models import CallEventRow
from app.telephony.service import events_of, record_events


@pytest.fixture
def events(attempt_id: int, now: datetime) -> list[CallEvent]:
    kinds = [CallEventKind.INITIATED, CallEventKind.RINGING]
    reports = [CallEvent(attempt_id, 1 + s, kind, now + timedelta(seconds=s)) for s, kind in enumerate(kinds)]
    end = CallEvent(attempt_id, 3, CallEventKind.ENDED, now + timedelta(seconds=9), Ending.BUSY, 486, 17, "Busy Here")
    return [*reports, end]


def test_new_events_come_back_as_they_were(session: Session, events: list[CallEvent], now: datetime) -> None:
    assert record_events(session, events, now=now) == events
    assert events_of(session, events[0].attempt_id) == events


def test_an_event_that_comes_again_is_not_new(session: Session, events: list[CallEvent], now: datetime) -> None:
    record_events(session, events[:2], now=now)
    assert record_events(session, [*events, *events], now=now + timedelta(minutes=1)) == [events[2]]
    assert session.scalar(select(func.count(CallEventRow.id))) == 3


def test_late_and_reordered_events_are_kept_too(session: Session, events: list[CallEvent], now: datetime) -> None:
    record_events(session, [events[2]], now=now)
    assert record_events(session, [events[1], events[0]], now=now) == [events[1], events[0]]
    assert events_of(session, events[0].attempt_id) == events


def test_another_kind_under_the_same_number_is_another_event(
    session: Session, events: list[CallEvent], now: datetime
) -> None:
    record_events(session, events, now=now)
    contradiction = replace(events[1], kind=CallEventKind.ANSWERED)
    assert record_events(session, [contradiction], now=now) == [contradiction]


def test_nothing_to_record_is_no_error(session: Session, now: datetime) -> None:
    assert record_events(session, [], now=now) == []


@pytest.mark.parametrize("act", ["UPDATE call_event SET kind = 'answered'", "DELETE FROM call_event"])
def test_nobody_rewrites_what_a_provider_reported(session: Session, act: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(act))
