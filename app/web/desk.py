"""The interviewer's console: one region; every key is one POST that answers with the desk as it now stands."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import ConflictError, XiangyinError
from app.core.turns import Router
from app.dialing.domain import FactKind
from app.interviewing import desk, questions
from app.interviewing.pacing import dial_when_due
from app.interviewing.view import desk_of
from app.staffing.domain import BreakReason
from app.web.desk_answer import NOTHING_TO_RATE, answer_and_show, show_ahead
from app.web.desk_forms import AnswerForm, OutcomeForm
from app.web.desk_page import act_and_show, call_and_show, show
from app.web.voice import speak
from app.web.when import read_time

NO_SUCH_APPOINTMENT: Final = "You do not hold a case. Take the next one."

router = Router(prefix="/desk", include_in_schema=False)
Interviewer = Annotated[Principal, require(Permission.TAKE_CASE)]
Text = Annotated[str, Form()]


@router.get("")
def show_desk(*, request: Request, session: ReadSession, interviewer: Interviewer, now: Now) -> Response:
    """Show the desk as it stands."""
    return show(request, session, interviewer, now=now)


@router.post("/ready")
def go_ready(
    *,
    request: Request,
    session: WriteSession,
    interviewer: Interviewer,
    now: Now,
    campaign_id: Annotated[int, Form()] = 0,
) -> Response:
    """Sit down, and take the first case at once."""

    def act() -> None:
        chosen = campaign_id or desk_of(session, interviewer.id, now=now).campaign_id
        if not chosen or not interviewer.may(Permission.TAKE_CASE, chosen):
            raise ConflictError("Choose a campaign of yours.")
        desk.go_ready(session, interviewer.id, chosen, now=now)

    return act_and_show(request, session, interviewer, act=act, then_next=True, now=now)


@router.post("/break")
def take_break(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now,
    reason: Annotated[BreakReason, Form()] = BreakReason.REST,
) -> Response:  # fmt: skip
    """Leave the desk for a while, or say why."""
    return act_and_show(
        request,
        session,
        interviewer,
        act=lambda: desk.take_break(session, interviewer.id, reason=reason, now=now),
        now=now,
    )


@router.post("/off")
def go_off(*, request: Request, session: WriteSession, interviewer: Interviewer, now: Now) -> Response:
    """End the shift."""
    return act_and_show(
        request, session, interviewer, act=lambda: desk.go_off(session, interviewer.id, now=now), now=now
    )


@router.post("/next")
def next_case(*, request: Request, session: WriteSession, interviewer: Interviewer, now: Now) -> Response:
    """Ask for the next case; where there is none, the screen says what holds the cases back."""
    return act_and_show(request, session, interviewer, act=lambda: None, then_next=True, now=now)


@router.post("/release")
def give_back(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, why: Text = ""
) -> Response:  # fmt: skip
    """Return the case undialled."""
    return act_and_show(
        request,
        session,
        interviewer,
        act=lambda: desk.give_case_back(session, interviewer.id, why=why, now=now),
        now=now,
    )


@router.post("/pace")
def keep_pace(*, request: Request, interviewer: Interviewer, now: Now) -> Response:
    """Dial if the time of the case on the screen has come; the page asks when it thinks so."""
    state = request.app.state
    dial = partial(desk.dial, state.make_session, state.gateway, interviewer.id, vault=state.vault, now=now)

    def act() -> None:
        dial_when_due(state.make_session, state.gateway, interviewer.id, dial=dial, now=now)

    return call_and_show(request, interviewer, act, now=now)


@router.post("/dial")
def dial(*, request: Request, interviewer: Interviewer, now: Now) -> Response:
    """Dial; no transaction is open while the network is asked."""
    state = request.app.state
    return call_and_show(
        request,
        interviewer,
        lambda: desk.dial(state.make_session, state.gateway, interviewer.id, vault=state.vault, now=now),
        now=now,
    )


@router.post("/hang-up")
def hang_up(*, request: Request, interviewer: Interviewer, now: Now) -> Response:
    """End the call."""
    state = request.app.state
    return call_and_show(
        request, interviewer, lambda: desk.hang_up(state.make_session, state.gateway, interviewer.id, now=now), now=now
    )


@router.post("/language")
def state_language(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, lect: Text = "", kind: Text = ""
) -> Response:
    """Note what the respondent said they speak, or what the interviewer hears."""

    def act() -> None:
        if kind not in set(FactKind):
            raise ConflictError("A lect is declared by the respondent or observed by you.")
        desk.state_lect(session, interviewer.id, kind=FactKind(kind), lect=lect, now=now)

    return act_and_show(request, session, interviewer, act=act, now=now)


@router.post("/begin")
def begin(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, lect: Text = ""
) -> Response:  # fmt: skip
    """Begin the interview, resume it, or go on in another lect."""
    return act_and_show(
        request, session, interviewer, act=lambda: questions.begin(session, interviewer.id, lect=lect, now=now), now=now
    )


@router.post("/answer")
def answer(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now,
    form: Annotated[AnswerForm, Form()],
) -> Response:  # fmt: skip
    """Save one answer and show the next question."""
    sent = form.read(now=now)

    return answer_and_show(
        request,
        session,
        interviewer,
        act=lambda: questions.answer(session, interviewer.id, sent=sent, now=now),
        unrated=form.unrated,
        now=now,
    )


@router.post("/ahead")
def look_ahead(
    *, request: Request, session: ReadSession, interviewer: Interviewer, now: Now,
    form: Annotated[AnswerForm, Form()],
) -> Response:  # fmt: skip
    """Draw what the answers would lead to that can be given now; nothing is saved."""
    sent = form.read(now=now)
    return show_ahead(request, session, interviewer, sent=sent, unrated=form.unrated or NOTHING_TO_RATE)


@router.post("/back")
def go_back(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now, to: Text = ""
) -> Response:  # fmt: skip
    """Show the question before this one, or the one named."""
    return act_and_show(
        request, session, interviewer, act=lambda: questions.go_back(session, interviewer.id, to=to or None), now=now
    )


@router.post("/say")
def say(*, request: Request, session: ReadSession, interviewer: Interviewer, now: Now, lect: Text = "") -> Response:
    """Read what stands on the screen to an emulated respondent, and show what they answer."""
    view, failure = desk_of(session, interviewer.id, now=now), None
    try:
        speak(request, view, lect, now=now)
    except XiangyinError as error:
        failure = error
    return show(request, session, interviewer, error=failure, greeted_in=lect, now=now)


@router.post("/appointment")
def book(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now,
    when: Text = "", lect: Text = "", note: Text = "", with_me: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Book the time that was typed."""

    def act() -> None:
        _book(session, interviewer, OutcomeForm(when=when, lect=lect, note=note, with_me=with_me), now=now)

    return act_and_show(request, session, interviewer, act=act, now=now)


