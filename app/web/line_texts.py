"""The page of the call-back line: what it says by lect, and what became of the calls that came in."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.line_texts import Phrase, is_read_aloud, line_texts_of, set_line_text, shipped_texts, slots_of
from app.campaigns.models import Campaign
from app.campaigns.numbers import numbers_in_use
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import ConflictError, XiangyinError
from app.core.turns import Router
from app.dialing.inbound_past import count_inbound
from app.dialing.naming import Names
from app.web.pages import language_for, leave, render, show_error

router = Router(prefix="/campaigns/{campaign_id:int}/call-back-line", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Text = Annotated[str, Form(max_length=2_000)]


@router.get("")
def show_line(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show the phrases and the counts."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id))


@router.post("")
def change(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    lect: Text = "", phrase: Text = "", text: Text = "",
) -> Response:  # fmt: skip
    """Put a new version of one phrase into force."""
    campaign = get_campaign(session, campaign_id)
    try:
        with session.begin_nested():
            if phrase not in set(Phrase):
                raise ConflictError("Choose what the line says on this occasion.")
            set_line_text(
                session, campaign, lect, phrase=Phrase(phrase), text=text, actor=principal.actor, now=now
            )  # fmt: skip
    except XiangyinError as error:
        typed = {"lect": lect, "phrase": phrase, "text": text}
        return _page(request, session, principal, campaign=campaign, error=error, typed=typed)
    return leave(request, f"/campaigns/{campaign_id}/call-back-line")


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign,
    error: XiangyinError | None = None, typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    names = Names(session, campaign, rules_of(session, campaign))
    own = line_texts_of(session, campaign.id)
    said = {(words.lect, words.phrase.value) for words in own}
    lects = [row.lect for row in lects_of_campaign(session, campaign.id)]
    shipped = [(names.lect(lect), shipped_texts()[lect]) for lect in lects if lect in shipped_texts()]
    return render(
        request, "line_texts.html", person=principal, status=error.status if error else 200, campaign=campaign,
        texts=[(names.lect(words.lect), words, is_read_aloud(words.lect)) for words in own], said=said,
        shipped=shipped, lects=[names.lect(lect) for lect in lects], phrases=list(Phrase),
        slots={phrase.value: slots_of(phrase) for phrase in Phrase},
        silent=[names.lect(lect) for lect in lects if not is_read_aloud(lect)],
        numbers=[held.number for held in numbers_in_use(session, campaign.id)],
        counts=[(names.lect(row.lect) if row.lect else None, row) for row in count_inbound(session, campaign.id)],
        typed=typed or {"lect": "", "phrase": Phrase.OPENING.value, "text": ""},
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
