"""The interviewer's desk over HTTP: what the console does by keyboard, any program can do here."""

from typing import Annotated

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import NotFoundError
from app.core.turns import Router
from app.dialing.domain import AppointmentKind, FactKind
from app.dialing.wishes import Wish
from app.interviewing import desk, telephone
from app.interviewing.cards import CaseCard, DeskView
from app.interviewing.scene import read_scene
from app.interviewing.view import case_card, desk_of
from app.staffing.domain import BreakReason
from app.telephony.lines import DeviceResult, note_device_check

router = Router(prefix="/desk", tags=["desk"])
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]


class Ready(BaseModel):
    """The campaign whose desk the interviewer sits down at."""

    campaign_id: int


class LectIn(BaseModel):
    """A lect by tag, name or alias."""

    lect: str = Field(max_length=100)


class LectStated(LectIn):
    """A lect that was declared by the respondent or observed by the interviewer."""

    kind: FactKind


class OutcomeIn(BaseModel):
    """What came of the call."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)
    lect: str | None = Field(None, max_length=100)
    note: str | None = Field(None, max_length=2_000)
    wish: Wish | None = None


class AppointmentIn(BaseModel):
    """A time the respondent agreed to, with its offset from UTC."""

    model_config = ConfigDict(extra="forbid")

    kind: AppointmentKind = AppointmentKind.HARD
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = Field(None, description="the end of a part of a day; of no use with an exact time")
    lect: str | None = Field(None, max_length=100)
    with_me: bool = False
    note: str | None = Field(None, max_length=2_000)


class BreakIn(BaseModel):
    """Why somebody leaves the desk."""

    model_config = ConfigDict(extra="forbid")

    reason: BreakReason = BreakReason.REST


class LineOut(BaseModel):
    """How to call in: `token` only where the driver needs one."""

    driver: str
    ticket: str | None = None
    token: str | None = None


class HoldIn(BaseModel):
    """Whether the respondent hears music instead of you."""

    is_held: bool


class KeysIn(BaseModel):
    """Up to 32 of the keys 0-9, * and #; w waits half a second."""

    keys: str = Field(max_length=32)


class DeviceCheckIn(BaseModel):
    """What worked, and how long a request takes there and back."""

    model_config = ConfigDict(extra="forbid")

    microphone: bool
    speaker: bool
    echo: bool
    latency_ms: int = Field(ge=0, le=60_000)


class AttemptOut(BaseModel):
    """The attempt that was begun."""

    attempt_id: int


@router.get("")
def show_desk(interviewer: Interviewer, session: ReadSession, now: Now) -> DeskView:
    """Show everything that the interviewer's screen shows."""
    return desk_of(session, interviewer.id, now=now)


@router.post("/ready")
def go_ready(body: Ready, interviewer: Interviewer, *, session: WriteSession, now: Now) -> DeskView:
    """Sit down at a campaign's desk."""
    if not interviewer.may(Permission.TAKE_CASE, body.campaign_id):
        raise NotFoundError
    desk.go_ready(session, interviewer.id, body.campaign_id, now=now)
    return desk_of(session, interviewer.id, now=now)


@router.post("/break")
def take_break(
    interviewer: Interviewer, session: WriteSession, now: Now, *, body: BreakIn | None = None
) -> DeskView:  # fmt: skip
    """Leave the desk for a while, or give the break another reason."""
    desk.take_break(session, interviewer.id, reason=(body or BreakIn()).reason, now=now)
    return desk_of(session, interviewer.id, now=now)


@router.post("/off")
def go_off(interviewer: Interviewer, session: WriteSession, now: Now) -> DeskView:
    """End the shift."""
    desk.go_off(session, interviewer.id, now=now)
    return desk_of(session, interviewer.id, now=now)


@router.post("/next-case")
def next_case(interviewer: Interviewer, session: WriteSession, now: Now) -> CaseCard:
    """Take the next case; 409 with the causes counted when there is none."""
    case_id = desk.next_case(session, interviewer.id, now=now)
    return case_card(read_scene(session, case_id, interviewer.id), now=now)


