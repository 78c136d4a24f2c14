"""The page of quality: what was flagged and why, how listening goes, and both codings side by side."""

from typing import Annotated, Final

from fastapi import Request, Response

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.paging import read_cursor, write_cursor
from app.core.turns import Router
from app.dialing.naming import Names
from app.quality.comparing import compare
from app.quality.flagged import list_reviewed
from app.quality.hearing import RatingKind
from app.quality.summary import summary_of
from app.web.pages import language_for, render
from app.web.sentences import speaker

PAGE_ROWS: Final = 50

router = Router(prefix="/campaigns/{campaign_id:int}/quality", include_in_schema=False)
Reviewer = Annotated[Principal, require(Permission.REVIEW_QUALITY)]


@router.get("")
def show_quality(
    *, request: Request, session: ReadSession, principal: Reviewer, campaign_id: int, cursor: str | None = None
) -> Response:
    """Show the figures, and the interviews that were flagged or listened to, the newest first; then older ones."""
    campaign = get_campaign(session, campaign_id)
    page = list_reviewed(session, campaign.id, before=read_cursor(cursor), limit=PAGE_ROWS)
    return render(
        request, "quality.html", person=principal, campaign=campaign,
        summary=summary_of(session, campaign) if cursor is None else None,
        rows=page.rows, is_first=cursor is None, say=speaker(language_for(request, principal)),
        next_cursor=write_cursor(page.rows[-1].interview_id) if page.has_more else None,
        may_listen=principal.may(Permission.LISTEN_AGAIN, campaign.id),
    )  # fmt: skip


@router.get("/listened/{item_id:int}")
def show_both(
    *, request: Request, session: WriteSession, principal: Reviewer, now: Now, campaign_id: int, item_id: int
) -> Response:
    """Show both codings of an interview that was listened to; looking at them is on the record."""
    campaign = get_campaign(session, campaign_id)
    both = compare(session, campaign.id, item_id, actor=principal.actor, now=now)
    name = Names(session, campaign, rules_of(session, campaign)).lect
    lect = both.ratings.get(RatingKind.LECT)
    return render(
        request, "quality_both.html", person=principal, campaign=campaign, both=both,
        say=speaker(language_for(request, principal)),
        lect=name(lect) if lect else None, kept_lects=[name(tag) for tag in both.noted.lects],
    )  # fmt: skip
