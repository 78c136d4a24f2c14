"""Calls go out from registered numbers that are healthy; when all of them rest, the desk says why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.campaigns.numbers import list_numbers, register_number, retire_number
from app.core.errors import ConflictError, InvalidInputError
from app.dialing.calls import apply_events, order_of
from app.dialing.models import Attempt
from app.dialing.number_health import RestCause
from app.dialing.numbers import figures_by_day, lift_rests, rest_by_hand, rest_numbers, standings_of
from app.telephony.domain import CallEvent, CallEventKind, Ending
from app.telephony.scripted import ScriptedNetwork
from tests.callers import NANNING, NUMBERS, Caller
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

SECOND = "+862088881234"


@pytest.fixture
def caller(survey: Survey, ana: Person) -> Caller:
    survey.add_numbers(*((number, NANNING, "普通话") for number in NUMBERS))
    return Caller(survey, ana, survey.now)


@pytest.fixture
def second(survey: Survey) -> int:
    return register_number(survey.session, survey.campaign, SECOND, actor="system", now=survey.now).id


def first(survey: Survey) -> int:
    return list_numbers(survey.session, survey.campaign.id)[0].id


def reject(caller: Caller, times: int, *, sip_code: int = 603) -> None:
    """Let calls be rejected, as numbers with a bad name are."""
    for _ in range(times):
        case = caller.take()
        attempt = caller.dial(case)
        event = CallEvent(attempt.id, 1, CallEventKind.ENDED, caller.at, Ending.REJECTED, sip_code=sip_code)
        apply_events(caller.session, [event], now=caller.at)
        caller.code(case, "rejected")


def test_a_campaign_calls_from_the_number_it_was_set_up_with(caller: Caller, survey: Survey) -> None:
    attempt = caller.dial(caller.take())
    assert attempt.caller_number_id == first(survey)
    assert order_of(caller.session, attempt, survey.vault).caller_number == "077112340"


def test_several_numbers_share_the_calls(caller: Caller, second: int, session: Session) -> None:
    reject(caller, 4)
    used = list(session.scalars(select(Attempt.caller_number_id).order_by(Attempt.id)))
    assert used.count(second) == 2


def test_a_number_that_is_rejected_too_often_rests_and_calls_go_on_from_the_other(
    caller: Caller, survey: Survey, second: int
) -> None:
    survey.change_rules(numbers={"least_calls": 2, "rejected_share": 0.5})
    rest_by_hand(survey.session, survey.campaign, second, minutes=60, actor="system", now=caller.at)
    reject(caller, 2)
    lift_rests(survey.session, survey.campaign, second, actor="system", now=caller.at)
    assert rest_numbers(survey.session, now=caller.at) == 1
    rested = standings_of(survey.session, survey.campaign, now=caller.at)[0]
    assert rested.rest is not None
    assert (rested.number_id, rested.rest.cause) == (first(survey), RestCause.REJECTIONS)
    assert caller.dial(caller.take()).caller_number_id == second


def test_a_rest_ends_by_itself_and_what_was_before_counts_no_more(caller: Caller, survey: Survey) -> None:
    survey.change_rules(numbers={"least_calls": 2, "complaint_share": 0.5, "rest_minutes": 120})
    reject(caller, 2, sip_code=607)
    caller.wait(timedelta(seconds=1))
    with pytest.raises(ConflictError, match="rests"):
        caller.dial(caller.take())
    caller.wait(timedelta(hours=2))
    assert standings_of(survey.session, survey.campaign, now=caller.at)[0].rest is None


def test_the_cap_of_a_day_is_kept_and_the_next_day_is_new(caller: Caller, survey: Survey) -> None:
    survey.change_rules(numbers={"calls_per_day": 2})
    reject(caller, 2)
    with pytest.raises(ConflictError) as refusal:
        caller.dial(caller.take())
    assert refusal.value.faults[0].words() == "It has made its calls of today and rests until 2026-11-24 00:00."
    tomorrow = caller.at + timedelta(days=1)
    assert standings_of(survey.session, survey.campaign, now=tomorrow)[0].rest is None


def test_the_desk_says_why_instead_of_dialling(
    desk: Desk, survey: Survey, caller: Caller, network: ScriptedNetwork
) -> None:
    rest_by_hand(survey.session, survey.campaign, first(survey), minutes=60, actor="system", now=survey.now)
    desk.post("next-case")
    refused = desk.post("dial", refused=409)
    assert refused["errors"] == [{"where": "077112340", "message": "A supervisor lets it rest until 2026-11-23 11:00."}]
    assert network.placed == []
    assert desk.show()["state"] == "preview"


def test_only_registered_numbers_are_used(survey: Survey, second: int, caller: Caller) -> None:
    retire_number(survey.session, survey.campaign, first(survey), actor="system", now=survey.now)
    assert caller.dial(caller.take()).caller_number_id == second
    with pytest.raises(ConflictError, match="only number"):
        retire_number(survey.session, survey.campaign, second, actor="system", now=survey.now)


def test_a_number_is_registered_once_and_only_if_it_is_one(survey: Survey, second: int) -> None:
    with pytest.raises(ConflictError):
        register_number(survey.session, survey.campaign, "+86 (20) 8888-1234", actor="system", now=survey.now)
    with pytest.raises(InvalidInputError):
        register_number(survey.session, survey.campaign, "call me", actor="system", now=survey.now)


def test_what_calls_meet_with_is_counted_by_day(caller: Caller, survey: Survey) -> None:
    reject(caller, 1, sip_code=603)
    reject(caller, 1, sip_code=608)
    [day] = figures_by_day(survey.session, survey.campaign, now=caller.at)
    assert (day.calls, day.rejected, day.complaints) == (2, 2, 1)
    assert day.figures.complaint_share == 0.5


def test_acts_on_numbers_are_on_the_record(survey: Survey, second: int, session: Session) -> None:
    rest_by_hand(session, survey.campaign, second, minutes=5, actor="person:1", now=survey.now)
    lift_rests(session, survey.campaign, second, actor="person:1", now=survey.now)
    of_campaign = select(AuditEntry.act).where(AuditEntry.chain == survey.campaign.id).order_by(AuditEntry.position)
    assert session.scalars(of_campaign).all()[-3:] == [
        "caller_number.registered",
        "caller_number.rested",
        "caller_number.rest_lifted",
    ]


@pytest.fixture
def sue_posts(sign_in_as: SignInAs, sue: Person, survey: Survey) -> Callable[[str, dict[str, str]], str]:
    client = sign_in_as(sue)

    def post(path: str, sent: dict[str, str]) -> str:
        reply = client.post(f"/campaigns/{survey.campaign.id}/numbers{path}", data=sent)
        return reply.text if reply.status_code != 200 else client.get(f"/campaigns/{survey.campaign.id}/numbers").text

    return post


def test_a_supervisor_keeps_the_numbers_on_a_page(
    sue_posts: Callable[[str, dict[str, str]], str], survey: Survey
) -> None:
    assert SECOND in sue_posts("", {"number": SECOND})
    assert "A supervisor lets it rest" in sue_posts(f"/{first(survey)}/rest", {"length": "2 h"})
    assert "A supervisor lets it rest" not in sue_posts(f"/{first(survey)}/resume", {})
    assert "Retired" in sue_posts(f"/{first(survey)}/retire", {})
    assert "Write a length of time" in sue_posts(f"/{first(survey)}/rest", {"length": "soon"})


def test_a_program_reads_the_figures(sign_in_as: SignInAs, sue: Person, survey: Survey, caller: Caller) -> None:
    reject(caller, 2, sip_code=607)
    address = f"/api/v1/campaigns/{survey.campaign.id}/numbers"
    client = sign_in_as(sue)
    [number] = client.get(address).json()["numbers"]
    assert (number["calls_today"], number["rests_for"], number["days"][0]["complaint_share"]) == (2, None, 1.0)
    assert client.post(address, json={"number": SECOND}).status_code == 201
    rested = client.post(f"{address}/{number['id']}/rest", json={"minutes": 30}).json()["numbers"][0]
    assert rested["rests_for"] == "by_hand"
