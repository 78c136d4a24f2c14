"""The page of stock phrases: what interviewers are told to listen for in each lect, and what to ask then."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.lexicon import LONGEST, Lexicon
from app.campaigns.lexicon_book import change_lexicon, lexicon_of
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.languages.service import list_lects
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error

BLANK_ROWS: Final = 2
BLANK: Final[Mapping[str, str]] = dict.fromkeys(LONGEST, "")

router = Router(prefix="/campaigns/{campaign_id:int}/lexicon", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_lexicon(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show the phrases in force."""
    campaign = get_campaign(session, campaign_id)
    return _page(request, session, principal, campaign=campaign, lexicon=lexicon_of(session, campaign.id))


@router.post("")
def change(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Put the phrases as they stand in the form into force."""
    campaign, rows = get_campaign(session, campaign_id), _rows(sent)
    version = str(sent.get("version") or "")
    expected = int(version) if version.isascii() and version.isdecimal() else -1
    try:
        with session.begin_nested():
            change_lexicon(session, campaign, rows, expected_version=expected, actor=principal.actor, now=now)
    except XiangyinError as error:
        lexicon = lexicon_of(session, campaign.id)
        return _page(request, session, principal, campaign=campaign, lexicon=lexicon, typed=rows, error=error)
    return leave(request, f"/campaigns/{campaign_id}/lexicon")


def _rows(sent: FormData) -> list[dict[str, str]]:
    """Put the columns of the form together again; a row without its phrase is one to leave out."""
    columns = {name: [str(value) for value in sent.getlist(name)] for name in LONGEST}
    length = max((len(column) for column in columns.values()), default=0)
    rows = [
        {name: column[place] if place < len(column) else "" for name, column in columns.items()}
        for place in range(length)
    ]
    return [row for row in rows if row["phrase"].strip()]


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign, lexicon: Lexicon,
    typed: Sequence[Mapping[str, str]] | None = None, error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    may_change = principal.may(Permission.SET_UP_CAMPAIGN, campaign.id)
    rows = list(lexicon.entries if typed is None else typed) + [BLANK] * (BLANK_ROWS if may_change else 0)
    return render(
        request, "lexicon.html", person=principal, status=error.status if error else 200, campaign=campaign,
        version=lexicon.version, rows=rows, lects=list_lects(session), may_change=may_change,
        own_lects=[row.lect for row in lects_of_campaign(session, campaign.id)], longest=LONGEST,
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
