"""The interviewer's own telephone at the desk: without it nobody is dialled, and with it calls are held and moved."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.dialing.trace import steps_of
from app.telephony.gateway import GatewayError
from app.telephony.lines import LineState, line_of, note_line_report, redeem_ticket
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, Survey


def connect(desk: Desk, session: Session, call_id: str) -> None:
    """Call in as the browser does, and come to the room."""
    ticket = desk.post("line")["ticket"]
    assert redeem_ticket(session, ticket, call_id, now=desk.clock()) is not None
    note_line_report(session, call_id, call_id=call_id, event="joined", fields={}, now=desk.clock())


@pytest.fixture(autouse=True)
def cases(survey: Survey) -> None:
    survey.add_numbers(("13977112345", "450100", ""), ("13977112346", "450100", ""))


@pytest.fixture
def with_lines(network: ScriptedNetwork) -> ScriptedNetwork:
    network.needs_line = True
    return network


def test_nobody_is_dialled_before_the_telephone_is_connected(
    desk: Desk, with_lines: ScriptedNetwork, session: Session
) -> None:
    desk.post("next-case")
    assert "nobody would hear you" in desk.post("dial", refused=409)["detail"]
    assert with_lines.placed == []
    connect(desk, session, "CA1")
    attempt_id = desk.post("dial")["attempt_id"]
    assert (with_lines.placed, desk.show()["line"]) == ([attempt_id], LineState.OPEN)


def test_a_new_line_ends_the_one_before(desk: Desk, network: ScriptedNetwork, session: Session) -> None:
    connect(desk, session, "CA1")
    connect(desk, session, "CA2")
    assert (network.closed_lines, desk.show()["line"]) == (["CA1"], LineState.OPEN)


def test_leaving_ends_the_line(desk: Desk, network: ScriptedNetwork, session: Session, ana: Person) -> None:
    connect(desk, session, "CA1")
    assert desk.client.delete("/api/v1/desk/line").status_code == 204
    line = line_of(session, ana.id)
    assert line is not None
    assert (network.closed_lines, line.state) == (["CA1"], LineState.CLOSED)


def test_who_is_on_the_line_is_held_and_hears_keys(desk: Desk, network: ScriptedNetwork) -> None:
    attempt_id = desk.reach()
    desk.post("hold", {"is_held": True})
    assert network.held == [attempt_id]
    desk.post("hold", {"is_held": False})
    desk.post("keys", {"keys": "12#"})
    assert (network.held, network.pressed) == ([], [(attempt_id, "12#")])


@pytest.mark.parametrize("keys", ["", "abc", "1 2", "1" * 33, "１２"])
def test_keys_that_no_telephone_has_are_refused(desk: Desk, network: ScriptedNetwork, keys: str) -> None:
    desk.reach()
    desk.post("keys", {"keys": keys}, refused=422)
    assert network.pressed == []


def test_nobody_is_held_before_they_answer(desk: Desk) -> None:
    desk.post("next-case")
    desk.post("dial")
    desk.post("hold", {"is_held": True}, refused=409)


def test_the_respondent_comes_along_to_the_room_of_whoever_takes_over(
    desk: Desk, bao_desk: Desk, network: ScriptedNetwork, bao: Person
) -> None:
    attempt_id = desk.reach()
    desk.post("hand-over", {"lect": "za"})
    assert network.moved == [(attempt_id, f"interviewer-{bao.id}")]


def test_a_respondent_who_cannot_be_brought_along_stays_with_the_giver(
    desk: Desk, bao_desk: Desk, network: ScriptedNetwork, survey: Survey, ana: Person
) -> None:
    network.moves_not = GatewayError("The room does not answer.", permanent=False)
    desk.reach()
    desk.post("hand-over", {"lect": "za"}, refused=502)
    assert (desk.show()["state"], bao_desk.show()["state"]) == ("talking", "ready")
    [case] = [case for case in survey.cases() if case.state == "held"]
    assert case.holder_id == ana.id
    assert [step.kind for step in steps_of(survey.session, case.id)][-2:] == ["handed_over", "handed_back"]


def test_where_nobody_knows_the_room_the_call_stays_with_the_receiver(
    desk: Desk, bao_desk: Desk, network: ScriptedNetwork
) -> None:
    network.moves_not = GatewayError("No answer.", permanent=False, is_uncertain=True)
    desk.reach()
    desk.post("hand-over", {"lect": "za"}, refused=502)
    assert (desk.show()["state"], bao_desk.show()["state"]) == ("ready", "talking")


def test_a_call_is_not_handed_to_somebody_whom_the_respondent_would_not_hear(
    desk: Desk, bao_desk: Desk, with_lines: ScriptedNetwork, session: Session
) -> None:
    connect(desk, session, "CA1")
    desk.reach()
    desk.post("hand-over", {"lect": "za"}, refused=409)
    connect(bao_desk, session, "CA2")
    desk.post("hand-over", {"lect": "za"})
    assert bao_desk.show()["state"] == "talking"
