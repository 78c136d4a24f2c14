"""Quality over HTTP: flags and figures for those who review, and blind listening for those who listen."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.api.measures import IntervalOut
from app.api.recordings import MEDIA_TYPE, SOUND
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.ranges import range_reply
from app.core.turns import Router
from app.dialing.sentences import in_english
from app.quality import hearing, queue
from app.quality.comparing import ComparedAnswer, compare
from app.quality.domain import FlagKind
from app.quality.flagged import flags_of_response
from app.quality.hearing import Heard, HeardStatus, InterviewToHear, RatingKind
from app.quality.summary import summary_of

router = Router(prefix="/campaigns/{campaign_id}", tags=["quality"])
Reviewer = Annotated[Principal, require(Permission.REVIEW_QUALITY)]
Listener = Annotated[Principal, require(Permission.LISTEN_AGAIN)]
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
    """The figures of a campaign; `drawn` speaks for all interviews, `flagged_agreement` only for the flagged ones."""

    model_config = ConfigDict(from_attributes=True)

    checked: int
    flagged: int
    by_kind: tuple[KindOut, ...]
    queue: Mapping[queue.ItemState, int]
    drawn: AgreementOut
    flagged_agreement: AgreementOut
    by_interviewer: tuple[InterviewerOut, ...]


class HeardIn(BaseModel):
    """What was heard in answer to one question: `codes` where it has choices, else `text`."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=200)
    codes: tuple[str, ...] = Field((), max_length=200)
    text: str = Field("", max_length=hearing.LONGEST_TEXT)
    status: HeardStatus = HeardStatus.ANSWERED


class RatingIn(BaseModel):
    """One saying about the whole conversation."""

    model_config = ConfigDict(extra="forbid")

    kind: RatingKind
    value: str = Field(max_length=100)


class ComparedOut(BaseModel):
    """Both codings of an interview that was listened to, and why it was."""

    model_config = ConfigDict(from_attributes=True)

    item_id: int
    response_uid: UUID
    case_id: int
    is_drawn: bool
    reasons: list[str]
    answers: tuple[ComparedAnswer, ...]
    ratings: Mapping[RatingKind, str]


@router.get("/responses/{response_uid}/flags")
def read_flags(campaign_id: int, response_uid: UUID, _reviewer: Reviewer, *, session: ReadSession) -> FlagsOut:
    """Return the flags of one closed interview; 404 while it was not looked at."""
    found = flags_of_response(session, get_campaign(session, campaign_id).id, response_uid)
    return FlagsOut(
        flags=[FlagOut.model_validate(one).model_copy(update={"words": in_english(one.sentence)}) for one in found]
    )


@router.get("/quality")
def read_summary(campaign_id: int, _reviewer: Reviewer, *, session: ReadSession) -> SummaryOut:
    """Return how many interviews were flagged, how listening goes, and how far codings agree."""
    return SummaryOut.model_validate(summary_of(session, get_campaign(session, campaign_id)))


@router.get("/quality/listened/{item_id}")
def read_both(
    campaign_id: int, item_id: ItemId, reviewer: Reviewer, *, session: WriteSession, now: Now
) -> ComparedOut:  # fmt: skip
    """Return both codings of an interview once it was listened to; an audited act, and 404 before."""
    both = compare(session, get_campaign(session, campaign_id).id, item_id, actor=reviewer.actor, now=now)
    return ComparedOut.model_validate({**vars(both), "reasons": [in_english(flag) for flag in both.flags]})


@router.post("/relisten/take")
def take(campaign_id: int, listener: Listener, *, session: WriteSession, now: Now) -> InterviewToHear | None:
    """Take the interview that waits the longest among those you may hear; null when there is none."""
    item = queue.take_item(session, get_campaign(session, campaign_id).id, listener.id, now=now)
    return None if item is None else hearing.interview_to_hear(session, item)


@router.get("/relisten/{item_id}")
def read_item(campaign_id: int, item_id: ItemId, listener: Listener, *, session: ReadSession) -> InterviewToHear:
    """Return an interview that you have taken, with what you coded so far and nothing of what was coded before."""
    return hearing.interview_to_hear(session, queue.find_own(session, campaign_id, item_id, listener_id=listener.id))


@router.put("/relisten/{item_id}/answers", status_code=HTTPStatus.NO_CONTENT)
def code(
    campaign_id: int, item_id: ItemId, listener: Listener, *, body: HeardIn, session: WriteSession, now: Now
) -> None:  # fmt: skip
    """Keep what was heard in answer to one question; the last coding counts."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.code_answer(session, item, body.question, heard=Heard(body.status, body.codes, body.text), now=now)


@router.put("/relisten/{item_id}/ratings", status_code=HTTPStatus.NO_CONTENT)
def rate(
    campaign_id: int, item_id: ItemId, listener: Listener, *, body: RatingIn, session: WriteSession, now: Now
) -> None:  # fmt: skip
    """Say something about the whole conversation; the last saying counts."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.rate(session, item, body.kind, value=body.value, now=now)


@router.post("/relisten/{item_id}/finish", status_code=HTTPStatus.NO_CONTENT)
def finish(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """End the listening; 422 names what is still to be coded."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.finish(session, item, now=now)


@router.post("/relisten/{item_id}/put-back", status_code=HTTPStatus.NO_CONTENT)
def put_back(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """Give it back to the queue."""
    queue.put_back(session, queue.own_item(session, campaign_id, item_id, listener_id=listener.id), now=now)


@router.post("/relisten/{item_id}/give-up", status_code=HTTPStatus.NO_CONTENT)
def give_up(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """Note that the recording cannot be understood."""
    queue.give_up(session, queue.own_item(session, campaign_id, item_id, listener_id=listener.id), now=now)


@router.get("/relisten/{item_id}/sounds/{place}", response_class=Response, responses=SOUND)
def listen(
    campaign_id: int, item_id: ItemId, place: Annotated[int, Field(ge=1, le=100)], *, listener: Listener,
    request: Request, session: WriteSession, now: Now,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:  # fmt: skip
    """Listen to a recording of the interview, by its place from 1; each listening is on the record."""
    item = queue.find_own(session, campaign_id, item_id, listener_id=listener.id)
    sealed = queue.open_sound(session, request.app.state.shelf, item, place=place, actor=listener.actor, now=now)
    return range_reply(sealed.read, sealed.size, byte_range, media_type=MEDIA_TYPE)
