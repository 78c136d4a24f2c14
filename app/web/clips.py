"""The page of a campaign's recorded greetings, and the key that plays one into a call."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.clips import add_clip, clips_of, end_clip
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, NotFoundError, XiangyinError
from app.core.turns import Router
from app.dialing.naming import Names
from app.interviewing.clips import clip_sound, play_greeting
from app.web.desk_page import call_and_show
from app.web.forms import SentForm
from app.web.pages import language_for, leave, render, show_error

router = Router(include_in_schema=False)
CLIPS = "/campaigns/{campaign_id:int}/clips"
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Planner = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
Text = Annotated[str, Form(max_length=100)]


@router.get(CLIPS)
def show_clips(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show the greetings in force."""
    return _page(request, session, principal, campaign=get_campaign(session, campaign_id))


@router.post(CLIPS)
def upload(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int
) -> Response:
    """Put a new version into force in one lect."""
    campaign = get_campaign(session, campaign_id)
    lect = str(sent.get("lect") or "")
    try:
        with session.begin_nested():
            add_clip(session, campaign, lect, content=_content(sent), actor=principal.actor, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign=campaign, error=error, lect=lect)
    return leave(request, f"/campaigns/{campaign_id}/clips")


@router.post(CLIPS + "/end")
def end(
    *, request: Request, session: WriteSession, principal: Planner, now: Now, campaign_id: int, lect: Text = ""
) -> Response:
    """Play none in this lect any more."""
    end_clip(session, get_campaign(session, campaign_id), lect, actor=principal.actor, now=now)
    return leave(request, f"/campaigns/{campaign_id}/clips")


@router.get(CLIPS + "/{clip_id:int}/sound")
def listen(*, session: ReadSession, _watcher: Watcher, campaign_id: int, clip_id: int) -> Response:
    """Let a player have a greeting."""
    clip = clip_sound(session, clip_id)
    if clip.campaign_id != campaign_id:
        raise NotFoundError
    return Response(clip.content, media_type=clip.media_type)


@router.post("/desk/clip")
def play(*, request: Request, interviewer: Interviewer, now: Now, lect: Text = "") -> Response:
    """Play the recorded greeting in the chosen lect to whoever is on the line."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: play_greeting(
            state.make_session, state.gateway, state.sound_links, person_id=interviewer.id, lect=lect, now=now
        ),
        now=now,
    )


def _content(sent: FormData) -> bytes:
    file = sent.get("clip")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInputError("This clip cannot be played.", (Fault("clip", "Choose a WAV or MP3 file."),))
    return file.file.read()


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign,
    error: XiangyinError | None = None, lect: str = "",
) -> Response:  # fmt: skip
    rules = rules_of(session, campaign)
    names = Names(session, campaign, rules)
    return render(
        request, "clips.html", person=principal, status=error.status if error else 200, campaign=campaign,
        clips=[(names.lect(clip.lect), clip) for clip in clips_of(session, campaign.id)], measures=rules.measures,
        lects=[names.lect(row.lect) for row in lects_of_campaign(session, campaign.id)], chosen=lect,
        may_set_up=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id),
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
