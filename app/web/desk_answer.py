"""Show what an answer changed: the next question alone, where all around it stays as it is."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.domain import Principal
from app.core.errors import XiangyinError
from app.interviewing.interviews import Sitting
from app.interviewing.next_screen import NextScreen, next_screen
from app.web.desk_page import show
from app.web.desk_screen import Screen, shown_question
from app.web.pages import render, wants_fragment

QUESTION_ALONE: Final = {"X-Question-Alone": "yes"}  # the page puts it in place of the last question itself
NOTHING_TO_RATE: Final = "-"


def answer_and_show(
    request: Request, session: Session, interviewer: Principal, *, act: Callable[[], Sitting],
    unrated: str | None, now: datetime,
) -> Response:  # fmt: skip
    """Save an answer whole or not at all, then draw what it changed.

    `unrated` is the section whose rating the screen asks for; where that changes, the marks are drawn as well. None
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
    return _question_alone(request, interviewer, following, with_marks=unrated != _rating_asked(following))


def _rating_asked(following: NextScreen) -> str:
    return following.unrated[0].name if following.unrated else NOTHING_TO_RATE


def _question_alone(
    request: Request, interviewer: Principal, following: NextScreen, *, with_marks: bool
) -> Response:  # fmt: skip
    state = request.app.state
    reply = render(
        request,
        "desk.html",
        person=interviewer,
        fragment="work",
        desk=following,
        screen=Screen("question", shown_question(following.question), (), {}),
        captions=None if state.exchange is None else [],
        is_by_hand=state.gateway.is_by_hand,
        is_unclear=False,
        with_marks=with_marks,
    )
    reply.headers.update(QUESTION_ALONE)
    return reply
