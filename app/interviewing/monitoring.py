"""Supervisors in calls under way: they listen, coach the interviewer, break in, and leave.

What was asked is written down and committed before the provider is asked for it, as with calls. What cannot be known
ends: nobody is left in somebody's call because an answer was lost.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit import service as audit
from app.campaigns.models import Campaign
from app.campaigns.monitoring_rules import MonitoringMode
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.core.live import announce, campaign_topic, person_topic
from app.dialing.models import Attempt
from app.staffing.models import Presence
from app.telephony.domain import CallState
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.lines import room_of
from app.telephony.monitoring.domain import MonitorEnding, MonitorMode, Standing, why_over
from app.telephony.monitoring.legs import coached_call, find_leg, leg_of, make_ticket
from app.telephony.monitoring.models import Monitoring
from app.telephony.monitoring.monitor import Leg

NO_LONGER: Final = "You are no longer in this call. Listen to it again."


def listen_to(
    make_session: SessionFactory,
    gateway: Gateway,
    person_id: int,
    *,
    campaign_id: int,
    interviewer_id: int,
    now: datetime,
) -> dict[str, str]:
    """Let a supervisor hear an interviewer's call, and return what their browser needs to call in.

    Whatever call they were in before, they leave. Raises ConflictError where the rules forbid it or nobody is on the
    line, and GatewayError where the program does not carry the call.
    """
    ticket, key = make_ticket()
    with make_session() as session, session.begin():
        # One after the other: nobody is in two calls.
        session.get(Person, person_id, with_for_update={"key_share": True})
        attempt = _call_to_hear(session, get_campaign(session, campaign_id), interviewer_id, person_id=person_id)
        left = _end_own(session, person_id, MonitorEnding.TURNED_AWAY, now=now)
        row = Monitoring(
            person_id=person_id, campaign_id=campaign_id, interviewer_id=interviewer_id, attempt_id=attempt.id,
            room=room_of(interviewer_id), mode=MonitorMode.LISTENING, ticket_hash=key, asked_at=now, seen_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _tell(session, row)
    let_go(make_session, gateway, left, now=now)
    try:
        return gateway.listen(person_id, ticket)
    except GatewayError:
        _end_at_once(make_session, gateway, row.id, ending=MonitorEnding.REFUSED, now=now)
        raise


def change_mode(
    make_session: SessionFactory,
    gateway: Gateway,
    person_id: int,
    *,
    campaign_id: int,
    mode: MonitorMode,
    now: datetime,
) -> None:
    """Coach, break in, or only listen again.

    Raises ConflictError before the supervisor is in the room, once it is over, while another change is under way, and
    when a coach would be heard by nobody. Where nobody knows whether the provider did it, the supervisor is taken out
    of the call.
    """
    with make_session() as session, session.begin():
        row = _going_on(session, person_id, campaign_id, now=now)
        if row.changing_since is not None:
            raise ConflictError("Another change is under way. Try again in a moment.")
        coached = coached_call(session, row.interviewer_id)
        leg = leg_of(row, coached)
        if leg is None:
            raise ConflictError("Your telephone is still connecting. Try again in a moment.")
        if mode is MonitorMode.COACHING and coached is None:
            raise ConflictError("The interviewer's own telephone is not connected: nobody would hear you.")
        row.changing_since, row_id = now, row.id
    try:
        gateway.change_mode(leg, mode)
    except ConflictError:
        _end_at_once(make_session, gateway, row_id, ending=MonitorEnding.LOST, now=now)
        raise
    except GatewayError as error:
        if error.is_uncertain:
            _end_at_once(make_session, gateway, row_id, ending=MonitorEnding.REFUSED, now=now)
        else:
            settle_change(make_session, row_id)
        raise
    with make_session() as session, session.begin():
        _note_mode(session, row_id, mode, leg=leg, now=now)


def _note_mode(session: Session, row_id: int, mode: MonitorMode, *, leg: Leg, now: datetime) -> None:
    row = locked(session, row_id)
    row.changing_since = None
    if row.ended_at is not None:
        raise ConflictError(NO_LONGER)
    before, row.mode, row.seen_at = row.mode, mode, now
    row.coached_call_id = leg.coached_call_id if mode is MonitorMode.COACHING else None
    if before != mode:
        _tell(session, row)
        _record(session, row, "monitoring.changed", details={"from": before, "mode": mode.value}, now=now)


def settle_change(make_session: SessionFactory, row_id: int) -> None:
    """Note that a change is no longer under way, and that it changed nothing."""
    with make_session() as session, session.begin():
        locked(session, row_id).changing_since = None


def stop(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> None:
    """Leave the call; whoever is in none leaves none."""
    with make_session() as session, session.begin():
        left = _end_own(session, person_id, MonitorEnding.STOPPED, now=now)
    let_go(make_session, gateway, left, now=now)


def note_seen(session: Session, person_id: int, campaign_id: int, *, now: datetime) -> None:
    """Note that the supervisor's page is still there; raises ConflictError when they may not stay in the call."""
    _going_on(session, person_id, campaign_id, now=now).seen_at = now


