"""How full the hour is that an interviewer is about to promise."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.dialing.load import Load, load_at
from app.interviewing.view import desk_of
from app.languages.models import Lect
from app.languages.service import find_lect
from app.web.pages import render
from app.web.when import read_time

router = Router(prefix="/desk", include_in_schema=False)


@router.get("/load")
def show_load(
    *, request: Request, session: ReadSession, interviewer: Annotated[Principal, require(Permission.TAKE_CASE)],
    now: Now, when: str = "", lect: str = "",
) -> Response:  # fmt: skip
    """Tell appointments and speakers at the time typed so far; nothing while it is no time yet."""
    try:
        found = _load(session, interviewer.id, when=when, lect=lect, now=now)
    except XiangyinError:
        found = None
    return render(request, "desk/load.html", person=interviewer, found=found)


def _load(session: Session, person_id: int, *, when: str, lect: str, now: datetime) -> tuple[Load, Lect] | None:
    view = desk_of(session, person_id, now=now)
    if view.case is None or view.campaign_id is None or not when.strip():
        return None
    agreed = read_time(when, time_zone=view.case.time_zone, now=now)
    wanted = find_lect(session, lect or view.case.guess.tag)
    return load_at(session, view.campaign_id, wanted.tag, starts_at=agreed.starts_at, besides=view.case.id), wanted
