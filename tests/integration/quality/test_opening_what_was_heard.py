"""Whoever reviews finds the interviews that were flagged or listened to; whoever listens finds the campaigns."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.interviewing.models import Interview
from app.quality.checking import check_campaign
from app.quality.models import InterviewCheck, RelistenItem
from app.quality.queue import close_item, give_up, take_item
from tests.integration.conftest import MakePerson, SignInAs
from tests.integration.quality.conftest import HoldInterview
from tests.stage import Survey


@pytest.fixture
def drawn(hold_interview: HoldInterview, survey: Survey, session: Session) -> RelistenItem:
    """One interview that has no flag and was drawn."""
    survey.change_rules(quality={"reverse_steps": 5, "relisten_share": 1.0})
    hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    return session.scalars(select(RelistenItem)).one()


@pytest.fixture
def reviewing(sue: Person, sign_in_as: SignInAs) -> TestClient:
    return sign_in_as(sue)


def listed(client: TestClient, survey: Survey, query: str = "") -> dict[str, Any]:
    reply = client.get(f"/api/v1/campaigns/{survey.campaign.id}/quality/interviews{query}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_one_that_was_only_drawn_is_found_once_it_was_listened_to(
    drawn: RelistenItem, lin: Person, survey: Survey, session: Session, *, reviewing: TestClient
) -> None:
    page = f"/campaigns/{survey.campaign.id}/quality"
    assert listed(reviewing, survey)["interviews"] == []
    take_item(session, survey.campaign.id, lin.id, now=survey.now)
    close_item(session, drawn, now=survey.now)
    shown = reviewing.get(page).text
    assert f'href="{page}/listened/{drawn.id}"' in shown
    assert "Drawn by chance" in shown
    assert reviewing.get(f"{page}/listened/{drawn.id}").status_code == 200
    [row] = listed(reviewing, survey)["interviews"]
    assert (row["listened_item"], row["is_drawn"], row["flags"]) == (drawn.id, True, [])


def test_a_flagged_one_says_why_it_cannot_be_heard_and_not_yet_that_it_was_drawn(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session, *, reviewing: TestClient
) -> None:
    queued.is_drawn = True
    [row] = listed(reviewing, survey)["interviews"]
    uid = str(session.get_one(Interview, queued.interview_id).uid)
    assert (row["response_uid"], row["listened_item"], row["is_drawn"], row["problem"]) == (uid, None, None, None)
    assert [flag["kind"] for flag in row["flags"]] == ["reversed_item"]
    take_item(session, survey.campaign.id, lin.id, now=survey.now)
    give_up(session, queued, now=survey.now)
    [row] = listed(reviewing, survey)["interviews"]
    assert row["problem"] == "The recording cannot be understood."
    assert row["problem"] in reviewing.get(f"/campaigns/{survey.campaign.id}/quality").text


def test_the_list_goes_on_page_by_page_and_the_figures_stand_on_the_first(
    hold_interview: HoldInterview, survey: Survey, session: Session, *, sue: Person, sign_in_as: SignInAs
) -> None:
    for _ in range(2):
        hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    reviewing = sign_in_as(sue)
    first = listed(reviewing, survey, "?limit=1")
    second = listed(reviewing, survey, f"?limit=1&cursor={first['next_cursor']}")
    assert second["next_cursor"] is None
    assert first["interviews"] != second["interviews"]
    page = f"/campaigns/{survey.campaign.id}/quality"
    assert "How far codings agree" in reviewing.get(page).text
    later = reviewing.get(f"{page}?cursor={first['next_cursor']}").text
    assert "turned round" in later
    assert "How far codings agree" not in later


def test_an_interview_that_was_not_looked_at_is_no_unknown_one(
    hold_interview: HoldInterview, survey: Survey, session: Session, *, sue: Person, sign_in_as: SignInAs
) -> None:
    uid, reviewing = hold_interview().uid, sign_in_as(sue)
    address = f"/api/v1/campaigns/{survey.campaign.id}/responses"
    assert session.scalars(select(InterviewCheck)).all() == []
    unseen = reviewing.get(f"{address}/{uid}/flags")
    assert (unseen.status_code, "not looked at yet" in unseen.text) == (404, True)
    unknown = reviewing.get(f"{address}/00000000-0000-4000-8000-000000000000/flags")
    assert (unknown.status_code, "There is no response" in unknown.text) == (404, True)


def test_a_listener_learns_in_which_campaigns_to_listen(
    queued: RelistenItem, lin: Person, survey: Survey, *, sign_in_as: SignInAs
) -> None:
    client = sign_in_as(lin)
    row = {"campaign_id": survey.campaign.id, "name": survey.campaign.name, "waiting": 1, "held_item": None}
    assert client.get("/api/v1/relisten").json() == {"campaigns": [row]}
    client.post(f"/api/v1/campaigns/{survey.campaign.id}/relisten/take")
    row |= {"waiting": 0, "held_item": queued.id}
    assert client.get("/api/v1/relisten").json() == {"campaigns": [row]}


def test_whoever_listens_nowhere_finds_no_campaign_and_no_list(
    queued: RelistenItem, survey: Survey, make_person: MakePerson, session: Session, *, sign_in_as: SignInAs
) -> None:
    caller, listener = make_person("caller"), make_person("listener")
    grant_role(session, caller, Role.INTERVIEWER, now=survey.now)
    grant_role(session, listener, Role.LISTENER, now=survey.now)
    assert sign_in_as(caller).get("/api/v1/relisten").status_code == 403
    list_of_flags = f"/api/v1/campaigns/{survey.campaign.id}/quality/interviews"
    assert sign_in_as(listener).get(list_of_flags).status_code == 403
