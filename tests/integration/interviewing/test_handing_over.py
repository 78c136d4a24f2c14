"""A respondent who asks for another lect in mid-call goes to somebody who speaks it and is free."""

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.facts import facts_of
from app.dialing.models import Case
from app.dialing.trace import steps_of
from tests.stage import Desk, Survey


def test_the_call_and_the_case_go_to_a_free_speaker(desk: Desk, bao_desk: Desk, bao: Person, survey: Survey) -> None:
    desk.reach()
    desk.post("hand-over", {"lect": "za"})
    assert (desk.show()["state"], desk.show()["case"]) == ("ready", None)
    shown = bao_desk.show()
    assert (shown["state"], shown["call"]["state"]) == ("talking", "talking")
    [case] = survey.cases()
    assert case.holder_id == bao.id


def test_whoever_takes_the_call_over_goes_on_with_the_interview(desk: Desk, bao_desk: Desk) -> None:
    desk.reach()
    first = desk.post("interview", {"lect": "cmn-x-putonghu"})["question"]
    desk.answer(first)
    desk.post("hand-over", {"lect": "za"})
    resumed = bao_desk.post("interview", {"lect": "za"})["question"]
    assert resumed["answered"] == 1


def test_with_nobody_free_the_call_stays_where_it_is(desk: Desk, bao_desk: Desk) -> None:
    bao_desk.post("break")
    desk.reach()
    refused = desk.post("hand-over", {"lect": "za"}, refused=409)
    assert "Book an appointment" in refused["detail"]
    assert desk.show()["state"] == "talking"


def test_before_anybody_answers_there_is_nothing_to_hand_over(desk: Desk, bao_desk: Desk) -> None:
    assert bao_desk.show()["state"] == "ready"
    desk.post("next-case")
    desk.post("hand-over", {"lect": "za"}, refused=409)


def test_the_hand_over_is_kept_with_what_the_respondent_said(desk: Desk, bao_desk: Desk, session: Session) -> None:
    desk.reach()
    desk.post("hand-over", {"lect": "za"})
    case = session.query(Case).one()
    assert facts_of(session, case.id)[-1].lect == "za"
    assert steps_of(session, case.id)[-1].kind == "handed_over"
    assert bao_desk.show()["case"]["match"] == "full"
