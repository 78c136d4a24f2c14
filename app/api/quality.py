"""Quality over HTTP for those who review: flags and figures, and both codings of what was listened to."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.api.measures import IntervalOut
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.paging import read_cursor, write_cursor
from app.core.turns import Router
from app.dialing.sentences import in_english
from app.quality.comparing import ComparedAnswer, Noted, compare
from app.quality.domain import FlagKind
from app.quality.flagged import KeptFlag, ReviewedInterview, flags_of_response, list_reviewed
from app.quality.hearing import RatingKind
from app.quality.queue import ItemState
from app.quality.summary import summary_of

router = Router(prefix="/campaigns/{campaign_id}", tags=["quality"])
Reviewer = Annotated[Principal, require(Permission.REVIEW_QUALITY)]
ItemId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class FlagOut(BaseModel):
    """One flag in figures and in words; it changed nothing about the interview."""

    model_config = ConfigDict(from_attributes=True)

    kind: FlagKind
    figure: float
    threshold: float
    questions: tuple[str, ...]
    rules_version: int
    at: datetime
    words: str = ""


class FlagsOut(BaseModel):
    """The flags of one interview; none is the usual case."""

    flags: list[FlagOut]


class ReviewedOut(BaseModel):
    """One interview that was flagged or listened to.

    `listened_item` leads to both codings, once there are two; only then `is_drawn` tells whether it was drawn by
    chance. `problem` says why it cannot be listened to.
    """

    model_config = ConfigDict(from_attributes=True)

    response_uid: UUID
    case_id: int
    ended_at: datetime | None
    flags: list[FlagOut]
    listened_item: int | None
    is_drawn: bool | None
    problem: str | None


class ReviewedPageOut(BaseModel):
    """A page of them, the newest first."""

    interviews: list[ReviewedOut]
    next_cursor: str | None


class KindOut(BaseModel):
    """How many interviews have a kind of flag, and which share of those looked at, with its 95 % interval."""

    model_config = ConfigDict(from_attributes=True)

    kind: FlagKind
    interviews: int
    share: IntervalOut | None


class AgreementOut(BaseModel):
    """Share of answers on which both agree, with its 95 % interval, and Cohen's kappa within questions."""

    model_config = ConfigDict(from_attributes=True)

    answers: int
    agreed: int
    share: IntervalOut | None
    kappa: float | None


class InterviewerOut(BaseModel):
    """The same for one interviewer with enough answers that were heard."""

    model_config = ConfigDict(from_attributes=True)

    person_id: int
    interviews: int
    agreement: AgreementOut


class SummaryOut(BaseModel):
    """The figures of a campaign; `drawn` speaks for all, `flagged_agreement` for those flagged and not drawn.

    `given_back` counts those of the queue that wait and were given back by somebody: they wait for somebody else.

    The intervals of agreement take answers for independent. Those of one conversation are not, so they are too narrow.
    """

    model_config = ConfigDict(from_attributes=True)

    checked: int
    flagged: int
    by_kind: tuple[KindOut, ...]
    queue: Mapping[ItemState, int]
    given_back: int
    drawn: AgreementOut
    flagged_agreement: AgreementOut
    by_interviewer: tuple[InterviewerOut, ...]


class ComparedOut(BaseModel):
    """Both codings of an interview that was listened to, and why it was.

    `noted` is what the interviewer noted of the whole, `ratings` what the listener says of it.
    """

    model_config = ConfigDict(from_attributes=True)

    item_id: int
    response_uid: UUID
    case_id: int
    is_drawn: bool
    reasons: list[str]
    answers: tuple[ComparedAnswer, ...]
    noted: Noted
    ratings: Mapping[RatingKind, str]


@router.get("/responses/{response_uid}/flags")
def read_flags(campaign_id: int, response_uid: UUID, _reviewer: Reviewer, *, session: ReadSession) -> FlagsOut:
    """Return the flags of one closed interview; 404 while it was not looked at."""
    found = flags_of_response(session, get_campaign(session, campaign_id).id, response_uid)
    return FlagsOut(flags=_worded(found))


def _worded(flags: Iterable[KeptFlag]) -> list[FlagOut]:
    return [FlagOut.model_validate(one).model_copy(update={"words": in_english(one.sentence)}) for one in flags]


@router.get("/quality")
def read_summary(campaign_id: int, _reviewer: Reviewer, *, session: ReadSession) -> SummaryOut:
    """Return how many interviews were flagged, how listening goes, and how far codings agree."""
    return SummaryOut.model_validate(summary_of(session, get_campaign(session, campaign_id)))


@router.get("/quality/interviews")
def read_interviews(
    campaign_id: int,
    _reviewer: Reviewer,
    *,
    session: ReadSession,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ReviewedPageOut:
    """Return the interviews that were flagged or listened to, the newest first."""
    page = list_reviewed(session, get_campaign(session, campaign_id).id, before=read_cursor(cursor), limit=limit)
    return ReviewedPageOut(
        interviews=[_reviewed(row) for row in page.rows],
        next_cursor=write_cursor(page.rows[-1].interview_id) if page.has_more else None,
    )


def _reviewed(row: ReviewedInterview) -> ReviewedOut:
    return ReviewedOut.model_validate({**vars(row), "flags": _worded(row.flags)})


@router.get("/quality/listened/{item_id}")
def read_both(
    campaign_id: int, item_id: ItemId, reviewer: Reviewer, *, session: WriteSession, now: Now
) -> ComparedOut:  # fmt: skip
    """Return both codings of an interview once it was listened to; an audited act, and 404 before."""
    both = compare(session, get_campaign(session, campaign_id).id, item_id, actor=reviewer.actor, now=now)
    return ComparedOut.model_validate({**vars(both), "reasons": [in_english(flag) for flag in both.flags]})
