"""The page of a campaign's recordings: the words of consent, what was recorded, and the listening to it."""

from typing import Annotated, Final

from fastapi import Form, Header, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.consent import consent_texts_of, set_consent_text
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.paging import read_cursor, write_cursor
from app.core.ranges import range_reply
from app.core.turns import Router
from app.dialing.naming import Names
from app.interviewing.recording_list import list_recordings, open_to_listen
from app.web.pages import language_for, leave, render, show_error

PAGE_ROWS: Final = 50

router = Router(prefix="/campaigns/{campaign_id:int}/recordings", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Listener = Annotated[Principal, require(Permission.REVIEW_QUALITY)]
Text = Annotated[str, Form(max_length=2_000)]


@router.get("")
def show_recordings(
    *, request: Request, session: ReadSession, principal: Watcher, campaign_id: int, cursor: str | None = None
) -> Response:
    """Show the words and the recordings, the newest first."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id), cursor=cursor)


@router.post("/words")
def change_words(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    lect: Text = "", text: Text = "",
) -> Response:  # fmt: skip
    """Put new words into force in one lect."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            set_consent_text(session, campaign, lect, text=text, actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign=campaign, error=error, typed={"lect": lect, "text": text})
    return leave(request, f"/campaigns/{campaign_id}/recordings")


@router.get("/{recording_id:int}/sound")
def listen(
    *, request: Request, session: WriteSession, listener: Listener, now: Now, campaign_id: int, recording_id: int,
    byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:  # fmt: skip
    """Let a player have a recording, whole or in parts."""
    sealed = open_to_listen(
        session, request.app.state.shelf, recording_id, campaign_id=campaign_id, actor=listener.actor, now=now
    )
    return range_reply(sealed.read, sealed.size, byte_range, media_type="audio/wav")


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign, cursor: str | None = None,
    error: XiangyinError | None = None, typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    rules = rules_of(session, campaign)
    names = Names(session, campaign, rules)
    page = list_recordings(session, campaign.id, before=read_cursor(cursor), limit=PAGE_ROWS)
    return render(
        request, "recordings.html", person=principal, status=error.status if error else 200, campaign=campaign,
        rules=rules.recording, words=[(names.lect(one.lect), one) for one in consent_texts_of(session, campaign.id)],
        lects=[names.lect(row.lect) for row in lects_of_campaign(session, campaign.id)],
        rows=page.rows, is_first=cursor is None,
        next_cursor=write_cursor(page.rows[-1].id) if page.has_more else None,
        typed=typed or {"lect": "", "text": ""},
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id),
        may_listen=principal.may(Permission.REVIEW_QUALITY, campaign.id),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
