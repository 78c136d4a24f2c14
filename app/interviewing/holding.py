"""The case on an interviewer's screen, and what hangs on it."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.campaigns.models import Campaign
from app.core.errors import ConflictError
from app.dialing.calls import DialledCase
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case, Pool
from app.interviewing.models import Interview
from app.interviewing.scene import Try
from app.quotas.models import Quota
from app.staffing.models import Presence
from app.telephony.domain import CallState, Ending


@dataclass(frozen=True)
class Holding:
    """What an interviewer works with: the case on the screen and what hangs on it."""

    presence: Presence
    case: Case
    time_zone: str
    attempt: Attempt | None  # the newest
    interview: Interview | None
    # The dimensions of each of the campaign's quotas as stored, None without any, and their revision: see `seats`.
    quotas: list[list[dict[str, Any]]] | None = None
    quota_revision: int = 0

    @property
    def dialled(self) -> DialledCase:
        """What the dialing package needs to code the call."""
        return DialledCase(self.case, self.attempt, self.time_zone)

    @property
    def is_talking(self) -> bool:
        """Whether someone is on the line."""
        return self.attempt is not None and self.attempt.state == CallState.TALKING

    @property
    def talking_attempt(self) -> Attempt:
        """The attempt on which someone is on the line; raises ConflictError without one."""
        if self.attempt is None or not self.is_talking:
            raise ConflictError("Nobody is on the line.")
        return self.attempt


_OfScreen = Select[Presence, Case, str, Attempt, Interview, Any, int]


def was_answered(attempt: Attempt | Try) -> bool:
    """Tell whether somebody picked up; a hanging-up proves it where the answer itself was not reported."""
    talked = {Ending.HUNG_UP_BY_US, Ending.HUNG_UP_BY_RESPONDENT}
    return attempt.answered_at is not None or attempt.ending in talked


def _of_screen() -> _OfScreen:
    tried = aliased(Attempt)
    newest = select(func.max(tried.id)).where(tried.case_id == Case.id).correlate(Case).scalar_subquery()
    of_campaign = select(func.jsonb_agg(Quota.dimensions)).where(Quota.campaign_id == Case.campaign_id)
    quotas = of_campaign.correlate(Case).scalar_subquery()
    revised = select(Campaign.quota_revision).where(Campaign.id == Case.campaign_id).correlate(Case).scalar_subquery()
    return (
        select(Presence, Case, Pool.time_zone, Attempt, Interview, quotas, revised)
        .join(Case, (Case.id == Presence.case_id) & (Case.holder_id == Presence.person_id))
        .join(Pool, Pool.id == Case.pool_id)
        .outerjoin(Attempt, Attempt.id == newest)
        .outerjoin(Interview, Interview.case_id == Case.id)
        .where(Presence.person_id == bindparam("person"), Case.state == CaseState.HELD)
    )


# Built once: putting these together costs more than running them, and they stand before every answer.
_OWN_ROW: Final = select(Presence.state).where(Presence.person_id == bindparam("person")).with_for_update()
_SEEN: Final = _of_screen()
_HELD: Final = _SEEN.with_for_update(of=[Case])


def held(session: Session, person_id: int) -> Holding:
    """Return the case on the interviewer's screen, locked; raises ConflictError when it is gone.

    The interviewer's own row is locked first and by itself: what a key pressed twice has just
    committed would otherwise be invisible to the second press, which would dial a second time.
    """
    session.execute(_OWN_ROW, {"person": person_id})
    return _read(session, _HELD, person_id)


def seen(session: Session, person_id: int) -> Holding:
    """Return the same for somebody who only looks: without locks, so that no key waits for it."""
    return _read(session, _SEEN, person_id)


def _read(session: Session, statement: _OfScreen, person_id: int) -> Holding:
    row = session.execute(statement, {"person": person_id}, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise ConflictError("You do not hold a case. Take the next one.")
    return Holding(*row)