@router.post("/dial")
def dial(request: Request, interviewer: Interviewer, now: Now) -> AttemptOut:
    """Dial the case on the screen."""
    state = request.app.state
    attempt_id = desk.dial(state.make_session, state.gateway, interviewer.id, vault=state.vault, now=now)
    return AttemptOut(attempt_id=attempt_id)


@router.post("/hang-up", status_code=204)
def hang_up(request: Request, interviewer: Interviewer, now: Now) -> None:
    """End the call under way."""
    state = request.app.state
    desk.hang_up(state.make_session, state.gateway, interviewer.id, now=now)


@router.post("/line")
def call_in(request: Request, interviewer: Interviewer, now: Now) -> LineOut:
    """Let your own telephone call in: the driver to use, and the ticket, good for one minute, that it must bring."""
    state = request.app.state
    given = telephone.call_in(state.make_session, state.gateway, interviewer.id, now=now)
    return LineOut.model_validate(given)


@router.post("/line/token")
def renew_token(request: Request, interviewer: Interviewer) -> LineOut:
    """Get a fresh token for the same telephone; its line stays as it is."""
    return LineOut.model_validate(request.app.state.gateway.admit(interviewer.id, ""))


@router.delete("/line", status_code=204)
def leave_line(request: Request, interviewer: Interviewer, now: Now) -> None:
    """End your own call."""
    state = request.app.state
    telephone.leave(state.make_session, state.gateway, interviewer.id, now=now)


@router.post("/hold", status_code=204)
def hold(body: HoldIn, request: Request, interviewer: Interviewer) -> None:
    """Let the respondent hear music, or bring them back."""
    state = request.app.state
    telephone.hold(state.make_session, state.gateway, interviewer.id, is_held=body.is_held)


@router.post("/keys", status_code=204)
def press(body: KeysIn, request: Request, interviewer: Interviewer) -> None:
    """Let the respondent's side hear the tones of these keys."""
    state = request.app.state
    telephone.press(state.make_session, state.gateway, interviewer.id, keys=body.keys)


@router.post("/device-checks", status_code=204)
def note_check(body: DeviceCheckIn, interviewer: Interviewer, *, session: WriteSession, now: Now) -> None:
    """Keep what a check of the headset and the connection found."""
    note_device_check(session, interviewer.id, DeviceResult(**body.model_dump()), now=now)


@router.post("/lects", status_code=204)
def state_lect(body: LectStated, interviewer: Interviewer, *, session: WriteSession, now: Now) -> None:
    """Record a declared or an observed lect."""
    desk.state_lect(session, interviewer.id, kind=body.kind, lect=body.lect, now=now)


@router.post("/hand-over", status_code=204)
def give_to_a_speaker(body: LectIn, request: Request, interviewer: Interviewer, *, now: Now) -> None:
    """Hand the call to a free interviewer certified in the respondent's lect; 409 when there is none."""
    state = request.app.state
    telephone.give_to_a_speaker(state.make_session, state.gateway, interviewer.id, lect=body.lect, now=now)


@router.post("/appointments", status_code=204)
def book(body: AppointmentIn, interviewer: Interviewer, *, session: WriteSession, now: Now) -> None:
    """Book an appointment for the case on the screen."""
    desk.book(
        session,
        interviewer.id,
        kind=body.kind,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        lect=body.lect,
        with_me=body.with_me,
        note=body.note,
        now=now,
    )


@router.post("/outcome", status_code=204)
def code(body: OutcomeIn, request: Request, *, interviewer: Interviewer, session: WriteSession, now: Now) -> None:
    """Code what came of the call; the desk is ready for the next case."""
    vault = request.app.state.vault
    desk.code(
        session,
        interviewer.id,
        code=body.code,
        lect=body.lect,
        note=body.note,
        wish=body.wish,
        vault=vault,
        now=now,
    )
