"""Nothing that steers fieldwork reads an answer: other answers, the same queue."""

from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dialing.models import Attempt, Case
from app.dialing.score import DRAWS
from app.interviewing.models import AnswerEvent, Interview
from tests.callers import NANNING, NUMBERS
from tests.stage import Desk, Survey

Standing = tuple[str, int, str, int]


@pytest.fixture(autouse=True)
def cases(survey: Survey) -> None:
    survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS[:8]))


def work(desk: Desk, random: Random) -> None:
    """Break interviews off after a few answers that the random source chooses, with one outcome after the other."""
    for outcome in ("broke_off", "call_later", "refused_soft", "broke_off"):
        desk.reach()
        shown = desk.post("interview", {"lect": "cmn-x-putonghu"})
        for _ in range(4):
            question = shown["question"]
            choices = [choice["code"] for choice in question["wording"]["choices"] if not choice["reserved"]]
            codes = (random.choice(choices),) if choices and question["name"] not in SCREENER else ()
            shown = desk.answer(question, codes=codes)
        desk.post("hang-up")
        desk.post("outcome", {"code": outcome})


SCREENER = frozenset({"residence", "age", "adult"})


def standing_of(session: Session, case_ids: set[int]) -> list[Standing]:
    """Where the cases stand in the queue, in the order they were called; the seeded draw is each case's own."""
    called = select(Case).join(Attempt).where(Case.id.in_(case_ids)).order_by(Attempt.id)
    return [(c.state, c.priority // DRAWS, c.due_at.isoformat(), c.pool_id) for c in session.scalars(called)]


def answers_of(session: Session, case_ids: set[int]) -> list[list[object]]:
    given = select(AnswerEvent.value).join(Interview).where(Interview.case_id.in_(case_ids)).order_by(AnswerEvent.id)
    return list(session.scalars(given))


def called(session: Session) -> set[int]:
    return set(session.scalars(select(Attempt.case_id)))


@pytest.mark.parametrize("seed", range(3))
def test_other_answers_leave_the_queue_as_it_is(desk: Desk, session: Session, *, seed: int) -> None:
    work(desk, Random(seed))  # noqa: S311  play, not secrets
    first = called(session)
    work(desk, Random(seed + 100))  # noqa: S311
    second = called(session) - first
    assert answers_of(session, first) != answers_of(session, second)
    assert standing_of(session, first) == standing_of(session, second)
