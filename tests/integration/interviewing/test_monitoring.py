"""A supervisor listens to an interviewer's call, coaches, breaks in, and is taken out when it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.audit.models import AuditEntry
from app.core.errors import ConflictError
from app.interviewing import monitoring
from app.interviewing.monitoring import note_leg
from app.interviewing.monitoring_watch import watch_over
from app.telephony.domain import CallEventKind, Ending
from app.telephony.gateway import GatewayError
from app.telephony.lines import note_line_report, redeem_ticket
from app.telephony.monitoring.domain import LEASE, LONGEST_CHANGE, MonitorEnding, MonitorMode
from app.telephony.monitoring.legs import redeem_monitor_ticket
from app.telephony.monitoring.models import Monitoring
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, SetClock, Survey

SECOND = timedelta(seconds=1)
MakePerson = Callable[[str], Person]


@dataclass
class Ear:
    """A supervisor, and the telephone of their page."""

    client: TestClient
    session: Session
    network: ScriptedNetwork
    clock: SetClock
    campaign_id: int
    interviewer_id: int

    def ask(
        self, method: str, path: str = "", body: dict[str, Any] | None = None, *, refused: int | None = None
    ) -> Any:
        reply = self.client.request(method, f"/api/v1/campaigns/{self.campaign_id}/monitoring{path}", json=body)
        assert reply.status_code == refused or (refused is None and reply.is_success), reply.text
        return reply.json() if reply.content else None

    def listen(self, call_id: str = "CA-sue", *, interviewer_id: int | None = None) -> str:
        given = self.ask("POST", body={"interviewer_id": interviewer_id or self.interviewer_id})
        assert redeem_monitor_ticket(self.session, given["ticket"], call_id, now=self.clock()) is not None
        self.tell(call_id, "joined")
        return call_id

    def tell(self, call_id: str, event: str) -> None:
        note_leg(self.session, call_id, event=event, conference_id="CF1", now=self.clock())

    def change(self, mode: MonitorMode, *, refused: int | None = None) -> Any:
        return self.ask("PUT", "/mine", {"mode": mode}, refused=refused)

    def watch(self, after: timedelta = timedelta(0)) -> int:
        app = self.client.app
        assert isinstance(app, FastAPI)
        return watch_over(app.state.make_session, self.network, now=self.clock.advance(after))

    def rows(self) -> list[Monitoring]:
        listed = select(Monitoring).order_by(Monitoring.id).execution_options(populate_existing=True)
        return list(self.session.scalars(listed))

    def endings(self) -> list[str | None]:
        return [row.ending for row in self.rows()]

    def acts(self) -> list[tuple[str, Any]]:
        entries = select(AuditEntry).where(AuditEntry.act.startswith("monitoring.")).order_by(AuditEntry.position)
        return [(entry.act.removeprefix("monitoring."), entry.details) for entry in self.session.scalars(entries)]


def browser_of(client: TestClient, login: str, password: str) -> TestClient:
    browser = TestClient(client.app, base_url=str(client.base_url))
    assert browser.post("/api/v1/sessions", json={"login": login, "password": password}).status_code == 201
    return browser


@pytest.fixture
def ear(
    survey: Survey, client: TestClient, session: Session, sue: Person, ana: Person, network: ScriptedNetwork,
    clock: SetClock, password: str,
) -> Ear:  # fmt: skip
    """Sue, who supervises."""
    browser = browser_of(client, "sue", password)
    return Ear(browser, session, network, clock, survey.campaign.id, ana.id)


def connect(desk: Desk, session: Session, call_id: str) -> str:
    """Let an interviewer's own telephone come to its room."""
    ticket = desk.post("line")["ticket"]
    assert redeem_ticket(session, ticket, call_id, now=desk.clock()) is not None
    note_line_report(session, call_id, call_id=call_id, event="joined", fields={}, now=desk.clock())
    return call_id


def test_whoever_listens_is_on_the_record_and_on_the_interviewers_screen(desk: Desk, ear: Ear, ana: Person) -> None:
    desk.reach()
    ear.listen()
    assert desk.show()["supervisors"] == [{"display_name": "Sue", "mode": "listening"}]
    assert ear.acts() == [("started", {"interviewer_id": ana.id, "mode": "listening"})]
    [card] = ear.ask("GET")
    assert (card["display_name"], card["interviewer_id"], card["has_joined"]) == ("Sue", ana.id, True)


