"""Recordings: what the provider reports of them, their list, the words of consent, and listening."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.accounts.access import LARGEST_ID, PUBLIC, require
from app.accounts.domain import Permission, Principal
from app.api.signed import delivery_token, signed_form
from app.campaigns.consent import consent_texts_of, set_consent_text
from app.campaigns.service import get_campaign
from app.campaigns.slots import MOST_CHARACTERS
from app.core.clock import Now
from app.core.db import ReadSession, SessionFactory, WriteSession
from app.core.paging import read_cursor, write_cursor
from app.core.ranges import range_reply
from app.core.turns import Router
from app.interviewing.recording_list import ListedRecording, list_recordings, open_to_listen
from app.interviewing.recordings import keep_recording_report
from app.telephony.recorder import RecordingReported
from app.telephony.twilio.recordings import read_recording_report
from app.telephony.twilio.signature import BODY_HASH

router = Router(tags=["recordings"])
MEDIA_TYPE: Final = "audio/wav"
SOUND: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The part that was asked for"},
    416: {"description": "There is no such part"},
}
Listener = Annotated[Principal, require(Permission.REVIEW_QUALITY)]


class WordsIn(BaseModel):
    """How to ask for a recording in one lect."""

    model_config = ConfigDict(extra="forbid")

    lect: str = Field(max_length=100)
    text: str = Field(max_length=MOST_CHARACTERS, description="empty to ask no more in this lect")


class WordsOut(BaseModel):
    """The words in force in one lect."""

    model_config = ConfigDict(from_attributes=True)

    lect: str
    version: int
    text: str


class RecordingsOut(BaseModel):
    """A page of recordings, the newest first, and the words of consent in force."""

    recordings: list[ListedRecording]
    next_cursor: str | None
    words: list[WordsOut]


@router.post("/telephony/twilio/recordings", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def take_report(
    request: Request,
    recording: Annotated[int, Query(ge=1, le=LARGEST_ID)],
    *,
    _body_hash: Annotated[str | None, Query(alias=BODY_HASH, max_length=64)] = None,
    now: Now,
) -> None:
    """Keep one report about one recording; the same one again changes nothing, and background work fetches the file."""
    form = await signed_form(request)
    report = read_recording_report(form, recording_id=recording, token=delivery_token(request))
    await run_in_threadpool(_keep, request.app.state.make_session, report, now=now)


def _keep(make_session: SessionFactory, report: RecordingReported, *, now: datetime) -> None:
    with make_session() as session, session.begin():
        keep_recording_report(session, report, now=now)


@router.get("/campaigns/{campaign_id}/recordings")
def read_recordings(
    campaign_id: int,
    _listener: Listener,
    *,
    session: ReadSession,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> RecordingsOut:
    """Return recordings, the newest first."""
    page = list_recordings(session, get_campaign(session, campaign_id).id, before=read_cursor(cursor), limit=limit)
    return RecordingsOut(
        recordings=list(page.rows),
        next_cursor=write_cursor(page.rows[-1].id) if page.has_more else None,
        words=_words(session, campaign_id),
    )


@router.put("/campaigns/{campaign_id}/recordings/words")
def replace_words(
    campaign_id: int,
    body: WordsIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> list[WordsOut]:
    """Put a new version of the words in one lect into force; whatever was said before keeps its version."""
    campaign = get_campaign(session, campaign_id)
    set_consent_text(session, campaign, body.lect, text=body.text, actor=principal.actor, now=now)
    return _words(session, campaign_id)


@router.get("/campaigns/{campaign_id}/recordings/{recording_id}/sound", response_class=Response, responses=SOUND)
def listen(
    campaign_id: int,
    recording_id: Annotated[int, Field(ge=1, le=LARGEST_ID)],
    listener: Listener,
    *,
    request: Request,
    session: WriteSession,
    now: Now,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:
    """Listen to a recording, whole or in parts; each listening is on the record."""
    sealed = open_to_listen(
        session, request.app.state.shelf, recording_id, campaign_id=campaign_id, actor=listener.actor, now=now
    )
    return range_reply(sealed.read, sealed.size, byte_range, media_type=MEDIA_TYPE)


def _words(session: Session, campaign_id: int) -> list[WordsOut]:
    return [WordsOut.model_validate(words) for words in consent_texts_of(session, campaign_id)]
