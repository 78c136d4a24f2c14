"""The pages: a browser's way into the same services the API uses."""

from fastapi import FastAPI

from app.core.turns import Router
from app.web import (
    assets,
    campaigns,
    cases,
    clips,
    closures,
    demand,
    desk,
    desk_recording,
    identity,
    languages,
    lexicon,
    line_texts,
    live,
    load,
    marks,
    measures,
    monitoring,
    notices,
    numbers,
    punctuality,
    quality,
    questionnaires,
    quotas,
    recordings,
    relisten,
    roster,
    rules,
    sample,
    session,
    setup,
    telephone,
    verification,
    versions,
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
    monitoring,
    cases,
    rules,
    roster,
    demand,
    closures,
    punctuality,
    load,
    desk,
    desk_recording,
    clips,
    recordings,
    quality,
    relisten,
    marks,
    telephone,
    languages,
    live,
    identity,
    measures,
    notices,
    lexicon,
    line_texts,
    numbers,
    verification,
    questionnaires,
    versions,
):
    router.include_router(part.router)


def mount(app: FastAPI) -> None:
    """Add the pages, readable errors and the translation of every message to the application."""
    app.include_router(router)
    app.state.translate = translate
    app.state.render_error_page = render_error_page