def test_before_the_telephone_is_in_the_room_nobody_listens(desk: Desk, ear: Ear, ana: Person) -> None:
    desk.reach()
    ear.ask("POST", body={"interviewer_id": ana.id})
    assert (desk.show()["supervisors"], ear.acts()) == ([], [])
    ear.change(MonitorMode.BREAKING_IN, refused=409)


def test_every_change_of_mode_is_one_of_the_same_call_and_on_the_record(
    desk: Desk, ear: Ear, session: Session, network: ScriptedNetwork
) -> None:
    line = connect(desk, session, "CA-ana")
    desk.reach()
    leg = ear.listen()
    for mode in (MonitorMode.COACHING, MonitorMode.BREAKING_IN, MonitorMode.BREAKING_IN, MonitorMode.LISTENING):
        ear.change(mode)
    assert network.modes[:2] == [(leg, MonitorMode.COACHING, line), (leg, MonitorMode.BREAKING_IN, line)]
    changes = [(details["from"], details["mode"]) for act, details in ear.acts() if act == "changed"]
    assert changes == [("listening", "coaching"), ("coaching", "breaking_in"), ("breaking_in", "listening")]


def test_stopping_ends_the_supervisors_call_and_says_how_long_it_was(
    desk: Desk, ear: Ear, network: ScriptedNetwork, clock: SetClock
) -> None:
    desk.reach()
    leg = ear.listen()
    clock.advance(12 * SECOND)
    for _ in range(2):
        ear.ask("DELETE", "/mine")
    assert (network.stopped, ear.acts()[-1][0]) == ([leg], "ended")
    assert (ear.acts()[-1][1]["ending"], ear.acts()[-1][1]["seconds"]) == ("stopped", 12)
    assert desk.show()["supervisors"] == []


