"""Recorded greetings: their list, a new one, and the sound as the provider and a supervisor fetch it."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import File, Form, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from app.accounts.access import LARGEST_ID, PUBLIC, require
from app.accounts.domain import Permission, Principal
from app.campaigns.clips import add_clip, clips_of, end_clip
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.interviewing.clips import clip_sound

router = Router(tags=["campaigns"])
ClipId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
LATEST: Final = 253_402_300_799  # the last second of the year 9999
SOUND: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "audio/wav": {"schema": {"type": "string", "format": "binary"}},
            "audio/mpeg": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


class ClipOut(BaseModel):
    """The greeting in force in one lect."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    lect: str
    version: int
    seconds: float
    made_at: datetime


@router.get("/campaigns/{campaign_id}/clips")
def read_clips(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> list[ClipOut]:
    """Return the greetings in force, by lect."""
    return _clips(session, get_campaign(session, campaign_id).id)


@router.post("/campaigns/{campaign_id}/clips", status_code=201)
def upload_clip(
    campaign_id: int,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    lect: Annotated[str, Form(max_length=100)],
    *,
    clip: Annotated[UploadFile, File(description="WAV or MP3, 1 to 30 seconds, at most 2 MB")],
    session: WriteSession,
    now: Now,
) -> list[ClipOut]:
    """Put a new version into force in one lect; the ones before are kept."""
    campaign = get_campaign(session, campaign_id)
    add_clip(session, campaign, lect, content=clip.file.read(), actor=principal.actor, now=now)
    return _clips(session, campaign.id)


@router.delete("/campaigns/{campaign_id}/clips", status_code=204)
def remove_clip(
    campaign_id: int,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    lect: Annotated[str, Query(max_length=100)],
    *,
    session: WriteSession,
    now: Now,
) -> None:
    """Play none in this lect any more."""
    end_clip(session, get_campaign(session, campaign_id), lect, actor=principal.actor, now=now)


@router.get("/clips/{clip_id}/sound", dependencies=[PUBLIC], response_class=Response, responses=SOUND)
def fetch_clip(
    clip_id: ClipId,
    expires: Annotated[int, Query(ge=0, le=LATEST)],
    key: Annotated[str, Query(max_length=64)],
    *,
    request: Request,
    session: ReadSession,
    now: Now,
) -> Response:
    """Let the provider fetch a greeting by the address it was given, as long as that is good."""
    request.app.state.clip_links.require(clip_id, expires=expires, key=key, now=now)
    clip = clip_sound(session, clip_id)
    return Response(clip.content, media_type=clip.media_type)


def _clips(session: Session, campaign_id: int) -> list[ClipOut]:
    return [ClipOut.model_validate(clip) for clip in clips_of(session, campaign_id)]
