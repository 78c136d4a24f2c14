"""The supervisor's view of single cases: a list to find one, and a page that says what happens to it and why."""

from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.outcomes import list_outcomes
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.paging import read_cursor, write_cursor
from app.core.turns import Router
from app.dialing.case_list import CaseFilter, lects_waited_for, list_cases
from app.dialing.domain import CaseState
from app.dialing.explain import explain_case, find_case
from app.dialing.naming import Names
from app.dialing.supervision import call_now
from app.interviewing.case_greetings import greetings_of_case
from app.interviewing.recording_list import list_recordings
from app.web.pages import language_for, leave, render, show_error
from app.web.sentences import speaker

PAGE_ROWS: Final = 50
MOST_RECORDINGS: Final = 100  # of one case: more calls than its rules would ever allow
OPEN: Final = (CaseState.READY, CaseState.WAITING)

router = Router(prefix="/campaigns/{campaign_id:int}/cases", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Supervisor = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_cases(
    *, request: Request, session: ReadSession, principal: Watcher, campaign_id: int,
    state: str = "", lect: str = "", outcome: str = "", cursor: str | None = None,
) -> Response:  # fmt: skip
    """List the cases that fit what was chosen, a page at a time."""
    campaign = get_campaign(session, campaign_id)
    wanted = CaseFilter(CaseState(state) if state in set(CaseState) else None, lect or None, outcome or None)
    page = list_cases(session, campaign_id, wanted, after=read_cursor(cursor), limit=PAGE_ROWS)
    names = Names(session, campaign, rules_of(session, campaign))
    waited_for = lects_waited_for(session, campaign_id)
    return render(
        request, "cases.html", person=principal, campaign=campaign, rows=page.rows, chosen=wanted,
        next_cursor=write_cursor(page.rows[-1].id) if page.has_more else None, is_first=cursor is None,
        states=list(CaseState), lects=[names.lect(tag) for tag in waited_for], names=names,
        outcomes=list_outcomes(session, campaign_id), say=speaker(language_for(request, principal)),
    )  # fmt: skip


@router.get("/{case_id:int}")
def show_case(
    *, request: Request, session: ReadSession, principal: Watcher, now: Now, campaign_id: int, case_id: int
) -> Response:  # fmt: skip
    """Explain one case."""
    return _page(request, session, principal, place=(campaign_id, case_id), now=now)


@router.post("/{case_id:int}/call-now")
def put_first(
    *, request: Request, session: WriteSession, principal: Supervisor, now: Now, campaign_id: int, case_id: int
) -> Response:  # fmt: skip
    """Put the case before all others of its pool."""
    campaign, case = get_campaign(session, campaign_id), find_case(session, campaign_id, case_id)
    try:
        with session.begin_nested():
            call_now(session, campaign, case.id, actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, place=(campaign_id, case_id), now=now, error=error)
    return leave(request, f"/campaigns/{campaign_id}/cases/{case_id}")


def _page(
    request: Request, session: Session, principal: Principal, *, place: tuple[int, int], now: Now,
    error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    campaign_id, case_id = place
    campaign, language = get_campaign(session, campaign_id), language_for(request, principal)
    told = explain_case(session, find_case(session, campaign_id, case_id), now=now)
    may_call = told.state in OPEN and principal.may(Permission.SET_UP_CAMPAIGN, campaign_id)
    return render(
        request, "case.html", person=principal, status=error.status if error else 200, campaign=campaign, told=told,
        say=speaker(language), may_call=may_call, error=show_error(error, language) if error else None,
        recordings=list_recordings(session, campaign_id, limit=MOST_RECORDINGS, case_id=case_id).rows,
        greetings=greetings_of_case(session, case_id),
        may_listen=principal.may(Permission.REVIEW_QUALITY, campaign_id),
    )  # fmt: skip
