"""Read of the interviews held so far what a quota that is set in the field tells respondents apart by.

The statement over complete interviews says in SQL what `seats.values_of` says of one interview; a test holds them
together. Of what was answered it reads the questions that the quota names and no other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.dialing.models import Attempt, Case, Pool
from app.interviewing.domain import InterviewState
from app.interviewing.interviews import sitting_of
from app.interviewing.models import AnswerEvent, Interview, ResponseSnapshot
from app.interviewing.seats import values_of
from app.questionnaires.answers import AnswerStatus
from app.quotas.domain import NONE_KNOWN, SEAT_LASTS, Dimension, DimensionKind
from app.quotas.service import UnderWay
from app.sampling.models import PhoneNumber, SampleUnit

# Over quota already is who found no place elsewhere, and who holds none anywhere.
SEATED: Final = (InterviewState.OPEN, InterviewState.SUSPENDED)
_NEWEST: Final = select(func.max(Attempt.id)).where(Attempt.case_id == Case.id).correlate(Case).scalar_subquery()
_LAST_ANSWER: Final = (
    select(func.max(AnswerEvent.answered_at))
    .where(AnswerEvent.interview_id == Interview.id)
    .correlate(Interview)
    .scalar_subquery()
)
_USED_AT: Final = func.greatest(Interview.started_at, _LAST_ANSWER)
_UNDER_WAY: Final = (
    select(Interview, Pool.time_zone, Attempt.phone_number_id, _USED_AT)
    .join(Case, Case.id == Interview.case_id)
    .join(Pool, Pool.id == Case.pool_id)
    .outerjoin(Attempt, Attempt.id == _NEWEST)
    .where(
        Interview.campaign_id == bindparam("campaign_id"),
        Interview.state.in_(SEATED),
        bindparam("since") < _USED_AT,
    )
    .order_by(Interview.id)
)


class HeldBefore:
    """The interviews of a campaign, for whoever sets its quotas."""

    def completes(self, campaign_id: int, dimensions: Sequence[Dimension]) -> Select[Any, Any, Any]:
        """Return the statement that reads uid, key and end of each complete interview whose values are all known."""
        kinds = {dimension.kind for dimension in dimensions}
        key = func.jsonb_build_array(*(_value(dimension) for dimension in dimensions), type_=JSONB)
        found = (
            select(Interview.uid, key.label("key"), Interview.ended_at)
            .join(Case, Case.id == Interview.case_id)
            .where(Interview.campaign_id == campaign_id, Interview.state == InterviewState.COMPLETE)
        )
        if DimensionKind.AREA in kinds:
            found = found.join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
        if DimensionKind.PHONE in kinds:
            found = found.join(Attempt, Attempt.id == _NEWEST).join(
                PhoneNumber, PhoneNumber.id == Attempt.phone_number_id
            )
        if DimensionKind.ANSWER in kinds:  # otherwise no answer is touched
            found = found.join(ResponseSnapshot, _is_newest_snapshot())
            found = found.where(*(_was_asked(d.question) for d in dimensions if d.kind is DimensionKind.ANSWER))
        return found

    def under_way(
        self, session: Session, campaign_id: int, dimensions: Sequence[Dimension], *, now: datetime
    ) -> Iterator[UnderWay]:
        """Yield the interviews that are being held, or were broken off less than two hours ago."""
        rows = session.execute(_UNDER_WAY, {"campaign_id": campaign_id, "since": now - SEAT_LASTS})
        for interview, time_zone, number_id, used_at in rows.all():
            sitting = sitting_of(session, interview, time_zone=time_zone)
            values = values_of(session, sitting, dimensions, number_id=number_id)
            yield UnderWay(interview.uid, values, used_at)


def _is_newest_snapshot() -> ColumnElement[bool]:
    versions = select(func.max(ResponseSnapshot.version)).where(ResponseSnapshot.interview_id == Interview.id)
    newest = versions.correlate(Interview).scalar_subquery()
    return and_(ResponseSnapshot.interview_id == Interview.id, ResponseSnapshot.version == newest)


def _was_asked(question: str) -> ColumnElement[bool]:
    status = ResponseSnapshot.record["answer_status"][question].astext
    return func.coalesce(status, AnswerStatus.NOT_ASKED.value) != AnswerStatus.NOT_ASKED.value


def _value(dimension: Dimension) -> ColumnElement[str]:
    match dimension.kind:
        case DimensionKind.AREA:
            return func.left(func.coalesce(SampleUnit.area_code, NONE_KNOWN), dimension.digits)
        case DimensionKind.PHONE:
            return PhoneNumber.kind.expression
        case DimensionKind.LECT:
            return Interview.lect.expression
        case DimensionKind.ANSWER:
            answered = ResponseSnapshot.record["answers"][dimension.question].astext
            return func.coalesce(answered, NONE_KNOWN)
