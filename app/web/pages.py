"""Draw pages: whole for a browser, or one of their blocks alone for a screen that is already open."""

import gzip
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, Template

from app.accounts.domain import Permission, Principal
from app.core.clock import Clock
from app.core.errors import Fault, XiangyinError
from app.web.assets import asset_url
from app.web.i18n import ScreenLanguage, choose_language, environment, translate
from app.web.places import say_place

LANGUAGE_COOKIE: Final = "xiangyin-language"
THEME_COOKIE: Final = "xiangyin-theme"
THEMES: Final = ("auto", "light", "dark")
WORTH_PACKING: Final = 4_096  # bytes; less goes out at once, however thin the line
PACKED: Final = 5  # of 9: beyond it pages hardly get smaller


def _(message: str) -> str:
    """Mark a message for the catalogue; the template says it in the reader's language."""
    return message


@dataclass(frozen=True)
class Door:
    """One entry of the main navigation and of the start page."""

    path: str
    label: str
    purpose: str
    icon: str
    permission: Permission


DOORS: Final = (
    Door("/desk", _("Interviewing"), _("Take cases, call, interview"), "headphones", Permission.TAKE_CASE),
    Door("/campaigns", _("Campaigns"), _("Fieldwork as it happens; set up the next wave"), "layout-dashboard",
         Permission.WATCH_FIELDWORK),
    Door("/relisten", _("Listening again"), _("Code recorded interviews anew, without knowing how they were coded"),
         "headphones", Permission.LISTEN_AGAIN),
    Door("/questionnaires", _("Questionnaires"), _("Every screen of what is asked; check and publish"),
         "message-square-quote", Permission.READ_CODEBOOK),
    Door("/languages", _("Languages"), _("Lects, their names, and who can follow whom"), "languages",
         Permission.EDIT_LANGUAGES),
)  # fmt: skip


@dataclass(frozen=True)
class ShownFault:
    """A fault in the reader's language."""

    where: str
    words: str


@dataclass(frozen=True)
class ShownError:
    """A failure in the reader's language: what happened, and for each place what to do."""

    words: str
    faults: tuple[ShownFault, ...] = ()


def language_for(request: Request, principal: Principal | None = None) -> ScreenLanguage:
    """Choose the language of this reply."""
    return choose_language(
        profile=principal.locale if principal else getattr(request.state, "locale", None),
        cookie=request.cookies.get(LANGUAGE_COOKIE),
        accept=request.headers.get("accept-language"),
    )


def theme_for(request: Request) -> str:
    """Return auto, light or dark, as this browser was told."""
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def show_error(error: XiangyinError, language: ScreenLanguage) -> ShownError:
    """Say an error of any floor in the reader's language."""
    faults = tuple(show_fault(fault, language) for fault in error.faults)
    return ShownError(translate(language.tag, error.message, error.values), faults)


def show_fault(fault: Fault, language: ScreenLanguage) -> ShownFault:
    """Say one fault, and where it is, in the reader's language."""
    where = say_place(fault.where, language.tag)
    return ShownFault(where, translate(language.tag, fault.message, dict(fault.values)))


def wants_fragment(request: Request) -> bool:
    """Tell whether an open screen asks for a part of itself."""
    return request.headers.get("hx-request") == "true" and "hx-history-restore-request" not in request.headers


def render(
    request: Request, template: str, *, person: Principal | None = None, fragment: str | None = None,
    status: int = HTTPStatus.OK, **values: Any,
) -> HTMLResponse:  # fmt: skip
    """Draw a page; where an open screen asks and `fragment` names a block, that block alone."""
    language = language_for(request, person)
    environment_ = _environment(language)
    context = {**_surroundings(request, person, language), "status": int(status), **values}
    page = environment_.get_template(template)
    text = _block(page, fragment, context) if fragment and wants_fragment(request) else page.render(context)
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request, Cookie, Accept-Language, Accept-Encoding"}
    content = text.encode()
    if len(content) > WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, PACKED, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(content, status_code=status, headers=headers)


def _environment(language: ScreenLanguage) -> Environment:
    made = environment(language.tag)
    if "ui" not in made.globals:
        made.globals["asset"] = asset_url
        for name, template in (("ui", "ui.html"), ("parts", "desk_parts.html")):
            made.globals[name] = made.get_template(template).module
    return made


def _surroundings(request: Request, person: Principal | None, language: ScreenLanguage) -> dict[str, Any]:
    """Return what the frame of every page needs."""
    clock: Clock = request.app.state.clock
    path = request.url.path
    navigation = [door for door in DOORS if person and person.may_somewhere(door.permission)]
    section = next((door.path for door in navigation if path.startswith(door.path)), "")
    return {
        "person": person,
        "navigation": navigation,
        "section": section,
        "theme": theme_for(request),
        "now": clock(),
        "path": path,
        "error": None,
        "language": language,
    }


def _block(page: Template, name: str, context: dict[str, Any]) -> str:
    """Render one named block exactly as the whole page would."""
    return "".join(page.blocks[name](page.new_context(context)))


def leave(request: Request, path: str) -> Response:
    """Send the browser to another page, also when an open screen had asked for a fragment."""
    if wants_fragment(request):
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
