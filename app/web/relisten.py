"""The listener's pages: what waits, and one interview to be coded anew without a word of how it was coded before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Form, Header, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.ranges import range_reply
from app.core.turns import Router
from app.dialing.naming import Names
from app.quality import hearing, queue
from app.quality.hearing import Heard, HeardStatus, InterviewToHear, QuestionToHear, RatingKind
from app.quality.models import RelistenItem
from app.quality.offers import campaigns_to_hear, offer_of
from app.web.desk_screen import KeyedChoice, entry_of, keyed_choices
from app.web.pages import language_for, leave, render, show_error

LETTERS: Final = {HeardStatus.DONT_KNOW: "D", HeardStatus.REFUSED: "R"}

router = Router(include_in_schema=False)
HERE: Final = "/campaigns/{campaign_id:int}/relisten"
Listener = Annotated[Principal, require(Permission.LISTEN_AGAIN)]


class AnswerForm(BaseModel):
    """What was heard `about` a question: codes where it has choices, else a text."""

    about: str = Field("", max_length=200)
    code: list[str] = Field([], max_length=200)
    text: str = Field("", max_length=5_000)
    status: HeardStatus = HeardStatus.ANSWERED


class RatingForm(BaseModel):
    """One saying about the whole; `about` is the question on the screen meanwhile."""

    kind: RatingKind
    value: str = Field("", max_length=100)
    about: str = Field("", max_length=200)


@dataclass(frozen=True)
class Coding:
    """How a question is coded: its `entry` as at the desk, its choices with their keys, and what stands there."""

    entry: str
    choices: tuple[KeyedChoice, ...]
    text: str


@router.get("/relisten")
def show_campaigns(*, request: Request, session: ReadSession, principal: Listener) -> Response:
    """List the campaigns in which this person listens, with how much waits for them."""
    rows = campaigns_to_hear(session, principal)
    return render(request, "relisten.html", person=principal, rows=rows)


@router.get(HERE)
def show_queue(*, request: Request, session: ReadSession, principal: Listener, campaign_id: int) -> Response:
    """Show how much of one campaign waits for this person."""
    campaign = get_campaign(session, campaign_id)
    return render(request, "relisten.html", person=principal, rows=[offer_of(session, campaign, principal.id)])


@router.post(HERE + "/take")
def take(*, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int) -> Response:
    """Take the next one, or go on with the one that is held."""
    item = queue.take_item(session, get_campaign(session, campaign_id).id, principal.id, now=now)
    return leave(request, f"/campaigns/{campaign_id}/relisten" + (f"/{item.id}" if item else ""))


@router.get(HERE + "/{item_id:int}")
def show_item(
    *, request: Request, session: ReadSession, principal: Listener, campaign_id: int, item_id: int,
    question: str | None = None,
) -> Response:  # fmt: skip
    """Show one interview at a question, or at the first that is not coded."""
    item = queue.find_own(session, campaign_id, item_id, listener_id=principal.id)
    return _page(request, session, principal, item=item, at=question)


@router.post(HERE + "/{item_id:int}/answers")
def code(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int,
    form: Annotated[AnswerForm, Form()],
) -> Response:  # fmt: skip
    """Keep what was heard, and show the next question."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=principal.id)
    heard = Heard(form.status, tuple(form.code), form.text)
    return _act(
        request, session, principal, item=item, about=form.about,
        act=lambda: hearing.code_answer(session, item, form.about, heard=heard, now=now),
    )  # fmt: skip


