"""Listening again over HTTP: what waits for a listener, and one interview coded anew without knowing why."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.api.recordings import MEDIA_TYPE, SOUND
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.ranges import range_reply
from app.core.turns import Router
from app.quality import hearing, queue
from app.quality.hearing import Heard, HeardStatus, InterviewToHear, RatingKind
from app.quality.offers import CampaignToHear, campaigns_to_hear

router = Router(tags=["quality"])
Listener = Annotated[Principal, require(Permission.LISTEN_AGAIN)]
ItemId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
HERE: Final = "/campaigns/{campaign_id}/relisten"


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


class CampaignsToHear(BaseModel):
    """The campaigns in which you listen."""

    campaigns: list[CampaignToHear]


@router.get("/relisten")
def read_campaigns(listener: Listener, *, session: ReadSession) -> CampaignsToHear:
    """Return the campaigns in which you listen, with what waits for you in each."""
    return CampaignsToHear(campaigns=campaigns_to_hear(session, listener))


@router.post(HERE + "/take")
def take(campaign_id: int, listener: Listener, *, session: WriteSession, now: Now) -> InterviewToHear | None:
    """Take the interview that waits the longest among those you may hear; null when there is none."""
    item = queue.take_item(session, get_campaign(session, campaign_id).id, listener.id, now=now)
    return None if item is None else hearing.interview_to_hear(session, item)


@router.get(HERE + "/{item_id}")
def read_item(campaign_id: int, item_id: ItemId, listener: Listener, *, session: ReadSession) -> InterviewToHear:
    """Return an interview that you have taken, with what you coded so far and nothing of what was coded before."""
    return hearing.interview_to_hear(session, queue.find_own(session, campaign_id, item_id, listener_id=listener.id))


@router.put(HERE + "/{item_id}/answers", status_code=HTTPStatus.NO_CONTENT)
def code(
    campaign_id: int, item_id: ItemId, listener: Listener, *, body: HeardIn, session: WriteSession, now: Now
) -> None:  # fmt: skip
    """Keep what was heard in answer to one question; the last coding counts."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.code_answer(session, item, body.question, heard=Heard(body.status, body.codes, body.text), now=now)


@router.put(HERE + "/{item_id}/ratings", status_code=HTTPStatus.NO_CONTENT)
def rate(
    campaign_id: int, item_id: ItemId, listener: Listener, *, body: RatingIn, session: WriteSession, now: Now
) -> None:  # fmt: skip
    """Say something about the whole conversation; the last saying counts."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.rate(session, item, body.kind, value=body.value, now=now)


@router.post(HERE + "/{item_id}/finish", status_code=HTTPStatus.NO_CONTENT)
def finish(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """End the listening; 422 names what is still to be coded."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=listener.id)
    hearing.finish(session, item, now=now)


@router.post(HERE + "/{item_id}/put-back", status_code=HTTPStatus.NO_CONTENT)
def put_back(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """Give it back to the queue."""
    queue.put_back(session, queue.own_item(session, campaign_id, item_id, listener_id=listener.id), now=now)


@router.post(HERE + "/{item_id}/give-up", status_code=HTTPStatus.NO_CONTENT)
def give_up(campaign_id: int, item_id: ItemId, listener: Listener, *, session: WriteSession, now: Now) -> None:
    """Note that the recording cannot be understood."""
    queue.give_up(session, queue.own_item(session, campaign_id, item_id, listener_id=listener.id), now=now)


@router.get(HERE + "/{item_id}/sounds/{place}", response_class=Response, responses=SOUND)
def listen(
    campaign_id: int, item_id: ItemId, place: Annotated[int, Field(ge=1, le=100)], *, listener: Listener,
    request: Request, session: WriteSession, now: Now,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:  # fmt: skip
    """Listen to a recording of the interview, by its place from 1; each listening is on the record."""
    item = queue.find_own(session, campaign_id, item_id, listener_id=listener.id)
    sealed = queue.open_sound(session, request.app.state.shelf, item, place=place, actor=listener.actor, now=now)
    return range_reply(sealed.read, sealed.size, byte_range, media_type=MEDIA_TYPE)