def test_it_ends_with_the_call(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    leg = ear.listen()
    assert ear.watch() == 0
    desk.post("hang-up")
    desk.deliver()
    ear.watch()
    assert (network.stopped, ear.endings()) == ([leg], [MonitorEnding.CALL_OVER])
    assert ear.watch() == 0


def test_it_ends_when_the_respondent_hangs_up(desk: Desk, ear: Ear, clock: SetClock) -> None:
    attempt = desk.reach()
    ear.listen()
    desk.network.let(attempt, CallEventKind.ENDED, at=clock(), ending=Ending.HUNG_UP_BY_RESPONDENT)
    desk.deliver()
    ear.watch()
    assert ear.endings() == [MonitorEnding.CALL_OVER]


def test_it_ends_when_the_call_is_handed_over(desk: Desk, bao_desk: Desk, ear: Ear) -> None:
    desk.reach()
    ear.listen()
    desk.post("hand-over", {"lect": "za"})
    ear.watch()
    assert ear.endings() == [MonitorEnding.HANDED_OVER]


def test_a_page_that_falls_silent_is_taken_out(desk: Desk, ear: Ear, clock: SetClock) -> None:
    desk.reach()
    ear.listen()
    clock.advance(LEASE - SECOND)
    ear.ask("POST", "/mine/beat")
    assert (ear.watch(LEASE), ear.endings()) == (0, [None])
    ear.watch(SECOND)
    assert ear.endings() == [MonitorEnding.PAGE_GONE]
    ear.ask("POST", "/mine/beat", refused=409)


def test_a_telephone_that_breaks_off_leaves(desk: Desk, ear: Ear) -> None:
    desk.reach()
    leg = ear.listen()
    ear.tell(leg, "left")
    assert (ear.endings(), desk.show()["supervisors"]) == ([MonitorEnding.LOST], [])
    ear.tell(leg, "joined")  # a report that comes late
    assert ear.ask("GET") == []


def test_the_interviewers_screen_hears_when_nobody_can_be_heard_any_more(
    desk: Desk, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.reach()
    ear.listen()
    ear.change(MonitorMode.BREAKING_IN)
    heard = []

    def note(session: Session, *_topics: str) -> None:
        session.flush()
        heard.append(session.query(Monitoring).where(Monitoring.left_at.is_(None)).count())

    monkeypatch.setattr(monitoring, "announce", note)
    ear.ask("DELETE", "/mine")
    assert heard == [1, 0]


def test_a_telephone_that_never_comes_is_given_up(desk: Desk, ear: Ear, ana: Person) -> None:
    desk.reach()
    ear.ask("POST", body={"interviewer_id": ana.id})
    for _ in range(3):
        ear.clock.advance(LEASE - SECOND)
        ear.ask("POST", "/mine/beat")
    ear.clock.advance(LEASE - SECOND)
    ear.ask("POST", "/mine/beat", refused=409)
    ear.watch()
    assert (ear.endings(), ear.acts()) == ([MonitorEnding.NEVER_CAME], [])


def test_nobody_comes_to_a_room_after_it_has_ended(desk: Desk, ear: Ear, ana: Person, session: Session) -> None:
    desk.reach()
    ticket = ear.ask("POST", body={"interviewer_id": ana.id})["ticket"]
    ear.ask("DELETE", "/mine")
    assert redeem_monitor_ticket(session, ticket, "CA-sue", now=ear.clock()) is None


def test_whoever_turns_to_another_call_leaves_the_first(
    desk: Desk, bao_desk: Desk, ear: Ear, survey: Survey, bao: Person, network: ScriptedNetwork
) -> None:
    survey.add_numbers(("13977112346", "450100", "普通话"))
    desk.reach()
    bao_desk.reach()
    first = ear.listen("CA-first")
    ear.listen("CA-second", interviewer_id=bao.id)
    assert (network.stopped, ear.endings()) == ([first], [MonitorEnding.TURNED_AWAY, None])
    assert (desk.show()["supervisors"], len(bao_desk.show()["supervisors"])) == ([], 1)


def test_several_supervisors_may_be_in_one_call(
    desk: Desk, ear: Ear, client: TestClient, make_person: MakePerson, survey: Survey, password: str
) -> None:
    grant_role(ear.session, make_person("ben"), Role.SUPERVISOR, campaign_id=survey.campaign.id, now=survey.now)
    desk.reach()
    ear.listen()
    ear.client = browser_of(client, "ben", password)
    ear.listen("CA-ben")
    assert [one["display_name"] for one in desk.show()["supervisors"]] == ["Sue", "Ben"]


def test_the_rules_forbid_it_before_and_during_a_call(desk: Desk, ear: Ear, survey: Survey, ana: Person) -> None:
    desk.reach()
    ear.listen()
    survey.change_rules(monitoring={"mode": "off"})
    ear.watch()
    assert ear.endings() == [MonitorEnding.FORBIDDEN]
    refusal = ear.ask("POST", body={"interviewer_id": ana.id}, refused=409)
    assert "rules of this campaign forbid" in refusal["detail"]


def test_who_only_listens_is_hidden_where_the_rules_say_so_and_who_is_heard_is_not(
    desk: Desk, ear: Ear, survey: Survey
) -> None:
    survey.change_rules(monitoring={"is_shown": False})
    desk.reach()
    ear.listen()
    assert desk.show()["supervisors"] == []
    ear.change(MonitorMode.BREAKING_IN)
    assert [one["mode"] for one in desk.show()["supervisors"]] == ["breaking_in"]


def test_nobody_listens_where_nobody_is_on_the_line(desk: Desk, ear: Ear, ana: Person, bao: Person) -> None:
    desk.post("next-case")
    for person in (ana, bao):
        refusal = ear.ask("POST", body={"interviewer_id": person.id}, refused=409)
        assert "nobody on the line" in refusal["detail"]


def test_only_supervisors_of_the_campaign_listen(
    desk: Desk, ear: Ear, client: TestClient, ana: Person, zoe: Person, password: str
) -> None:
    desk.reach()
    for login, status in (("ana", 403), ("zoe", 404)):
        ear.client = browser_of(client, login, password)
        ear.ask("POST", body={"interviewer_id": ana.id}, refused=status)
    assert ear.rows() == []


def test_a_network_that_refuses_leaves_nobody_in_the_call(
    desk: Desk, ear: Ear, network: ScriptedNetwork, ana: Person
) -> None:
    desk.reach()
    network.listens_not = GatewayError("It cannot be done here.", permanent=True)
    ear.ask("POST", body={"interviewer_id": ana.id}, refused=502)
    assert (ear.endings(), ear.ask("GET")) == ([MonitorEnding.REFUSED], [])


def test_a_refused_change_leaves_everything_as_it_was(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    ear.listen()
    network.listens_not = GatewayError("Not now.", permanent=False)
    ear.change(MonitorMode.BREAKING_IN, refused=502)
    assert [(row.mode, row.ending) for row in ear.rows()] == [("listening", None)]


def test_where_nobody_knows_who_is_heard_the_supervisor_leaves(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    leg = ear.listen()
    network.listens_not = GatewayError("No answer.", permanent=False, is_uncertain=True)
    ear.change(MonitorMode.BREAKING_IN, refused=502)
    assert (ear.endings(), network.stopped) == ([MonitorEnding.REFUSED], [])
    network.listens_not = None
    ear.watch()  # what could not be ended at once is ended as soon as it can be
    assert network.stopped == [leg]


def test_a_change_that_was_never_answered_ends_it(desk: Desk, ear: Ear, session: Session) -> None:
    desk.reach()
    leg = ear.listen()
    [row] = ear.rows()
    row.changing_since = ear.clock()  # whoever asked the network for it has died since
    session.flush()
    assert "under way" in ear.change(MonitorMode.BREAKING_IN, refused=409)["detail"]
    ear.clock.advance(LONGEST_CHANGE - SECOND)
    ear.ask("POST", "/mine/beat")
    assert (ear.watch(SECOND), ear.watch(SECOND)) == (0, 1)
    assert (ear.endings(), ear.network.stopped) == ([MonitorEnding.REFUSED], [leg])


def test_after_a_refused_change_another_can_be_made(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    ear.listen()
    network.listens_not = GatewayError("Not now.", permanent=False)
    ear.change(MonitorMode.BREAKING_IN, refused=502)
    network.listens_not = None
    ear.change(MonitorMode.BREAKING_IN)
    assert [row.mode for row in ear.rows()] == ["breaking_in"]


def test_whoever_is_no_longer_in_the_room_is_not_in_the_call(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    ear.listen()
    network.listens_not = ConflictError("You are no longer in this call. Listen to it again.")
    ear.change(MonitorMode.BREAKING_IN, refused=409)
    assert ear.endings() == [MonitorEnding.LOST]


def test_whoever_may_still_be_heard_is_still_shown(desk: Desk, ear: Ear, network: ScriptedNetwork) -> None:
    desk.reach()
    ear.listen()
    ear.change(MonitorMode.BREAKING_IN)
    network.listens_not = GatewayError("No answer.", permanent=False)
    ear.ask("DELETE", "/mine")
    shown = [{"display_name": "Sue", "mode": "breaking_in"}]
    assert (ear.endings(), desk.show()["supervisors"], len(ear.ask("GET"))) == ([MonitorEnding.STOPPED], shown, 1)
    network.listens_not = None
    ear.watch()
    assert (desk.show()["supervisors"], ear.ask("GET")) == ([], [])


def test_without_background_work_nobody_stays_for_the_next_call(
    desk: Desk, ear: Ear, survey: Survey, network: ScriptedNetwork
) -> None:
    desk.reach()
    ear.listen()
    desk.post("hang-up")
    desk.deliver()
    ear.ask("POST", "/mine/beat", refused=409)
    ear.change(MonitorMode.BREAKING_IN, refused=409)
    assert network.modes == []


def test_a_coach_needs_an_interviewer_who_hears(desk: Desk, ear: Ear) -> None:
    desk.reach()
    ear.listen()
    refusal = ear.change(MonitorMode.COACHING, refused=409)
    assert "nobody would hear you" in refusal["detail"]


def test_a_coach_stays_with_the_interviewer_whose_line_breaks_off_and_comes_back(
    desk: Desk, ear: Ear, session: Session, network: ScriptedNetwork
) -> None:
    connect(desk, session, "CA-first")
    desk.reach()
    leg = ear.listen()
    ear.change(MonitorMode.COACHING)
    note_line_report(session, "gone", call_id="CA-first", event="left", fields={}, now=ear.clock())
    ear.watch()
    connect(desk, session, "CA-back")
    ear.watch()
    assert network.modes[1:] == [(leg, MonitorMode.LISTENING, ""), (leg, MonitorMode.COACHING, "CA-back")]
    assert ear.watch() == 0
