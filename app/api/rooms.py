"""Answer what the telephone provider asks about calls in rooms: who may come in, what is to be heard."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from app.accounts.access import PUBLIC
from app.api.signed import delivery_token, signed_form
from app.core.clock import Now
from app.core.db import SessionFactory
from app.core.live import announce, campaign_topic, person_topic
from app.core.turns import Router
from app.interviewing.monitoring import note_leg
from app.interviewing.sound_links import SOUNDS_PATH
from app.staffing.models import Presence
from app.telephony.inbound.joining import note_joined
from app.telephony.lines import note_line_report, redeem_ticket
from app.telephony.monitoring.legs import redeem_monitor_ticket
from app.telephony.twilio.reports import KEPT, MOST_CHARACTERS
from app.telephony.twilio.rooms import ROOMS_PATH, identity_of
from app.telephony.twilio.signature import BODY_HASH
from app.telephony.twilio.twiml import MEDIA_TYPE, joins_room, plays_keys, plays_sound, refuses, says_nothing

router = Router(prefix="/telephony/twilio", tags=["telephony"])
EVENTS: Final = {"participant-join": "joined", "participant-leave": "left"}
OF_ROOMS: Final = (
    *KEPT,
    "ConferenceSid",
    "FriendlyName",
    "ParticipantLabel",
    "StatusCallbackEvent",
    "ReasonParticipantLeft",
)
BodyHash = Annotated[str | None, Query(alias=BODY_HASH, max_length=64)]
DOCUMENT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@router.post("/voice", dependencies=[PUBLIC], response_class=Response, responses=DOCUMENT)
async def answer_browser(request: Request, now: Now, *, _body_hash: BodyHash = None) -> Response:
    """Tell an interviewer's or a supervisor's own call which room to join; anybody else is not answered."""
    form = await signed_form(request)
    document = await run_in_threadpool(_room_for, request, form, now=now)
    return Response(document, media_type=MEDIA_TYPE)


def _room_for(request: Request, form: Mapping[str, str], *, now: datetime) -> str:
    make_session: SessionFactory = request.app.state.make_session
    with make_session() as session, session.begin():
        ticket, call_id = _text(form, "ticket"), _text(form, "CallSid")
        line = redeem_ticket(session, ticket, call_id, now=now)
        listener = redeem_monitor_ticket(session, ticket, call_id, now=now) if line is None else None
        mine = line or listener
        if mine is None or _text(form, "From") != f"client:{identity_of(mine.person_id)}":
            return refuses()
        room, label = mine.room, mine.room if listener is None else f"supervisor-{mine.id}"
    base_url = request.app.state.settings.public_base_url.rstrip("/")
    return joins_room(room, label=label, callback=f"{base_url}{ROOMS_PATH}", is_muted=listener is not None)


@router.post("/rooms", status_code=HTTPStatus.NO_CONTENT, dependencies=[PUBLIC])
async def note_room_event(request: Request, now: Now, *, _body_hash: BodyHash = None) -> None:
    """Note that somebody came to a room or left it; the same report again changes nothing."""
    form = await signed_form(request)
    await run_in_threadpool(_note, request, form, now=now)


def _note(request: Request, form: Mapping[str, str], *, now: datetime) -> None:
    make_session: SessionFactory = request.app.state.make_session
    call_id, told = _text(form, "CallSid"), _text(form, "StatusCallbackEvent")
    token = delivery_token(request) or f"{call_id}/{told}"
    fields = {name: _text(form, name) for name in OF_ROOMS if name in form}
    with make_session() as session, session.begin():
        event = EVENTS.get(told, told)
        person_id = note_line_report(session, token, call_id=call_id, event=event, fields=fields, now=now)
        if event == EVENTS["participant-join"]:
            note_joined(session, call_id, _text(form, "ConferenceSid"), now=now)
        if person_id is None:
            note_leg(session, call_id, event=event, conference_id=_text(form, "ConferenceSid"), now=now)
        if person_id is not None:
            campaign_id = session.scalar(select(Presence.campaign_id).where(Presence.person_id == person_id))
            announce(session, person_topic(person_id), *([campaign_topic(campaign_id)] if campaign_id else []))


@router.post("/keys", dependencies=[PUBLIC], response_class=Response, responses=DOCUMENT)
async def play_keys(
    request: Request, keys: Annotated[str, Query(pattern=r"^[0-9*#w]{1,32}$")], *, _body_hash: BodyHash = None
) -> Response:
    """Let a call hear the tones that an interviewer pressed."""
    await signed_form(request)
    return Response(plays_keys(keys), media_type=MEDIA_TYPE)


@router.post("/sound", dependencies=[PUBLIC], response_class=Response, responses=DOCUMENT)
async def play_sound(
    request: Request, address: Annotated[str, Query(max_length=4_000)], *, _body_hash: BodyHash = None
) -> Response:
    """Let a call hear a sound of ours; a document that names any other address is never given out."""
    await signed_form(request)
    base_url = request.app.state.settings.public_base_url.rstrip("/")
    document = plays_sound(address) if address.startswith(f"{base_url}{SOUNDS_PATH}/") else says_nothing()
    return Response(document, media_type=MEDIA_TYPE)


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "")[:MOST_CHARACTERS]
