"""The pages of the questionnaires: what was published, every screen of it, and a check before anything is."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.accounts.service import names_of
from app.campaigns.asked import campaigns_read_by, version_read_by, versions_read_by
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import NotFoundError, XiangyinError
from app.core.turns import Router
from app.questionnaires.form import Form
from app.questionnaires.preview import PreviewScreen, screens_of
from app.questionnaires.rehearsal import Rehearsal
from app.questionnaires.service import check_workbook, load_form, publish_version
from app.web.campaign_form import questionnaire_of
from app.web.desk_screen import ENTRIES, KeyedChoice, keyed_choices
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error

MOST_CHOICES: Final = 60  # of one list; a longer one is a look-up, which nobody reads to its end

router = Router(prefix="/questionnaires", include_in_schema=False)
Reader = Annotated[Principal, require(Permission.READ_CODEBOOK)]
Publisher = Annotated[Principal, require(Permission.CREATE_CAMPAIGN)]
Language = Annotated[str | None, Query(max_length=100)]


@dataclass(frozen=True)
class ShownScreen:
    """A screen laid out as at the desk; `more` choices are left out."""

    screen: PreviewScreen
    entry: str
    choices: tuple[KeyedChoice, ...]
    more: int


@dataclass(frozen=True)
class Preview:
    """A questionnaire in one of its languages."""

    form: Form
    language: str
    screens: list[ShownScreen]


@dataclass(frozen=True)
class Checked:
    """What came of checking a workbook without faults."""

    rehearsal: Rehearsal
    preview: Preview


@router.get("")
def show_all(*, request: Request, session: ReadSession, principal: Reader) -> Response:
    """List every published version, with the campaigns that ask it."""
    return _list(request, session, principal)


@router.post("/check")
def check(*, sent: SentForm, request: Request, session: ReadSession, principal: Publisher) -> Response:
    """Say what keeps a workbook from being published, or show every screen of it; nothing is kept."""
    try:
        upload = questionnaire_of(sent)
        checked = check_workbook(upload.file.read(), upload.filename or "")
        preview = preview_of(checked.compiled.form, str(sent.get("language") or "") or None)
    except XiangyinError as error:
        return _list(request, session, principal, sent=sent, error=error)
    return _list(request, session, principal, sent=sent, checked=Checked(checked.rehearsal, preview))


@router.post("")
def publish(*, sent: SentForm, request: Request, session: WriteSession, principal: Publisher, now: Now) -> Response:
    """Publish a workbook, and show it."""
    try:
        upload = questionnaire_of(sent)
        with session.begin_nested():
            version = publish_version(
                session,
                name=str(sent.get("name", "")),
                source=upload.file.read(),
                file_name=upload.filename or "",
                published_by=principal.id,
                now=now,
            )
    except XiangyinError as error:
        return _list(request, session, principal, sent=sent, error=error)
    return leave(request, f"/questionnaires/{version.id}")


@router.get("/{version_id:int}")
def show_version(
    *, request: Request, session: ReadSession, principal: Reader, version_id: int, language: Language = None
) -> Response:
    """Show every screen of a published version in one language."""
    line = version_read_by(session, principal, version_id)
    every = versions_read_by(session, principal)
    return render(
        request,
        "questionnaire.html",
        person=principal,
        line=line,
        publishers=names_of(session, [line.published_by]),
        zone=request.app.state.settings.time_zone,
        others=[other for other in every if other.questionnaire == line.questionnaire],
        campaigns=[
            campaign
            for campaign in campaigns_read_by(session, principal)
            if campaign.questionnaire_version_id == version_id
        ],
        preview=preview_of(load_form(session, version_id), language),
    )


def preview_of(form: Form, language: str | None) -> Preview:
    """Lay every screen out in a language of the form, the first one without a choice; raises NotFoundError."""
    if language is not None and language not in form.languages:
        raise NotFoundError("The questionnaire has no wording in %(language)s.", language=language)
    chosen = language or form.languages[0]
    return Preview(form, chosen, [_shown(screen) for screen in screens_of(form, chosen)])


def _shown(screen: PreviewScreen) -> ShownScreen:
    choices = keyed_choices(screen.choices[:MOST_CHOICES], ())
    return ShownScreen(screen, ENTRIES[screen.kind], choices, max(len(screen.choices) - MOST_CHOICES, 0))


def _list(
    request: Request, session: Session, principal: Principal, *, sent: FormData | None = None,
    checked: Checked | None = None, error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    lines = versions_read_by(session, principal)
    return render(
        request,
        "questionnaires.html",
        person=principal,
        fragment="checked",
        status=error.status if error else 200,
        lines=lines,
        publishers=names_of(session, {line.published_by for line in lines}),
        campaigns=campaigns_read_by(session, principal),
        zone=request.app.state.settings.time_zone,
        name=str(sent.get("name", "")) if sent else "",
        may_publish=principal.may(Permission.CREATE_CAMPAIGN, None),
        checked=checked,
        error=show_error(error, language_for(request, principal)) if error else None,
    )
