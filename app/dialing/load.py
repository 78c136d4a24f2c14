"""How full an hour is already, told while an appointment is being booked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import UnknownLect
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.dialing.appointments import IS_OPEN
from app.dialing.demand import speakers_of
from app.dialing.domain import CaseState
from app.dialing.models import Appointment, Case, Pool
from app.dialing.supply import match_for
from app.languages.domain import Match
from app.languages.service import load_understanding

_BOOKED: Final = (
    select(func.count())
    .select_from(Appointment)
    .join(Case, Case.id == Appointment.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .where(
        Case.campaign_id == bindparam("campaign_id"),
        Case.state != CaseState.CLOSED,
        Case.id != bindparam("besides"),
        func.coalesce(Appointment.lect, Pool.lect) == bindparam("lect"),
        IS_OPEN,
        Appointment.missed_at.is_(None),
        Appointment.starts_at >= bindparam("starts"),
        Appointment.starts_at < bindparam("ends"),
    )
)


@dataclass(frozen=True)
class Load:
    """Appointments booked in an hour of the clock, and the speakers of their lect on duty at the time asked for."""

    booked: int
    rostered: int

    @property
    def is_tight(self) -> bool:
        """One more appointment would leave some speaker with two in the hour, or nobody to call at all."""
        return self.booked >= self.rostered


def load_at(session: Session, campaign_id: int, lect: str, *, starts_at: datetime, besides: int | None = None) -> Load:
    """Count the appointments in a lect within the hour of `starts_at`, against its full matches on duty then.

    The hour is that of the campaign's clock. `besides` leaves out a case that is being booked anew.
    """
    campaign = get_campaign(session, campaign_id)
    begins = starts_at.astimezone(ZoneInfo(campaign.time_zone)).replace(minute=0, second=0, microsecond=0)
    wanted = {
        "campaign_id": campaign_id,
        "lect": lect,
        "starts": begins,
        "ends": begins + timedelta(hours=1),
        "besides": besides or 0,
    }
    understanding = load_understanding(session)
    anyone_unknown = rules_of(session, campaign).language.unknown_lect == UnknownLect.ANYONE
    on_duty = [
        one
        for one in speakers_of(session, campaign_id, start=starts_at, end=starts_at + timedelta.resolution)
        if one.shifts
    ]
    rostered = sum(match_for(one, lect, understanding, anyone_unknown=anyone_unknown) is Match.FULL for one in on_duty)
    return Load(session.scalar(_BOOKED, wanted) or 0, rostered)
