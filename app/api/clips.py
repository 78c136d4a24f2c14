"""Recorded greetings: their list, and a new one."""

from datetime import datetime
from typing import Annotated

from fastapi import File, Form, Query, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.clips import add_clip, clips_of, end_clip
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router

router = Router(tags=["campaigns"])


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


def _clips(session: Session, campaign_id: int) -> list[ClipOut]:
    return [ClipOut.model_validate(clip) for clip in clips_of(session, campaign_id)]
