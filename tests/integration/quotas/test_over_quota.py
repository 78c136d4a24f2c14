"""An interview that lands in a full cell ends there; one that has its place is never in its own way."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.dialing.models import Case
from app.interviewing.ahead import screens_ahead
from app.interviewing.answers import SentAnswer
from app.interviewing.models import Interview
from app.languages.domain import PUTONGHUA
from app.questionnaires.answers import RawAnswer
from app.quotas.domain import SEAT_LASTS, Closing
from app.staffing.models import Presence
from tests.integration.quotas.conftest import (
    AT_NIGHT,
    CITY,
    FEELS_SAFE,
    LECT,
    LIVES_HERE,
    NANNING,
    PHONE,
    Seats,
    SetQuota,
    Shut,
    cell,
)
from tests.stage import Desk, Survey


@pytest.fixture(autouse=True)
def two_cases(survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"), ("13977112346", NANNING, "普通话"))


def until(desk: Desk, question: str, *, lect: str = PUTONGHUA) -> Any:
    """Begin and answer up to and with a question, always by the first choice; returns the last reply."""
    shown = desk.post("interview", {"lect": lect})
    while shown["question"] is not None:
        asked = shown["question"]["name"]
        shown = desk.answer(shown["question"])
        if asked == question:
            break
    return shown


def end(desk: Desk, code: str, *, refused: int | None = None) -> Any:
    desk.post("hang-up")
    desk.deliver()
    return desk.post("outcome", {"code": code}, refused=refused)


def test_the_answer_that_leads_into_a_full_cell_ends_the_interview(desk: Desk, quota: SetQuota) -> None:
    quota(cell("4501", "1", most=0), over=(CITY, LIVES_HERE))
    desk.reach()
    shown = until(desk, "residence")
    assert (shown["question"], shown["finished_as"]) == (None, "over_quota")
    reloaded = desk.show()
    assert (reloaded["question"], reloaded["finished_as"]) == (None, "over_quota")
    assert [o["code"] for o in reloaded["outcomes"] if o["is_suggested"]] == ["over_quota"]
    assert "complete" not in [o["code"] for o in reloaded["outcomes"]]


def test_nothing_is_said_ahead_of_an_answer_that_decides_about_a_place(
    desk: Desk, quota: SetQuota, session: Session
) -> None:
    quota(cell("1", most=0), over=(LIVES_HERE,))
    desk.reach()
    interview = desk.post("interview", {"lect": PUTONGHUA})
    while interview["question"]["name"] != "residence":
        interview = desk.answer(interview["question"])
    sequence = interview["question"]["next_sequence"]
    person_id = session.scalars(select(Presence.person_id).where(Presence.case_id.is_not(None))).one()
    raw = RawAnswer(codes=("1",))
    assert screens_ahead(session, person_id, sent=SentAnswer("residence", raw, sequence)) == []


def test_the_case_closes_over_quota(desk: Desk, quota: SetQuota, survey: Survey, session: Session) -> None:
    quota(cell("1", most=0), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    end(desk, "complete", refused=409)
    desk.post("outcome", {"code": "over_quota"})
    closed = session.scalars(select(Case).where(Case.outcome == "over_quota")).one()
    assert closed.state == "closed"
    assert session.scalars(select(Interview.state)).all() == ["broken_off"]


def test_nothing_further_is_asked_but_what_was_misheard_is_put_right(desk: Desk, quota: SetQuota) -> None:
    quota(cell("1", most=0), cell("0", most=1), over=(LIVES_HERE,))
    desk.reach()
    shown = until(desk, "residence")
    later = {"question": "age", "text": "40", "client_sequence": 2}
    desk.post("answers", later, refused=409)
    back = desk.post("back")
    assert back["question"]["name"] == "residence"
    shown = desk.answer(back["question"], codes=("0",))
    assert shown["finished_as"] != "over_quota"


def test_sending_the_last_answer_again_changes_nothing(desk: Desk, quota: SetQuota) -> None:
    quota(cell("1", most=0), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    again = desk.post("answers", {"question": "residence", "codes": ["1"], "client_sequence": 1})
    assert again["finished_as"] == "over_quota"


@pytest.mark.parametrize(("over", "key"), [(CITY, "4501"), (PHONE, "mobile"), (LECT, PUTONGHUA)])
def test_where_the_sample_and_the_lect_decide_no_question_is_asked(
    desk: Desk, quota: SetQuota, over: Any, *, key: str
) -> None:
    quota(cell(key, most=0), over=(over,))
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    assert (shown["question"], shown["finished_as"]) == (None, "over_quota")


def test_a_complete_interview_is_counted(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    quota(cell("4501", "1", most=1), over=(CITY, FEELS_SAFE))
    desk.reach()
    assert desk.interview(PUTONGHUA)["finished_as"] == "complete"
    assert seats.counts() == {"4501 1": (0, 1)}
    end(desk, "complete")
    assert seats.counts() == {"4501 1": (1, 0)}


def test_an_interview_that_ends_for_good_gives_its_place_back(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    end(desk, "partial")
    assert seats.counts() == {"1": (0, 0)}


def test_a_broken_off_interview_keeps_its_place_and_finds_it_again(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    end(desk, "broke_off")
    assert seats.counts() == {"1": (0, 1)}
    desk.reach()
    assert until(desk, "residence")["finished_as"] == "over_quota"


def resume(desk: Desk, session: Session) -> Any:
    """Reach the case of the first interview again, whatever else waits, and go on with it."""
    broken_off = session.scalars(select(Interview.case_id)).first()
    for case in session.scalars(select(Case)):
        case.state = "ready" if case.id == broken_off else "waiting"
        case.due_at = desk.clock()
    session.flush()
    desk.reach()
    return desk.post("interview", {"lect": PUTONGHUA})


def test_nobody_is_thrown_out_by_their_own_half(desk: Desk, quota: SetQuota, session: Session) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    end(desk, "broke_off")
    desk.clock.advance(timedelta(hours=1))
    assert resume(desk, session)["question"]["name"] == "age"


def test_who_comes_back_when_the_place_is_gone_ends_over_quota(
    desk: Desk, quota: SetQuota, session: Session, *, seats: Seats
) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    end(desk, "broke_off")
    late = desk.clock.advance(SEAT_LASTS)
    assert seats.take(99, at=late, answer__residence="1")
    assert resume(desk, session)["finished_as"] == "over_quota"


def test_a_cell_that_is_closed_meanwhile_lets_the_interview_finish(
    desk: Desk, quota: SetQuota, shut: Shut, *, seats: Seats
) -> None:
    quota(cell("1", most=9), over=(LIVES_HERE,))
    desk.reach()
    until(desk, "residence")
    shut(Closing.HARD)
    desk.interview(PUTONGHUA)
    end(desk, "complete")
    assert seats.counts() == {"1": (1, 0)}


def test_a_complete_that_would_overshoot_is_refused(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    desk.reach()
    desk.interview(PUTONGHUA)
    assert seats.take(99, at=desk.clock() + SEAT_LASTS, answer__residence="1")  # the call has lasted too long
    said = end(desk, "complete", refused=409)
    assert "The quota of this respondent is full" in said["detail"]
    desk.post("outcome", {"code": "over_quota"})
    assert seats.counts() == {"1": (0, 1)}


def statements(engine: Engine, desk: Desk, question: dict[str, Any]) -> int:
    """Count what one answer asks of the database, without the phrases that some of the next questions listen for."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    desk.answer(question)
    event.remove(engine, "before_cursor_execute", note)
    return len([text for text in seen if "SAVEPOINT" not in text and "lexicon_version" not in text])


def previous(desk: Desk) -> str:
    """Name the question that was answered last."""
    name: str = desk.post("back")["question"]["name"]
    return name


def test_an_answer_that_decides_no_seat_costs_no_statement_more(
    desk: Desk, quota: SetQuota, engine: Engine
) -> None:  # fmt: skip
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    free = statements(engine, desk, shown["question"])
    quota(cell("1", most=5), over=(AT_NIGHT,))
    changed, other, deciding = (statements(engine, desk, desk.show()["question"]) for _ in range(3))
    assert previous(desk) == AT_NIGHT.question
    assert free == other < changed
    assert other < deciding
