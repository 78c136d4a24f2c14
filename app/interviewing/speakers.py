"""Find an interviewer who is free, interviews in a lect, and would be heard."""

from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.dialing.routing import match_with
from app.languages.domain import Match
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.telephony.lines import is_connected

NOBODY: Final = 0
_IS_READY: Final = (Presence.campaign_id == bindparam("campaign_id"), Presence.state == PresenceState.READY)
# Whoever has waited longest is asked first. Nobody is locked but the one who is chosen: others are looking as well.
_READY: Final = (
    select(Presence.person_id).where(*_IS_READY, Presence.person_id != bindparam("but")).order_by(Presence.since)
)
# Somebody just taking a case is passed over.
_STILL_READY: Final = (
    select(Presence)
    .where(*_IS_READY, Presence.person_id == bindparam("person_id"))
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


def free_speaker(
    session: Session, campaign_id: int, lect: str, *, but: int | None = None, needs_line: bool
) -> Presence | None:
    """Return the desk, locked, of a full match who is ready; with `needs_line` their own telephone is connected."""
    for person_id in session.scalars(_READY, {"campaign_id": campaign_id, "but": but or NOBODY}).all():
        if serves(session, person_id, lect, needs_line=needs_line):
            desk = session.scalar(_STILL_READY, {"campaign_id": campaign_id, "person_id": person_id})
            if desk is not None:
                return desk
    return None


def serves(session: Session, person_id: int, lect: str, *, needs_line: bool) -> bool:
    """Tell whether an interviewer is a full match, and whether a respondent would hear them."""
    match, _level = match_with(session, person_id, lect)
    return match is Match.FULL and (not needs_line or is_connected(session, person_id))
