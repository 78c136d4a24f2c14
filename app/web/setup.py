"""Set a campaign up: questionnaire, names, lects with their greetings, calling hours."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.domain import WEEKDAYS
from app.campaigns.models import Campaign
from app.campaigns.service import create_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import XiangyinError
from app.core.turns import Router
from app.languages.service import list_lects, load_lect_names
from app.questionnaires.service import publish_version
from app.web.campaign_form import CampaignForm, questionnaire_of
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error

router = Router(prefix="/campaigns", include_in_schema=False)
Creator = Annotated[Principal, require(Permission.CREATE_CAMPAIGN)]


@router.get("/new")
def show_new_campaign(*, request: Request, session: ReadSession, principal: Creator, now: Now) -> Response:
    """Offer the form of a new campaign."""
    # The seed has only to be written down before anybody is drawn, so the second of the plan serves.
    form = CampaignForm.blank(time_zone=request.app.state.settings.time_zone, seed=int(now.timestamp()))
    return _page(request, session, principal, form=form)


@router.post("/new")
def create(*, sent: SentForm, request: Request, session: WriteSession, principal: Creator, now: Now) -> Response:
    """Publish the questionnaire and create the campaign, both or neither."""
    form = CampaignForm.sent(sent)
    try:
        upload = questionnaire_of(sent)
        with session.begin_nested():
            campaign = _create(session, form, (upload.file.read(), upload.filename or ""), principal=principal, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, form=form, error=error)
    return leave(request, f"/campaigns/{campaign.id}/sample")


def _create(
    session: Session, form: CampaignForm, workbook: tuple[bytes, str], *, principal: Principal, now: datetime
) -> Campaign:
    source, file_name = workbook
    # Everything that needs no file is checked first: a mistyped number should not cost a compilation.
    form.plan(load_lect_names(session), questionnaire_version_id=0)
    version = publish_version(
        session, name=form.text("name"), source=source, file_name=file_name, published_by=principal.id, now=now
    )
    plan = form.plan(load_lect_names(session), questionnaire_version_id=version.id)
    return create_campaign(session, plan, actor=principal.actor, now=now)


def _page(
    request: Request, session: Session, principal: Principal, *, form: CampaignForm, error: XiangyinError | None = None
) -> Response:
    return render(
        request,
        "campaign_new.html",
        person=principal,
        status=error.status if error else 200,
        form=form,
        weekdays=WEEKDAYS,
        lects=list_lects(session),
        error=show_error(error, language_for(request, principal)) if error else None,
    )
