"""Give the interview its place in the campaign's quotas as soon as its cell is known, and count it at the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.interviewing.domain import InterviewState
from app.interviewing.holding import Holding
from app.interviewing.interviews import Sitting, sitting_of
from app.questionnaires.answers import AnswerStatus
from app.questionnaires.session import relevant_answers
from app.quotas.domain import NONE_KNOWN, Dimension, DimensionKind
from app.quotas.service import QuotaFullError, complete_seat, dimensions_in_use, release_seat, take_seat
from app.sampling.models import PhoneNumber, SampleUnit

_DIALLED: Final = (
    select(SampleUnit.area_code, PhoneNumber.kind)
    .join(PhoneNumber, PhoneNumber.sample_unit_id == SampleUnit.id)
    .where(PhoneNumber.id == bindparam("number_id"))
)


def decides_seat(holding: Holding, question: str) -> bool:
    """Tell whether the answer to a question can move the interview to another cell.

    What the quotas look at came along with the statement that every key press begins with, and a campaign without
    quotas pays for no statement more. Quotas that were changed since the interview took its seats are looked at
    with the next answer, whichever it is. A question may also decide by making another one irrelevant; such a
    change counts with the next answer that decides, and at the latest at the end.
    """
    interview = holding.interview
    is_outdated = interview is not None and interview.quota_revision != holding.quota_revision
    return is_outdated or question in {dimension.question for dimension in _dimensions(holding)}


def settle_seat(session: Session, holding: Holding, sitting: Sitting, *, now: datetime) -> None:
    """Take the interview's seats by what is known of it now.

    Without room it goes over quota, until an answer is put right or a later call finds room.
    """
    interview, dimensions = sitting.interview, _dimensions(holding)
    if interview.quota_revision == holding.quota_revision and not dimensions:
        return
    interview.quota_revision = holding.quota_revision
    is_seated = take_seat(
        session,
        interview.campaign_id,
        interview_uid=interview.uid,
        values=values_of(session, sitting, dimensions, number_id=_number_dialled(holding)),
        now=now,
    )
    interview.state = InterviewState.OPEN if is_seated else InterviewState.OVER_QUOTA
    session.flush()


def end_seat(session: Session, holding: Holding, *, now: datetime) -> None:
    """Count the seat of an interview that is complete, give back the seat of one that closed otherwise.

    The quotas are read anew: whoever codes holds the chain of the record by now, so from here on nobody changes
    them, but somebody may have while it was waited for. Raises QuotaFullError where a complete holds no seat any
    more and others have taken the room.
    """
    interview = holding.interview
    if interview is None:
        return
    dimensions = [dimension for quota in dimensions_in_use(session, interview.campaign_id) for dimension in quota]
    if not dimensions:
        return
    if interview.state != InterviewState.COMPLETE:
        release_seat(session, interview.uid)
        return
    sitting = sitting_of(session, interview, time_zone=holding.time_zone)
    values = values_of(session, sitting, dimensions, number_id=_number_dialled(holding))
    if not take_seat(session, interview.campaign_id, interview_uid=interview.uid, values=values, now=now):
        raise QuotaFullError
    complete_seat(session, interview.uid)


def values_of(
    session: Session, sitting: Sitting, dimensions: Sequence[Dimension], *, number_id: int | None
) -> dict[str, str]:
    """Return by dimension what is known: of the number dialled, the lect spoken, the answers that apply."""
    values = {DimensionKind.LECT.value: sitting.interview.lect}
    if number_id is not None:
        area, kind = session.execute(_DIALLED, {"number_id": number_id}).one()
        values |= {DimensionKind.AREA.value: area or NONE_KNOWN, DimensionKind.PHONE.value: kind}
    answers = relevant_answers(sitting.form, sitting.state)
    for dimension in dimensions:
        given = answers.get(dimension.question)
        if given is not None and given.status is not AnswerStatus.NOT_ASKED:
            values[dimension.name] = given.value if isinstance(given.value, str) else NONE_KNOWN
    return values


def _dimensions(holding: Holding) -> list[Dimension]:
    return [Dimension.read(stored) for quota in holding.quotas or () for stored in quota]


def _number_dialled(holding: Holding) -> int | None:
    return holding.attempt.phone_number_id if holding.attempt is not None else None
