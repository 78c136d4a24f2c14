"""Who interviews, in which lects, and what they are doing now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.db import append
from app.languages.domain import Level
from app.staffing.domain import BreakReason, PresenceState
from app.staffing.models import Interviewer, InterviewerLect, Presence, PresenceChange

_SKILLS: Final = select(InterviewerLect.lect, InterviewerLect.level).where(
    InterviewerLect.person_id == bindparam("person_id")
)
_OWN_ROW: Final = (
    select(Presence)
    .where(Presence.person_id == bindparam("person_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


# Parts of the statement that puts a case on the screen of an interviewer who waits for one; what `enter` does.
# Somebody else's lock on the desk is not waited for: the interviewer is doing something else at this very moment.
WAITING_DESK: Final = f"""
    SELECT FROM presence
    WHERE person_id = %(person)s AND campaign_id = %(campaign)s AND state = '{PresenceState.READY.value}'
    FOR UPDATE SKIP LOCKED
"""


def previewing(taken: str) -> str:
    """Return the parts of a WITH that put the case with the id in `taken` on the interviewer's screen."""
    return f"""
    previewing AS (
        UPDATE presence SET state = '{PresenceState.PREVIEW.value}', since = %(now)s, case_id = {taken}.id
        FROM {taken} WHERE person_id = %(person)s
        RETURNING person_id, campaign_id, presence.state, since
    ), previewed AS (
        INSERT INTO presence_change (person_id, campaign_id, state, at) SELECT * FROM previewing
    )
    """


def certify(session: Session, person_id: int, levels: Mapping[str, Level]) -> None:
    """Replace an interviewer's lects by `levels`, a map of lect to certified level."""
    for row in session.scalars(select(InterviewerLect).where(InterviewerLect.person_id == person_id)):
        session.delete(row)
    session.flush()
    session.add_all(InterviewerLect(person_id=person_id, lect=lect, level=level) for lect, level in levels.items())
    session.flush()


def skills_of(session: Session, person_id: int) -> dict[str, Level]:
    """Return the lects an interviewer masters and how well."""
    return {lect: Level(level) for lect, level in session.execute(_SKILLS, {"person_id": person_id})}


def does_triage(session: Session, person_id: int) -> bool:
    """Tell whether this interviewer takes calls of which no lect is known."""
    interviewer = session.get(Interviewer, person_id)
    return interviewer is not None and interviewer.does_triage


def presence_of(session: Session, person_id: int, *, now: datetime) -> Presence:
    """Return what the interviewer is doing, locked for this transaction; someone never seen is off."""
    presence = session.scalar(_OWN_ROW, {"person_id": person_id})
    if presence is None:
        # Two requests may see somebody for the first time at once; both go on with the one row.
        first = {"person_id": person_id, "state": PresenceState.OFF, "since": now}
        session.execute(insert(Presence).values(first).on_conflict_do_nothing())
        presence = session.scalars(_OWN_ROW, {"person_id": person_id}).one()
    return presence


def enter(
    session: Session, presence: Presence, state: PresenceState, *, reason: BreakReason | None = None, now: datetime
) -> None:
    """Move an interviewer to `state` and keep the change; entering the same state again is nothing.

    Another `reason` for the same break is a change, but the break is no shorter for it.
    """
    if presence.state == state and presence.reason == reason:
        return
    presence.since = presence.since if presence.state == state else now
    presence.state, presence.reason = state, reason
    append(
        session,
        PresenceChange,
        person_id=presence.person_id,
        campaign_id=presence.campaign_id,
        state=state,
        reason=reason,
        at=now,
    )


def presences_in(session: Session, campaign_id: int) -> list[tuple[Person, Presence]]:
    """Return the interviewers at work in a campaign, those longest in their state first."""
    wanted = (
        select(Person, Presence)
        .join(Presence, Presence.person_id == Person.id)
        .where(Presence.campaign_id == campaign_id, Presence.state != PresenceState.OFF)
        .order_by(Presence.since)
    )
    return [(person, presence) for person, presence in session.execute(wanted)]
