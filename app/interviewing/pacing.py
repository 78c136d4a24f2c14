"""The pace at one desk: when the case on the screen is dialled by itself."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.campaigns.desk_rules import PacingRules
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.db import SessionFactory
from app.dialing.pacing import Seat, SeatState, pace
from app.interviewing.holding import Holding, held
from app.staffing.domain import PresenceState
from app.telephony.gateway import Gateway
from app.telephony.lines import is_connected

Dial = Callable[[], int]


def pacing_of(session: Session, holding: Holding) -> PacingRules:
    """Return the pacing rules of the campaign whose case is on the screen."""
    return rules_of(session, session.get_one(Campaign, holding.case.campaign_id)).pacing


def dial_when_due(
    make_session: SessionFactory, gateway: Gateway, person_id: int, *, dial: Dial, now: datetime
) -> int | None:
    """Dial the case on the screen if its time has come; returns the attempt, None where it has not.

    Raises ConflictError without a case, and what `dial` raises. A case that is being dialled is dialled once: the dial
    itself looks again, under the lock of the desk.
    """
    with make_session() as session, session.begin():
        holding = held(session, person_id)
        pacing = pacing_of(session, holding)
        is_heard = not gateway.needs_line or is_connected(session, person_id)
        is_reading = holding.presence.state == PresenceState.PREVIEW
        state = SeatState.READING if is_reading else SeatState.BUSY
        seat = Seat(person_id, state, holding.presence.since, is_heard)
    return dial() if pace(pacing, [seat], now=now) else None
