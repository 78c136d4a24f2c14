"""Readable pages for what went wrong outside a form."""

from http import HTTPStatus

from fastapi import Request, Response

from app.core.errors import XiangyinError
from app.web.i18n import translate
from app.web.pages import language_for, render, show_error, wants_fragment


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


HEADINGS = {
    HTTPStatus.FORBIDDEN: _("You may not open this page"),
    HTTPStatus.NOT_FOUND: _("There is no such page"),
    HTTPStatus.METHOD_NOT_ALLOWED: _("There is no such page"),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too many attempts"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("The file is too large"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something failed on the server"),
}
ADVICE = {
    HTTPStatus.FORBIDDEN: _("Ask your administrator if your role should allow it."),
    HTTPStatus.NOT_FOUND: _("The address may be wrong, or the page belongs to a campaign that is not yours."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _(
        "Nothing was changed. Try once more; if it happens again, tell your administrator when."
    ),
}
UNCLEAR = _("This cannot be done now")
GO_BACK = _("Go back and correct what is named above.")


def render_error_page(request: Request, error: XiangyinError) -> Response:
    """Answer a failure as a page, or as a notice inside the screen that asked."""
    status = error.status
    language = language_for(request)
    response = render(
        request,
        "error.html",
        fragment="fragment",
        status=status,
        heading=translate(language.tag, HEADINGS.get(status, UNCLEAR)),
        advice=translate(language.tag, ADVICE.get(status, GO_BACK)),
        error=show_error(error, language),
    )
    if wants_fragment(request):
        # The screen that asked stays as it is; the notice floats above it.
        response.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "innerHTML"})
    return response
