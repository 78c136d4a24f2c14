"""What the desk says of itself, and what happens when it is left alone."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.campaigns.models import Campaign
from app.dialing.tick import tick
from app.telephony.domain import CallEventKind, Ending
from tests.stage import Desk, Survey

LAPSE = timedelta(minutes=20)


@pytest.fixture
def foreign_zoe(survey: Survey, zoe: Person, other_campaign: Campaign, client: TestClient, password: str) -> TestClient:
    """Zoe interviews and supervises, in her own campaign only."""
    grant_role(survey.session, zoe, Role.INTERVIEWER, campaign_id=other_campaign.id, now=survey.now)
    client.post("/api/v1/sessions", json={"login": "zoe", "password": password})
    return client


def let_lapse(desk: Desk, survey: Survey) -> None:
    tick(survey.session, now=desk.clock.advance(LAPSE))


def test_the_desk_follows_the_line(desk: Desk) -> None:
    desk.post("next-case")
    states = [desk.show()["state"]]
    attempt = desk.post("dial")["attempt_id"]
    states.append(desk.show()["state"])
    desk.network.let_answer(attempt, at=desk.clock())
    desk.deliver()
    states.append(desk.show()["state"])
    assert states == ["preview", "dialling", "talking"]


def test_a_line_that_was_hung_up_leaves_the_outcome_to_code(desk: Desk) -> None:
    attempt = desk.reach()
    desk.network.let(attempt, CallEventKind.ENDED, at=desk.clock(), ending=Ending.HUNG_UP_BY_RESPONDENT)
    desk.deliver()
    screen = desk.show()
    assert (screen["state"], screen["call"]["ending"]) == ("wrap_up", "hung_up_by_respondent")


def test_a_case_on_the_screen_comes_first(desk: Desk) -> None:
    desk.post("next-case")
    for move in ("break", "off", "next-case"):
        assert "give it back" in desk.post(move, refused=409)["detail"]


def test_a_case_given_back_can_be_taken_again(desk: Desk) -> None:
    first = desk.post("next-case")["id"]
    assert desk.post("give-back")["state"] == "ready"
    assert desk.post("next-case")["id"] == first


def test_a_dialled_case_is_not_given_back(desk: Desk) -> None:
    desk.fail(Ending.BUSY)
    desk.post("give-back", refused=409)


def test_nobody_gets_a_case_before_they_are_ready(desk: Desk) -> None:
    desk.post("break")
    assert "ready first" in desk.post("next-case", refused=409)["detail"]


def test_a_lapsed_lease_leaves_the_desk_ready_and_says_so(desk: Desk, survey: Survey) -> None:
    desk.post("next-case")
    let_lapse(desk, survey)
    assert (desk.show()["state"], desk.show()["case"]) == ("ready", None)
    assert desk.post("dial", refused=409)["detail"] == "You do not hold a case. Take the next one."
    assert desk.post("next-case")["id"] == survey.cases()[0].id


def test_dialling_renews_the_lease(desk: Desk, survey: Survey) -> None:
    desk.post("next-case")
    desk.clock.advance(timedelta(minutes=14))
    desk.post("dial")
    desk.clock.advance(timedelta(minutes=10))
    tick(survey.session, now=desk.clock())
    assert desk.show()["state"] == "dialling"


def test_a_lapsed_call_is_coded_by_what_the_line_did(desk: Desk, bao_desk: Desk, survey: Survey) -> None:
    desk.fail(Ending.BUSY)
    let_lapse(desk, survey)
    card = bao_desk.post("next-case")
    assert [past["outcome_en"] for past in card["history"]] == ["Busy"]
    assert (bao_desk.show()["state"], desk.show()["state"]) == ("preview", "ready")


def test_a_lect_is_declared_or_observed_and_nothing_else(desk: Desk) -> None:
    desk.post("next-case")
    problem = desk.post("lects", {"kind": "predicted", "lect": "yue"}, refused=422)
    assert problem["errors"][0]["where"] == "kind"
    desk.post("lects", {"kind": "declared", "lect": "白话"})
    assert desk.show()["case"]["guess"]["tag"] == "yue"


@pytest.mark.parametrize("lect", ["a\0b", "\0"])
def test_what_no_column_can_hold_is_refused_and_changes_nothing(desk: Desk, lect: str) -> None:
    desk.post("next-case")
    assert "control characters" in desk.post("lects", {"kind": "declared", "lect": lect}, refused=422)["detail"]
    assert desk.show()["state"] == "preview"


def test_zoe_finds_neither_desk_nor_campaign_of_ours(foreign_zoe: TestClient, survey: Survey) -> None:
    campaign = f"/api/v1/campaigns/{survey.campaign.id}"
    replies = [
        foreign_zoe.post("/api/v1/desk/ready", json={"campaign_id": survey.campaign.id}),
        *(foreign_zoe.get(f"{campaign}/{part}") for part in ("responses", "codebook", "completion")),
    ]
    assert [reply.status_code for reply in replies] == [404] * 4
    assert [seen["name"] for seen in foreign_zoe.get("/api/v1/campaigns").json()["data"]] == ["Zoe's campaign"]


@pytest.mark.parametrize("part", ["responses", "codebook", "completion"])
def test_interviewers_see_neither_results_nor_targets(desk: Desk, survey: Survey, part: str) -> None:
    assert desk.client.get(f"/api/v1/campaigns/{survey.campaign.id}/{part}").status_code == 403
    assert desk.client.get("/api/v1/campaigns").status_code == 403
