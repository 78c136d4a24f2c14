"""The queue of interviews to be listened to again: who may take which, and what became of each.

Nobody listens to a call of their own or one that they were in as a supervisor, nor in a lect that they were not
certified to follow, nor to what they have given back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Row, Text, and_, cast, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit import service as audit
from app.core.errors import ConflictError, NotFoundError
from app.core.sealed import SealedFile
from app.dialing.models import Attempt
from app.interviewing.models import Interview, Recording
from app.interviewing.recording_list import open_to_listen
from app.interviewing.recordings import BEFORE_MADE, RecordingState
from app.interviewing.shelf import Shelf
from app.quality.models import RelistenItem
from app.staffing.service import skills_of
from app.telephony.monitoring.models import Monitoring

KEPT_FOR: Final = timedelta(hours=12)  # whoever took one and did not finish it loses it then
NOTHING_TO_HEAR: Final = "There is no recording of it, or not any more."
NOT_TO_BE_UNDERSTOOD: Final = "The recording cannot be understood."


class ItemState(StrEnum):
    """How far an interview has come in the queue."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    UNLISTENABLE = "unlistenable"  # nothing was recorded, the respondent objected, or it cannot be understood


OPEN: Final = (ItemState.WAITING, ItemState.TAKEN)
# The talks of its case that an interview was held in, be it that nothing was answered in them.
TALKED_IN: Final = and_(
    Attempt.case_id == Interview.case_id,
    Attempt.answered_at.is_not(None),
    or_(Attempt.ended_at.is_(None), Attempt.ended_at >= Interview.started_at),
    or_(Interview.ended_at.is_(None), Attempt.requested_at <= Interview.ended_at),
)
_CALLS = select(Attempt.id).join(Interview, TALKED_IN).where(Interview.id == RelistenItem.interview_id)
_OF_ITEM: Final = Recording.attempt_id.in_(_CALLS.correlate(RelistenItem))
_IS_HERE: Final = and_(_OF_ITEM, Recording.state == RecordingState.STORED, Recording.is_unwanted.is_(False))
_MAY_COME: Final = and_(
    _OF_ITEM,
    Recording.state.in_((*BEFORE_MADE, RecordingState.MADE, RecordingState.STORED)),
    Recording.is_unwanted.is_(False),
)


def settle_queue(session: Session, *, now: datetime) -> int:
    """Close what cannot be listened to any more, and put back what was taken too long ago; returns how many."""
    late = (
        update(RelistenItem)
        .where(RelistenItem.state == ItemState.TAKEN, RelistenItem.taken_at < now - KEPT_FOR)
        .values(state=ItemState.WAITING, taken_by=None, taken_at=None)
        .returning(RelistenItem.id, RelistenItem.campaign_id)
    )
    gone = close_unheard(session, RelistenItem.state.in_(OPEN), now=now)
    return gone + _record_all(session, "relisten.lapsed", session.execute(late).all(), now=now)