@router.post(HERE + "/{item_id:int}/ratings")
def rate(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int,
    form: Annotated[RatingForm, Form()],
) -> Response:  # fmt: skip
    """Keep one saying about the whole; the question on the screen stays."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=principal.id)
    return _act(
        request, session, principal, item=item, about=form.about, moves_on=False,
        act=lambda: hearing.rate(session, item, form.kind, value=form.value, now=now),
    )  # fmt: skip


@router.post(HERE + "/{item_id:int}/finish")
def finish(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int
) -> Response:
    """End the listening and go back to the queue."""
    item = queue.own_item(session, campaign_id, item_id, listener_id=principal.id)
    try:
        with session.begin_nested():
            hearing.finish(session, item, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, item=item, error=error)
    return leave(request, f"/campaigns/{campaign_id}/relisten")


@router.post(HERE + "/{item_id:int}/put-back")
def put_back(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int
) -> Response:
    """Give it back to the queue."""
    return _end(request, session, principal, end=queue.put_back, item=(campaign_id, item_id), now=now)


@router.post(HERE + "/{item_id:int}/give-up")
def give_up(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int,
    confirmed: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Note that the recording cannot be understood, which is final and so wants to be confirmed."""
    if not confirmed:
        item = queue.own_item(session, campaign_id, item_id, listener_id=principal.id)
        fault = Fault("confirmed", "Tick the box to say that you mean it.")
        return _page(request, session, principal, item=item, error=InvalidInputError(hearing.UNUSABLE, (fault,)))
    return _end(request, session, principal, end=queue.give_up, item=(campaign_id, item_id), now=now)


@router.get(HERE + "/{item_id:int}/sounds/{place:int}")
def listen(
    *, request: Request, session: WriteSession, principal: Listener, now: Now, campaign_id: int, item_id: int,
    place: int, byte_range: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:  # fmt: skip
    """Let the player have a recording, whole or in parts."""
    item = queue.find_own(session, campaign_id, item_id, listener_id=principal.id)
    sealed = queue.open_sound(session, request.app.state.shelf, item, place=place, actor=principal.actor, now=now)
    return range_reply(sealed.read, sealed.size, byte_range, media_type="audio/wav")


def _end(
    request: Request, session: Session, principal: Principal, *, end: Callable[..., None], item: tuple[int, int],
    now: datetime,
) -> Response:  # fmt: skip
    campaign_id, item_id = item
    end(session, queue.own_item(session, campaign_id, item_id, listener_id=principal.id), now=now)
    return leave(request, f"/campaigns/{campaign_id}/relisten")


def _act(
    request: Request, session: Session, principal: Principal, *, item: RelistenItem, about: str,
    act: Callable[[], None], moves_on: bool = True,
) -> Response:  # fmt: skip
    """Do one thing whole or not at all, then show the interview, with what went wrong if it did."""
    try:
        with session.begin_nested():
            act()
    except XiangyinError as error:
        return _page(request, session, principal, item=item, at=about, error=error)
    return _page(request, session, principal, item=item, at=None if moves_on else about, after=about)


def _page(
    request: Request, session: Session, principal: Principal, *, item: RelistenItem, at: str | None = None,
    after: str = "", error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    shown = hearing.interview_to_hear(session, item)
    campaign = session.get_one(Campaign, item.campaign_id)
    names = Names(session, campaign, rules_of(session, campaign))
    now_shown = _question(shown, at, after=after)
    return render(
        request, "relisten_item.html", person=principal, fragment="hearing", status=error.status if error else 200,
        campaign=campaign, item=shown, question=now_shown, coding=_coding(now_shown), ratings=hearing.RATINGS,
        lects=[names.lect(tag) for tag in shown.lects_to_choose], spoken=[names.lect(tag) for tag in shown.lects],
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip


def _question(shown: InterviewToHear, at: str | None, *, after: str) -> QuestionToHear | None:
    """Return the question to show: the one asked for, else the next that is not coded, from the beginning again."""
    asked_for = next((one for one in shown.questions if one.name == at), None)
    names = [one.name for one in shown.questions]
    start = names.index(after) + 1 if after in names else 0
    in_turn = (*shown.questions[start:], *shown.questions[:start])
    return asked_for or next((one for one in in_turn if one.heard is None), None)


def _coding(question: QuestionToHear | None) -> Coding | None:
    """Lay a question out as the desk does; D and R go by what its reserved codes mean."""
    if question is None:
        return None
    letters = {code: LETTERS[meaning] for code, meaning in question.reserved.items()}
    given = question.heard.values if question.heard else ()
    choices = keyed_choices(question.choices, given, letters=letters)
    return Coding(entry_of(question.kind, question.appearance), choices, " ".join(given))
