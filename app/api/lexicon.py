"""Stock phrases whose meaning shifts from place to place, and the question to ask when one is heard."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.lexicon import MOST_PHRASES, Lexicon
from app.campaigns.lexicon_book import change_lexicon, lexicon_of
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router

router = Router(prefix="/campaigns/{campaign_id}/lexicon", tags=["campaigns"])


class PhraseIO(BaseModel):
    """One phrase; its lect stands for those below it as well. `source` says where the knowledge comes from."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    lect: str = Field(max_length=100)
    phrase: str = Field(max_length=40)
    probe: str = Field(max_length=300, description="the neutral question to ask, in the lect")
    note_zh: str = Field("", max_length=200)
    note_en: str = Field("", max_length=200)
    source: str = Field("", max_length=300)


class LexiconIn(BaseModel):
    """The whole list, in place of the one with `expected_version`."""

    model_config = ConfigDict(extra="forbid")

    expected_version: int = Field(ge=0, le=1_000_000)
    phrases: list[PhraseIO] = Field(max_length=MOST_PHRASES)


class LexiconOut(BaseModel):
    """The phrases in force; version 0 is what the program ships."""

    version: int
    phrases: list[PhraseIO]


@router.get("")
def read_lexicon(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)], session: ReadSession
) -> LexiconOut:
    """Return the phrases in force."""
    return _shown(lexicon_of(session, get_campaign(session, campaign_id).id))


@router.put("")
def replace_lexicon(
    campaign_id: int,
    body: LexiconIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> LexiconOut:
    """Put another list into force; 409 when somebody was first."""
    rows = [phrase.model_dump() for phrase in body.phrases]
    campaign = get_campaign(session, campaign_id)
    version = body.expected_version
    return _shown(change_lexicon(session, campaign, rows, expected_version=version, actor=principal.actor, now=now))


def _shown(lexicon: Lexicon) -> LexiconOut:
    return LexiconOut(version=lexicon.version, phrases=[PhraseIO.model_validate(phrase) for phrase in lexicon.phrases])
