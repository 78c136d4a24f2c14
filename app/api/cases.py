"""The cases of a campaign: where each stands, why, and a supervisor's word that one is called now."""

from typing import Annotated

from fastapi import Path, Query

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.api.campaigns import Cursor, Limit
from app.api.case_records import CaseOut, CasePage, ExplanationOut, write_explanation
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.paging import read_cursor, write_cursor
from app.core.turns import Router
from app.dialing.case_list import CaseFilter, list_cases
from app.dialing.domain import CaseState
from app.dialing.explain import explain_case, find_case
from app.dialing.supervision import call_now

router = Router(prefix="/campaigns/{campaign_id}/cases", tags=["campaigns"])
Watcher = Annotated[Principal, require(Permission.READ_CASES)]
Supervisor = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
CaseId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("")
def list_of_cases(
    campaign_id: int,
    _principal: Watcher,
    *,
    session: ReadSession,
    state: Annotated[CaseState | None, Query(description="only cases in this state")] = None,
    lect: Annotated[str | None, Query(max_length=100, description="only cases that wait for this lect, a tag")] = None,
    outcome: Annotated[str | None, Query(max_length=100, description="only cases with this last outcome")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> CasePage:
    """List the cases of a campaign in the order of their ids; nothing in it tells who the respondents are."""
    wanted = CaseFilter(state=state, lect=lect, outcome=outcome)
    page = list_cases(session, campaign_id, wanted, after=read_cursor(cursor), limit=limit)
    return CasePage(
        data=[CaseOut.model_validate(row) for row in page.rows],
        next_cursor=write_cursor(page.rows[-1].id) if page.has_more else None,
        has_more=page.has_more,
    )


@router.get("/{case_id}")
def explain_one(
    campaign_id: int, case_id: CaseId, _principal: Watcher, *, session: ReadSession, now: Now
) -> ExplanationOut:
    """Explain a case: what happens next and by which rule, who may take it, and every step of its past."""
    return write_explanation(explain_case(session, find_case(session, campaign_id, case_id), now=now))


@router.post("/{case_id}/call-now")
def call_one_now(
    campaign_id: int, case_id: CaseId, principal: Supervisor, *, session: WriteSession, now: Now
) -> ExplanationOut:
    """Put a ready or waiting case before all others, within the calling hours; 409 where it is held or closed."""
    campaign = get_campaign(session, campaign_id)
    find_case(session, campaign_id, case_id)
    case = call_now(session, campaign, case_id, actor=principal.actor, now=now)
    return write_explanation(explain_case(session, case, now=now))
