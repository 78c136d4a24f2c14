"""The pages: a browser's way into the same services the API uses."""

from fastapi import FastAPI

from app.core.turns import Router
from app.web import (
    assets,
    campaigns,
    cases,
    closures,
    demand,
    desk,
    identity,
    languages,
    line_texts,
    live,
    load,
    measures,
    notices,
    numbers,
    punctuality,
    quotas,
    roster,
    rules,
    sample,
    session,
    setup,
    telephone,
    verification,
)
from app.web.errors import render_error_page
from app.web.i18n import translate

router = Router()
for part in (
    assets,
    session,
    setup,
    sample,
    quotas,
    campaigns,
    cases,
    rules,
    roster,
    demand,
    closures,
    punctuality,
    load,
    desk,
    telephone,
    languages,
    live,
    identity,
    measures,
    notices,
    line_texts,
    numbers,
    verification,
):
    router.include_router(part.router)


def mount(app: FastAPI) -> None:
    """Add the pages, readable errors and the translation of every message to the application."""
    app.include_router(router)
    app.state.translate = translate
    app.state.render_error_page = render_error_page
