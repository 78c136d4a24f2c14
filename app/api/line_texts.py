"""The call-back line of a campaign: what it says by lect, and what became of the calls that came in."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.line_texts import Phrase, line_texts_of, set_line_text
from app.campaigns.service import get_campaign
from app.campaigns.slots import MOST_CHARACTERS
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.inbound_past import count_inbound

router = Router(prefix="/campaigns/{campaign_id}/call-back-line", tags=["campaigns"])


class PhraseIn(BaseModel):
    """What the line says on one occasion in one lect; slots such as {organisation} are filled in."""

    model_config = ConfigDict(extra="forbid")

    lect: str = Field(max_length=100)
    phrase: Phrase
    text: str = Field(max_length=MOST_CHARACTERS, description="empty for the words that the program ships")


class PhraseOut(BaseModel):
    """A phrase of the campaign's own, in force."""

    model_config = ConfigDict(from_attributes=True)

    lect: str
    phrase: str
    version: int
    text: str


class InboundCountOut(BaseModel):
    """Calls that came to the same result, in the lect that was chosen by key."""

    model_config = ConfigDict(from_attributes=True)

    result: str
    lect: str | None
    calls: int
    confirmed: int
    last_at: datetime


class LineOut(BaseModel):
    """The campaign's own phrases, and what became of the calls that came in on its numbers."""

    texts: list[PhraseOut]
    counts: list[InboundCountOut]


@router.get("")
def read_line(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> LineOut:
    """Return the phrases and the counts."""
    return _line(session, get_campaign(session, campaign_id).id)


@router.put("")
def replace_phrase(
    campaign_id: int,
    body: PhraseIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> LineOut:
    """Put a new version of one phrase into force; every version is kept."""
    campaign = get_campaign(session, campaign_id)
    set_line_text(
        session, campaign, body.lect, phrase=body.phrase, text=body.text, actor=principal.actor, now=now
    )  # fmt: skip
    return _line(session, campaign.id)


def _line(session: Session, campaign_id: int) -> LineOut:
    return LineOut(
        texts=[PhraseOut.model_validate(words) for words in line_texts_of(session, campaign_id)],
        counts=[InboundCountOut.model_validate(count) for count in count_inbound(session, campaign_id)],
    )
