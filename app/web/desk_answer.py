"""Show what an answer changed, or would change: the next question alone, where all around it stays as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlencode

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.domain import Principal
from app.core.errors import XiangyinError
from app.interviewing.ahead import Ahead, screens_ahead
from app.interviewing.answers import SentAnswer
from app.interviewing.interviews import Sitting
from app.interviewing.next_screen import NextScreen, next_screen
from app.questionnaires.answers import RawAnswer
from app.web.desk_page import show
from app.web.desk_screen import Screen, shown_question
from app.web.pages import render, wants_fragment
from app.web.voice import CaptionLine

# Which question the reply is, and nothing besides: the page puts it in place of the last one, or has it there already.
QUESTION_ALONE: Final = "X-Question-Alone"
NOTHING_TO_RATE: Final = "-"


def answer_and_show(
    request: Request, session: Session, interviewer: Principal, *, act: Callable[[], Sitting],
    unrated: str | None, now: datetime,
) -> Response:  # fmt: skip
    """Save an answer whole or not at all, then draw what it changed.

    `unrated` is the section whose rating the screen asks for; where that changes, the rating is drawn as well. None
    stands for a screen that may be old: the whole desk is drawn.
    """
    try:
        with session.begin_nested():
            sitting = act()
    except XiangyinError as error:
        return show(request, session, interviewer, error=error, now=now)
    following = next_screen(session, sitting) if wants_fragment(request) else None
    if following is None or unrated is None:
        return show(request, session, interviewer, now=now)
    return _question_alone(request, interviewer, following, unrated=unrated)


def show_ahead(
    request: Request, session: Session, interviewer: Principal, *, sent: SentAnswer, unrated: str
) -> Response:  # fmt: skip
    """Draw what would be shown once an answer is saved: for the one that is given, else for each that a key gives.

    Where nothing can be said ahead the reply is empty: the page waits for the answer itself.
    """
    try:
        aheads = screens_ahead(session, interviewer.id, sent=sent)
    except XiangyinError:
        aheads = []
    if not aheads:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    drawn = [_Drawn.of(ahead.screen, unrated=unrated, answers=_answers(ahead, sent)) for ahead in aheads]
    return render(request, "desk_ahead.html", person=interviewer, aheads=drawn, **_surroundings(request))


def _answers(ahead: Ahead, sent: SentAnswer) -> str:
    return " ".join(_as_query(raw) for raw in ahead.answers if raw != sent.raw)


def _as_query(raw: RawAnswer) -> str:
    return urlencode([*(("code", code) for code in raw.codes), ("status", raw.status)])


@dataclass(frozen=True)
class _Drawn:
    """The middle of the desk; where the rating asked for changes, it comes along."""

    desk: NextScreen
    screen: Screen
    with_rating: bool
    answers: str = ""  # what leads here, each as what changes in the form; empty for what stands in it

    @classmethod
    def of(cls, following: NextScreen, *, unrated: str, answers: str = "") -> Self:
        asked = following.unrated[0].name if following.unrated else NOTHING_TO_RATE
        screen = Screen("question", shown_question(following.question), (), {})
        return cls(following, screen, asked != unrated, answers)


def _question_alone(request: Request, interviewer: Principal, following: NextScreen, *, unrated: str) -> Response:
    drawn = _Drawn.of(following, unrated=unrated)
    reply = render(
        request,
        "desk.html",
        person=interviewer,
        fragment="work",
        desk=drawn.desk,
        screen=drawn.screen,
        with_rating=drawn.with_rating,
        **_surroundings(request),
    )
    reply.headers[QUESTION_ALONE] = following.fingerprint
    return reply


def _surroundings(request: Request) -> dict[str, Any]:
    state = request.app.state
    captions: list[CaptionLine] | None = None if state.exchange is None else []
    return {"captions": captions, "is_by_hand": state.gateway.is_by_hand, "is_unclear": False}
