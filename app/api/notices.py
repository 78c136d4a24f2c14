"""The messages before first calls: their words by lect and script, and what became of them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.notices import parts_of, set_text, texts_of
from app.campaigns.service import get_campaign
from app.campaigns.slots import MOST_CHARACTERS
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.notice_figures import count_notices

router = Router(prefix="/campaigns/{campaign_id}/notices", tags=["campaigns"])


class TextIn(BaseModel):
    """The words in one lect and script; {organisation}, {survey}, {number}, {address} and {code} are filled in."""

    model_config = ConfigDict(extra="forbid")

    lect: str = Field(max_length=100)
    script: str = Field(max_length=4, description="ISO 15924, such as Hans, Hant, Latn or Arab")
    text: str = Field(max_length=MOST_CHARACTERS, description="empty to send none in this lect and script")


class TextOut(BaseModel):
    """A text in force; `parts` is how many messages it takes as it stands, before anything is filled in."""

    lect: str
    script: str
    version: int
    text: str
    parts: int


class CountOut(BaseModel):
    """Notices that came so far."""

    model_config = ConfigDict(from_attributes=True)

    state: str
    reason: str | None
    notices: int


class NoticesOut(BaseModel):
    """The texts in force, and what became of the notices."""

    texts: list[TextOut]
    counts: list[CountOut]


@router.get("")
def read_notices(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> NoticesOut:
    """Return the texts and the counts."""
    return _notices(session, get_campaign(session, campaign_id).id)


@router.put("")
def replace_text(
    campaign_id: int,
    body: TextIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> NoticesOut:
    """Put a new version of one text into force; whatever was sent before keeps the version it was sent in."""
    campaign = get_campaign(session, campaign_id)
    set_text(session, campaign, body.lect, script=body.script, text=body.text, actor=principal.actor, now=now)
    return _notices(session, campaign.id)


def _notices(session: Session, campaign_id: int) -> NoticesOut:
    return NoticesOut(
        texts=[TextOut(**vars(words), parts=parts_of(words.text)) for words in texts_of(session, campaign_id)],
        counts=[CountOut.model_validate(count) for count in count_notices(session, campaign_id)],
    )
