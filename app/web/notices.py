"""The page of the messages before first calls: their words by lect and script, and what became of them."""

from typing import Annotated, Final

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.notices import SLOTS, parts_of, set_text, texts_of
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.dialing.measures import Measure, shares_of
from app.dialing.naming import Names
from app.dialing.notice_figures import count_notices
from app.web.pages import language_for, leave, render, show_error

SCRIPTS: Final = ("Hans", "Hant", "Latn", "Arab", "Tibt", "Mong", "Yiii", "Hang", "Cyrl")

router = Router(prefix="/campaigns/{campaign_id:int}/notices", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Text = Annotated[str, Form(max_length=2_000)]


@router.get("")
def show_notices(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show the texts and the counts."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id))


@router.post("")
def change(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    lect: Text = "", script: Text = "", text: Text = "",
) -> Response:  # fmt: skip
    """Put a new version of one text into force."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            set_text(session, campaign, lect, script=script, text=text, actor=principal.actor, now=now)
    except XiangyinError as error:
        typed = {"lect": lect, "script": script, "text": text}
        return _page(request, session, principal, campaign=campaign, error=error, typed=typed)
    return leave(request, f"/campaigns/{campaign_id}/notices")


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign,
    error: XiangyinError | None = None, typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    rules = rules_of(session, campaign)
    names = Names(session, campaign, rules)
    return render(
        request, "notices.html", person=principal, status=error.status if error else 200, campaign=campaign,
        texts=[(names.lect(words.lect), words, parts_of(words.text)) for words in texts_of(session, campaign.id)],
        lects=[names.lect(row.lect) for row in lects_of_campaign(session, campaign.id)], scripts=SCRIPTS, slots=SLOTS,
        counts=count_notices(session, campaign.id), share=shares_of(rules.measures).get(Measure.NOTICE, 0.0),
        typed=typed or {"lect": "", "script": "", "text": ""},
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
