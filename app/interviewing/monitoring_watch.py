"""Watch over supervisors in calls: end what is over, keep a coach with the interviewer, and say who is where."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.interviewing.monitoring import end, let_go, locked, settle_change, standing_of
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.monitoring.domain import MonitorMode, why_over
from app.telephony.monitoring.legs import coached_call, leg_of
from app.telephony.monitoring.models import IN_CALL, Monitoring
from app.telephony.monitoring.monitor import Leg


@dataclass(frozen=True)
class MonitorCard:
    """A supervisor in a call, or on the way to it."""

    id: int
    person_id: int
    display_name: str
    interviewer_id: int
    mode: str  # a MonitorMode
    has_joined: bool
    since: datetime


@dataclass(frozen=True)
class _Aim:
    leg: Leg
    mode: MonitorMode
    coached_call_id: str | None


def monitors_in(session: Session, campaign_id: int) -> list[MonitorCard]:
    """Return who is in which call of a campaign, the longest there first."""
    going_on = (
        select(Monitoring, Person.display_name)
        .join(Person, Person.id == Monitoring.person_id)
        .where(Monitoring.campaign_id == campaign_id, text(IN_CALL))
        .order_by(Monitoring.id)
    )
    return [_card(row, name) for row, name in session.execute(going_on)]


def place_of(session: Session, person_id: int, campaign_id: int) -> tuple[str, int] | None:
    """Return a supervisor's own call and the attempt they hear; None while they are in no call of the campaign."""
    mine = select(Monitoring).where(
        Monitoring.person_id == person_id,
        Monitoring.campaign_id == campaign_id,
        Monitoring.ended_at.is_(None),
        Monitoring.joined_at.is_not(None),
    )
    row = session.scalar(mine)
    return (row.call_id, row.attempt_id) if row is not None and row.call_id is not None else None


def _card(row: Monitoring, name: str) -> MonitorCard:
    has_joined, since = row.joined_at is not None, row.joined_at or row.asked_at
    return MonitorCard(row.id, row.person_id, name, row.interviewer_id, row.mode, has_joined=has_joined, since=since)


def watch_over(make_session: SessionFactory, gateway: Gateway, *, now: datetime) -> int:
    """End what is over, and take out of the room whoever is still there; returns how many acts that took."""
    with make_session() as session:
        present = session.scalars(
            select(Monitoring.id).where(Monitoring.left_at.is_(None)).order_by(Monitoring.id)
        ).all()
    return sum(_look_after(make_session, gateway, row_id, now=now) for row_id in present)


def _look_after(make_session: SessionFactory, gateway: Gateway, row_id: int, *, now: datetime) -> int:
    with make_session() as session, session.begin():
        row = locked(session, row_id)
        reason = why_over(standing_of(session, row), now=now) if row.ended_at is None else None
        if reason is not None:
            end(session, row, reason, now=now)
        left = [row.call_id] if row.ended_at is not None and row.left_at is None and row.call_id else []
        aim = _new_aim(session, row) if row.ended_at is None else None
        if aim is not None:
            row.changing_since = now
    let_go(make_session, gateway, left, now=now)
    if aim is not None:
        _take_aim(make_session, gateway, row_id, aim=aim)
    return int(reason is not None or bool(left) or aim is not None)


def _new_aim(session: Session, row: Monitoring) -> _Aim | None:
    """Tell whom a coach is to be heard by where that changed: nobody, while the interviewer's own line is away."""
    coached = coached_call(session, row.interviewer_id)
    leg = leg_of(row, coached)
    is_busy = row.changing_since is not None or row.mode != MonitorMode.COACHING
    if leg is None or is_busy or coached == row.coached_call_id:
        return None
    return _Aim(leg, MonitorMode.COACHING if coached else MonitorMode.LISTENING, coached)


def _take_aim(make_session: SessionFactory, gateway: Gateway, row_id: int, *, aim: _Aim) -> None:
    try:
        gateway.change_mode(aim.leg, aim.mode)
    except (ConflictError, GatewayError):  # it is tried again a moment later
        settle_change(make_session, row_id)
        return
    with make_session() as session, session.begin():
        row = locked(session, row_id)
        row.changing_since, row.coached_call_id = None, aim.coached_call_id
