"""Tell which calls came in: those of one case, and what the call-back line does for a campaign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.dialing.call_backs import Result
from app.dialing.explained import InboundTold
from app.dialing.naming import Names
from app.telephony.inbound.models import InboundCall

_OF_CASE: Final = select(InboundCall).where(InboundCall.case_id == bindparam("case_id")).order_by(InboundCall.id)
_COUNTED: Final = (
    select(
        InboundCall.result,
        InboundCall.lect,
        func.count().label("calls"),
        func.count().filter(InboundCall.is_confirmed).label("confirmed"),
        func.max(InboundCall.began_at).label("last_at"),
    )
    .where(InboundCall.campaign_id == bindparam("campaign_id"))
    .group_by(InboundCall.result, InboundCall.lect)
    .order_by(func.count().desc(), InboundCall.result, InboundCall.lect)
)


@dataclass(frozen=True)
class InboundCount:
    """Calls that came to the same, in the lect that was chosen; in `confirmed` of them a code was checked and right."""

    result: Result
    lect: str | None
    calls: int
    confirmed: int
    last_at: datetime


def inbound_told(session: Session, case_id: int, names: Names) -> tuple[InboundTold, ...]:
    """Return the calls that the respondent of a case made to us, the first one first."""
    return tuple(
        InboundTold(
            at=call.began_at,
            lect=names.lect(call.lect) if call.lect else None,
            result=call.result or Result.NO_CHOICE,
            is_confirmed=call.is_confirmed,
            seconds=round((call.ended_at - call.began_at).total_seconds()) if call.ended_at else None,
            attempt_id=call.attempt_id,
        )
        for call in session.scalars(_OF_CASE, {"case_id": case_id})
    )


def count_inbound(session: Session, campaign_id: int) -> list[InboundCount]:
    """Count what became of the calls that came in on a campaign's numbers."""
    found = session.execute(_COUNTED, {"campaign_id": campaign_id})
    return [InboundCount(Result(row.result), row.lect, row.calls, row.confirmed, row.last_at) for row in found]