@router.post("/outcome")
def code_outcome(
    *, request: Request, session: WriteSession, interviewer: Interviewer, now: Now,
    form: Annotated[OutcomeForm, Form()],
) -> Response:  # fmt: skip
    """Code what came of the call, and go on to the next case or to a break."""
    vault = request.app.state.vault

    def act() -> None:
        if form.when.strip():
            _book(session, interviewer, form, now=now)
        desk.code(
            session, interviewer.id, code=form.code, lect=form.lect or None, note=form.note or None, wish=form.wish,
            vault=vault, now=now,
        )  # fmt: skip
        if form.then == "break":
            desk.take_break(session, interviewer.id, now=now)

    return act_and_show(request, session, interviewer, act=act, then_next=form.then != "break", now=now)


def _book(session: Session, interviewer: Principal, form: OutcomeForm, *, now: datetime) -> None:
    case = desk_of(session, interviewer.id, now=now).case
    if case is None:
        raise ConflictError(NO_SUCH_APPOINTMENT)
    agreed = read_time(form.when, time_zone=case.time_zone, now=now)
    desk.book(
        session, interviewer.id, kind=agreed.kind, starts_at=agreed.starts_at, ends_at=agreed.ends_at,
        lect=form.lect or None, with_me=form.with_me, note=form.note or None, now=now,
    )  # fmt: skip
