"""The registry of lects, and the editable table of who can follow whom."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.audit import service as audit
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.languages.models import Lect, LectUnderstanding
from app.languages.service import add_lect, list_lects, load_lect_names, set_understanding
from app.web.pages import language_for, leave, render, show_error

router = Router(prefix="/languages", include_in_schema=False)
Editor = Annotated[Principal, require(Permission.EDIT_LANGUAGES)]
Text = Annotated[str, Form()]


@router.get("")
def show_languages(*, request: Request, session: ReadSession, principal: Editor, q: str = "") -> Response:
    """Show the lects whose name or tag holds what was typed, and who follows whom among them."""
    return _page(request, session, principal, wanted=q)


@router.post("/understanding")
def change_understanding(
    *, request: Request, session: WriteSession, principal: Editor, now: Now,
    listener: Text = "", speaker: Text = "", percent: Text = "",
) -> Response:  # fmt: skip
    """Set how far the speakers of one lect follow another, in this direction only."""
    try:
        with session.begin_nested():
            names = load_lect_names(session)
            pair = names.find(listener), names.find(speaker)
            degree = _degree(percent)
            set_understanding(session, *pair, degree=degree)
            audit.record(
                session, "understanding.set", actor=principal.actor, subject=f"lect:{pair[0]}",
                details={"speaker": pair[1], "degree": degree}, now=now,
            )  # fmt: skip
    except XiangyinError as error:
        return _page(request, session, principal, wanted="", error=error)
    return leave(request, "/languages#understanding")


@router.post("/lects")
def add(
    *, request: Request, session: WriteSession, principal: Editor, now: Now,
    tag: Text = "", name_zh: Text = "", name_en: Text = "", parent: Text = "",
) -> Response:  # fmt: skip
    """Add a lect under any BCP 47 tag."""
    try:
        with session.begin_nested():
            lect = add_lect(session, tag=tag, name_zh=name_zh, name_en=name_en, parent=parent.strip() or None)
            subject = f"lect:{lect.tag}"
            audit.record(session, "lect.added", actor=principal.actor, subject=subject, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, wanted="", error=error)
    return leave(request, f"/languages?q={lect.tag}")


def _degree(percent: str) -> float:
    try:
        return int(percent) / 100
    except ValueError:
        fault = Fault("percent", "Write a whole number.")
        raise InvalidInputError("The table was not changed.", (fault,)) from None


def _page(
    request: Request, session: Session, principal: Principal, *, wanted: str, error: XiangyinError | None = None
) -> Response:
    lects = list_lects(session)
    needle = wanted.strip().casefold()
    shown = [lect for lect in lects if _matches(lect, needle)]
    tags = {lect.tag for lect in shown}
    pairs = session.scalars(select(LectUnderstanding).order_by(LectUnderstanding.listener, LectUnderstanding.speaker))
    return render(
        request, "languages.html", person=principal, status=error.status if error else 200,
        lects=shown, every=lects, names={lect.tag: lect for lect in lects}, wanted=wanted,
        pairs=[pair for pair in pairs if pair.listener in tags or pair.speaker in tags],
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip


def _matches(lect: Lect, needle: str) -> bool:
    return any(needle in text.casefold() for text in (lect.tag, lect.name_zh, lect.name_en))
