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
# Whoever has waited longest is asked first; somebody just taking a case is passed over.
_FREE: Final = (
    select(Presence)
    .where(
        Presence.campaign_id == bindparam("campaign_id"),
        Presence.state == PresenceState.READY,
        Presence.person_id != bindparam("but"),
    )
    .order_by(Presence.since)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


def free_speaker(
    session: Session, campaign_id: int, lect: str, *, but: int | None = None, needs_line: bool
) -> Presence | None:
    """Return the desk, locked, of a full match who is ready; with `needs_line` their own telephone is connected."""
    wanted = {"campaign_id": campaign_id, "but": but or NOBODY}
    free = session.scalars(_FREE, wanted)
    return next((desk for desk in free if serves(session, desk.person_id, lect, needs_line=needs_line)), None)


def serves(session: Session, person_id: int, lect: str, *, needs_line: bool) -> bool:
    """Tell whether an interviewer is a full match, and whether a respondent would hear them."""
    match, _level = match_with(session, person_id, lect)
    return match is Match.FULL and (not needs_line or is_connected(session, person_id))