def close_unheard(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    """Close those of which no recording is here or may still come; returns how many."""
    gone = (
        update(RelistenItem)
        .where(which, ~exists().where(_MAY_COME))
        .values(state=ItemState.UNLISTENABLE, problem=NOTHING_TO_HEAR, ended_at=now)
        .returning(RelistenItem.id, RelistenItem.campaign_id)
    )
    return _record_all(session, "relisten.closed", session.execute(gone).all(), now=now)


def _record_all(session: Session, act: str, settled: Sequence[Row[int, int]], *, now: datetime) -> int:
    """Put on the record what nobody did by hand; returns how many."""
    for item_id, campaign_id in settled:
        audit.record(session, act, actor="system", subject=f"relisten_item:{item_id}", campaign_id=campaign_id, now=now)
    return len(settled)


def _takeable(session: Session, campaign_id: int, listener_id: int) -> list[ColumnElement[bool]]:
    skills = cast(list(skills_of(session, listener_id)), ARRAY(Text))
    own = (
        select(Attempt.id)
        .join(Interview, Interview.case_id == Attempt.case_id)
        .where(Interview.id == RelistenItem.interview_id, Attempt.interviewer_id == listener_id)
        .correlate(RelistenItem)
    )
    supervised = (
        select(Monitoring.id)
        .join(Attempt, Attempt.id == Monitoring.attempt_id)
        .join(Interview, Interview.case_id == Attempt.case_id)
        .where(Interview.id == RelistenItem.interview_id, Monitoring.person_id == listener_id)
        .where(Monitoring.joined_at.is_not(None))
        .correlate(RelistenItem)
    )
    return [
        RelistenItem.campaign_id == campaign_id,
        RelistenItem.state == ItemState.WAITING,
        RelistenItem.lects.contained_by(skills),
        ~own.exists(),
        ~supervised.exists(),
        ~RelistenItem.put_back_by.contains([listener_id]),
        exists().where(_IS_HERE),
    ]


def waiting_for(session: Session, campaign_id: int, listener_id: int) -> int:
    """Count what this person could take now."""
    counted = select(func.count()).select_from(RelistenItem)
    return session.scalar(counted.where(*_takeable(session, campaign_id, listener_id))) or 0


def held_item(session: Session, campaign_id: int, listener_id: int) -> RelistenItem | None:
    """Return what this person has taken and not finished."""
    return session.scalar(
        select(RelistenItem).where(
            RelistenItem.campaign_id == campaign_id,
            RelistenItem.taken_by == listener_id,
            RelistenItem.state == ItemState.TAKEN,
        )
    )


def take_item(session: Session, campaign_id: int, listener_id: int, *, now: datetime) -> RelistenItem | None:
    """Take the one that waits the longest among those this person may hear; the one they hold, if any.

    Returns None when there is none. Two people who take at once get two different ones.
    """
    # Two windows of one person take turns here.
    session.execute(select(Person.id).where(Person.id == listener_id).with_for_update(key_share=True))
    held = held_item(session, campaign_id, listener_id)
    if held is not None:
        return held
    wanted = (
        select(RelistenItem)
        .where(*_takeable(session, campaign_id, listener_id))
        .order_by(RelistenItem.id)
        .limit(1)
        .with_for_update(of=RelistenItem, skip_locked=True)
    )
    item = session.scalar(wanted)
    if item is not None:
        item.state, item.taken_by, item.taken_at = ItemState.TAKEN, listener_id, now
        _record(session, "relisten.taken", item, actor=f"person:{listener_id}", now=now)
    return item


def find_own(session: Session, campaign_id: int, item_id: int, *, listener_id: int) -> RelistenItem:
    """Return what this person has taken; raises NotFoundError for others, ConflictError once it ended."""
    return _own(session.get(RelistenItem, item_id), campaign_id, listener_id)


def own_item(session: Session, campaign_id: int, item_id: int, *, listener_id: int) -> RelistenItem:
    """Return the same to change it."""
    locked = session.get(RelistenItem, item_id, with_for_update=True, populate_existing=True)
    return _own(locked, campaign_id, listener_id)


def _own(item: RelistenItem | None, campaign_id: int, listener_id: int) -> RelistenItem:
    if item is None or item.campaign_id != campaign_id or item.taken_by != listener_id:
        raise NotFoundError
    if item.state != ItemState.TAKEN:
        raise ConflictError("This interview is not being listened to any more. Take the next one.")
    return item


def put_back(session: Session, item: RelistenItem, *, now: datetime) -> None:
    """Give an interview back to the queue; it does not come to the same person again.

    What was coded stays, and whoever takes it next sees none of it.
    """
    actor = f"person:{item.taken_by}"
    item.put_back_by = [*item.put_back_by, *([item.taken_by] if item.taken_by else [])]
    item.state, item.taken_by, item.taken_at = ItemState.WAITING, None, None
    _record(session, "relisten.put_back", item, actor=actor, now=now)


def give_up(session: Session, item: RelistenItem, *, now: datetime) -> None:
    """Note that a recording cannot be understood."""
    item.state, item.problem, item.ended_at = ItemState.UNLISTENABLE, NOT_TO_BE_UNDERSTOOD, now
    _record(session, "relisten.given_up", item, actor=f"person:{item.taken_by}", now=now)


def close_item(session: Session, item: RelistenItem, *, now: datetime) -> None:
    """Note that an interview was listened to."""
    item.state, item.ended_at = ItemState.DONE, now
    _record(session, "relisten.done", item, actor=f"person:{item.taken_by}", now=now)


def sounds_of(session: Session, item: RelistenItem) -> list[int]:
    """Return the recordings of an interview that are here, in the order of its calls."""
    wanted = (
        select(Recording.id)
        .join(RelistenItem, RelistenItem.id == item.id)
        .where(_IS_HERE)
        .order_by(Recording.attempt_id, Recording.id)
    )
    return list(session.scalars(wanted))


def open_sound(
    session: Session, shelf: Shelf, item: RelistenItem, *, place: int, actor: str, now: datetime
) -> SealedFile:
    """Open a recording of an interview by its place from 1, which is on the record; raises NotFoundError."""
    sounds = sounds_of(session, item)
    if not 1 <= place <= len(sounds):
        raise NotFoundError
    return open_to_listen(session, shelf, sounds[place - 1], campaign_id=item.campaign_id, actor=actor, now=now)


def _record(session: Session, act: str, item: RelistenItem, *, actor: str, now: datetime) -> None:
    session.flush()
    audit.record(session, act, actor=actor, subject=f"relisten_item:{item.id}", campaign_id=item.campaign_id, now=now)
