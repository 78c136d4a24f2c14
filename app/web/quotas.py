"""The quotas of a campaign: how each cell stands, closing by hand, and new ones from a table."""

import re
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.interviewing.quota_changes import drop_quota, put_quota, shut_cell
from app.quotas.domain import Closing
from app.quotas.plans import REFUSED
from app.quotas.service import Editor, UnknownCellError, list_quotas
from app.quotas.tables import TablePlan, TableRow, read_plan
from app.sampling.tables import read_table
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error
from app.web.quota_names import names_of

router = Router(prefix="/campaigns/{campaign_id:int}/quotas", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
_REVISION: Final = re.compile(r"\d{1,9}", re.ASCII)


@router.get("")
def show_quotas(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show every cell with its numbers."""
    return _page(request, session, principal, campaign_id=campaign_id)


@router.post("")
def upload_quota(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Set a quota from a table: all of it, or nothing where something is wrong."""

    def put(campaign: Campaign, editor: Editor) -> None:
        table = _table_of(sent)
        try:
            put_quota(session, campaign, table.plan, editor=editor, now=now)
        except InvalidInputError as error:
            raise table.at_rows(error) from error

    return _change(request, session, principal, sent=sent, campaign_id=campaign_id, change=put)


@router.post("/cells/{cell_id:int}/close")
def close_by_hand(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    cell_id: int,
) -> Response:  # fmt: skip
    """Close a cell for everybody new, softly or hard."""
    closing = Closing.SOFT if sent.get("closing") == Closing.SOFT else Closing.HARD

    def close(campaign: Campaign, editor: Editor) -> None:
        shut_cell(session, campaign, cell_id, closing=closing, editor=editor, now=now)

    return _change(request, session, principal, sent=sent, campaign_id=campaign_id, change=close, cell_id=cell_id)


@router.post("/cells/{cell_id:int}/open")
def open_again(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int,
    cell_id: int,
) -> Response:  # fmt: skip
    """Let a cell's numbers decide again."""

    def open_it(campaign: Campaign, editor: Editor) -> None:
        shut_cell(session, campaign, cell_id, closing=None, editor=editor, now=now)

    return _change(request, session, principal, sent=sent, campaign_id=campaign_id, change=open_it, cell_id=cell_id)


@router.post("/remove")
def remove(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Remove a quota in which nobody was counted."""

    def drop(campaign: Campaign, editor: Editor) -> None:
        drop_quota(session, campaign, str(sent.get("quota", "")), editor=editor, now=now)

    return _change(request, session, principal, sent=sent, campaign_id=campaign_id, change=drop)


def _change(
    request: Request, session: Session, principal: Principal, *, sent: FormData, campaign_id: int,
    change: Callable[[Campaign, Editor], None], cell_id: int | None = None,
) -> Response:  # fmt: skip
    """Make one change whole, or none of it and say why not on the page."""
    try:
        with session.begin_nested():
            change(get_campaign(session, campaign_id), Editor(principal.actor, _seen(sent)))
    except UnknownCellError:
        raise
    except XiangyinError as error:
        return _page(request, session, principal, campaign_id=campaign_id, error=error)
    anchor = f"#cell-{cell_id}" if cell_id else ""
    return leave(request, f"/campaigns/{campaign_id}/quotas{anchor}")


def _seen(sent: FormData) -> int | None:
    """Return the revision of the quotas that the page showed; a form without it changes whatever is there."""
    text = str(sent.get("revision", ""))
    return int(text) if _REVISION.fullmatch(text) else None


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
    campaign, quotas = get_campaign(session, campaign_id), list_quotas(session, campaign_id)
    language = language_for(request, principal)
    return render(
        request, "quotas.html", person=principal, status=error.status if error else 200,
        campaign=campaign, quotas=quotas, names=names_of(session, campaign, quotas, language=language),
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign_id),
        error=show_error(error, language) if error else None,
    )  # fmt: skip
