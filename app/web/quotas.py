"""The quotas of a campaign: how each cell stands, closing by hand, and new ones from a table."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.dialing.quota_pools import follow_quotas
from app.languages.service import list_lects
from app.quotas.plans import REFUSED
from app.quotas.service import close_cell, list_quotas, open_cell, remove_quota, set_quota
from app.quotas.tables import TablePlan, TableRow, read_plan
from app.sampling.tables import read_table
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error

router = APIRouter(prefix="/campaigns/{campaign_id:int}/quotas", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]


@router.get("")
def show_quotas(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show every cell with its numbers."""
    return _page(request, session, principal, campaign_id=campaign_id)


@router.post("")
def upload_quota(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Set a quota from a table: all of it, or nothing where something is wrong."""
    try:
        table = _table_of(sent)
        with session.begin_nested():
            _set(session, table, campaign_id=campaign_id, actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign_id=campaign_id, error=error)
    return leave(request, f"/campaigns/{campaign_id}/quotas")


@router.post("/cells/{cell_id:int}/close")
def close_by_hand(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, cell_id: int
) -> Response:
    """Close a cell for everybody new."""
    close_cell(session, campaign_id, cell_id, actor=principal.actor, now=now)
    follow_quotas(session, campaign_id)
    return leave(request, f"/campaigns/{campaign_id}/quotas#cell-{cell_id}")


@router.post("/cells/{cell_id:int}/open")
def open_again(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, cell_id: int
) -> Response:
    """Let a cell's numbers decide again."""
    open_cell(session, campaign_id, cell_id, actor=principal.actor, now=now)
    follow_quotas(session, campaign_id)
    return leave(request, f"/campaigns/{campaign_id}/quotas#cell-{cell_id}")


@router.post("/remove")
def remove(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Remove a quota in which nobody was counted."""
    try:
        with session.begin_nested():
            campaign = get_campaign(session, campaign_id)
            remove_quota(session, campaign, str(sent.get("quota", "")), actor=principal.actor, now=now)
            follow_quotas(session, campaign_id)
    except XiangyinError as error:
        return _page(request, session, principal, campaign_id=campaign_id, error=error)
    return leave(request, f"/campaigns/{campaign_id}/quotas")


def _set(session: Session, table: TablePlan, *, campaign_id: int, actor: str, now: datetime) -> None:
    try:
        set_quota(session, get_campaign(session, campaign_id), table.plan, actor=actor, now=now)
        follow_quotas(session, campaign_id)
    except InvalidInputError as error:
        raise table.at_rows(error) from error


def _table_of(sent: FormData) -> TablePlan:
    upload = sent.get("table")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise InvalidInputError(REFUSED, (Fault("table", "Choose a table (.csv or .xlsx)."),))
    table = read_table(upload.file.read(), upload.filename)
    damages = tuple(row.damage for row in table.rows if row.damage is not None)
    if damages:
        raise InvalidInputError(REFUSED, damages)
    rows = [TableRow(row.number, cells) for row, cells in table.records()]
    return read_plan(str(sent.get("quota", "")), table.header, rows)


def _page(
    request: Request, session: Session, principal: Principal, *, campaign_id: int, error: XiangyinError | None = None
) -> Response:
    return render(
        request, "quotas.html", person=principal, status=error.status if error else 200,
        campaign=get_campaign(session, campaign_id), quotas=list_quotas(session, campaign_id),
        lects={lect.tag: lect for lect in list_lects(session)},
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign_id),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