def note_leg(session: Session, call_id: str, *, event: str, conference_id: str, now: datetime) -> None:
    """Note what a room tells of a supervisor's own call; of every other call nothing."""
    row = find_leg(session, call_id)
    if row is None:
        return
    if event == "joined" and row.joined_at is None and row.ended_at is None:
        row.joined_at, row.conference_id = now, conference_id
        _tell(session, row)
        _record(session, row, "monitoring.started", details={"mode": row.mode}, now=now)
    elif event == "left":
        _leave(session, row, now=now)
        if row.ended_at is None:
            end(session, row, MonitorEnding.LOST, now=now)


def end(session: Session, row: Monitoring, ending: MonitorEnding, *, now: datetime) -> None:
    """Write down that a supervisor is no longer in a call; `let_go` then ends their own one."""
    row.ended_at, row.ending = now, ending
    if row.call_id is None:
        row.left_at = now  # nobody ever called in, and the ticket is no longer good
    _tell(session, row)
    if row.joined_at is not None:
        seconds = round((now - row.joined_at).total_seconds())
        _record(session, row, "monitoring.ended", details={"ending": ending.value, "seconds": seconds}, now=now)


def let_go(make_session: SessionFactory, gateway: Gateway, call_ids: list[str], *, now: datetime) -> None:
    """End supervisors' own calls; what the provider does not take now, background work asks for again."""
    for call_id in call_ids:
        with suppress(GatewayError):
            gateway.stop_listening(call_id)
            with make_session() as session, session.begin():
                row = find_leg(session, call_id)
                if row is not None:
                    _leave(session, row, now=now)


def _leave(session: Session, row: Monitoring, *, now: datetime) -> None:
    """Note that a supervisor is heard no more, which the interviewer's screen waits for where they could be heard."""
    row.left_at = now
    _tell(session, row)


def _going_on(session: Session, person_id: int, campaign_id: int, *, now: datetime) -> Monitoring:
    """Return what a supervisor is in, locked; raises ConflictError when it is no call of that campaign, or over."""
    mine = select(Monitoring).where(
        Monitoring.person_id == person_id, Monitoring.campaign_id == campaign_id, Monitoring.ended_at.is_(None)
    )
    row = session.scalar(mine.with_for_update())
    if row is None or why_over(standing_of(session, row), now=now) is not None:
        raise ConflictError(NO_LONGER)
    return row


def standing_of(session: Session, row: Monitoring) -> Standing:
    """Return what decides whether a supervisor may stay in a call."""
    attempt = session.get_one(Attempt, row.attempt_id, populate_existing=True)
    return Standing(
        is_allowed=is_allowed(session, session.get_one(Campaign, row.campaign_id, populate_existing=True)),
        is_talking=attempt.state == CallState.TALKING,
        is_same_interviewer=attempt.interviewer_id == row.interviewer_id,
        has_joined=row.joined_at is not None,
        asked_at=row.asked_at,
        seen_at=row.seen_at,
        changing_since=row.changing_since,
    )


def locked(session: Session, row_id: int) -> Monitoring:
    """Read one to change it."""
    return session.get_one(Monitoring, row_id, with_for_update=True, populate_existing=True)


def is_allowed(session: Session, campaign: Campaign) -> bool:
    """Tell whether the rules let anybody listen to calls under way."""
    return rules_of(session, campaign).monitoring.mode is MonitoringMode.ON


def _call_to_hear(session: Session, campaign: Campaign, interviewer_id: int, *, person_id: int) -> Attempt:
    if not is_allowed(session, campaign):
        raise ConflictError("The rules of this campaign forbid listening to calls under way.")
    if interviewer_id == person_id:
        raise ConflictError("This is your own call.")
    on_the_line = (
        select(Attempt)
        .join(Presence, (Presence.case_id == Attempt.case_id) & (Presence.person_id == Attempt.interviewer_id))
        .where(
            Presence.person_id == interviewer_id,
            Attempt.campaign_id == campaign.id,
            Attempt.state == CallState.TALKING,
        )
        .order_by(Attempt.id.desc())
        .limit(1)
    )
    attempt = session.scalar(on_the_line)
    if attempt is None:
        raise ConflictError("This interviewer has nobody on the line now.")
    return attempt


def _end_own(session: Session, person_id: int, ending: MonitorEnding, *, now: datetime) -> list[str]:
    mine = select(Monitoring).where(Monitoring.person_id == person_id, Monitoring.ended_at.is_(None))
    row = session.scalar(mine.with_for_update())
    if row is None:
        return []
    end(session, row, ending, now=now)
    session.flush()
    return [row.call_id] if row.call_id is not None else []


def _end_at_once(
    make_session: SessionFactory, gateway: Gateway, row_id: int, *, ending: MonitorEnding, now: datetime
) -> None:  # fmt: skip
    with make_session() as session, session.begin():
        row = locked(session, row_id)
        if row.ended_at is None:
            end(session, row, ending, now=now)
        left = [row.call_id] if row.call_id is not None else []
    let_go(make_session, gateway, left, now=now)


def _tell(session: Session, row: Monitoring) -> None:
    announce(session, person_topic(row.interviewer_id), campaign_topic(row.campaign_id))


def _record(session: Session, row: Monitoring, act: str, *, details: dict[str, object], now: datetime) -> None:
    audit.record(
        session,
        act,
        actor=f"person:{row.person_id}",
        subject=f"attempt:{row.attempt_id}",
        campaign_id=row.campaign_id,
        details={"interviewer_id": row.interviewer_id, **details},
        now=now,
    )
