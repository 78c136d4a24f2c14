"""A recorded greeting is played into the call by a key or by itself, for the cases that were drawn to get it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.clips import clips_of
from app.campaigns.models import GreetingClip
from app.core.errors import ConflictError
from app.dialing.measures import Measure, measures_of
from app.interviewing.clips import greet_answered
from app.interviewing.models import ClipPlay
from app.languages.domain import PUTONGHUA
from app.telephony.emulator.recordings import humming
from app.telephony.scripted import ScriptedNetwork
from tests.integration.conftest import SignInAs
from tests.stage import Desk, Survey

GREETING = b"".join(humming(3))
LONGER = b"".join(humming(5))


def upload(client: TestClient, survey: Survey, content: bytes, *, lect: str = PUTONGHUA) -> Any:
    address = f"/api/v1/campaigns/{survey.campaign.id}/clips"
    return client.post(address, data={"lect": lect}, files={"clip": ("greeting.wav", content)})


@pytest.fixture
def recorded(survey: Survey, sign_in_as: SignInAs, sue: Person) -> Survey:
    """A survey with a greeting in 普通话 that every case gets."""
    assert upload(sign_in_as(sue), survey, GREETING).status_code == 201
    survey.change_rules(measures={"clip_share": 1.0})
    return survey


def play(desk: Desk, lect: str = PUTONGHUA, *, refused: int | None = None) -> Any:
    return desk.post("clip", {"lect": lect}, refused=refused)


def greet(desk: Desk) -> int:
    app = desk.client.app
    assert isinstance(app, FastAPI)
    return greet_answered(app.state.make_session, desk.network, app.state.sound_links, now=desk.clock())


def plays(session: Session) -> list[tuple[int, int | None, str | None]]:
    found = select(GreetingClip.version, ClipPlay.person_id, ClipPlay.problem).join(
        ClipPlay, ClipPlay.clip_id == GreetingClip.id
    )
    return [(version, who, problem) for version, who, problem in session.execute(found.order_by(ClipPlay.id))]


def test_every_version_is_kept_and_the_newest_is_in_force(
    survey: Survey, sign_in_as: SignInAs, sue: Person, session: Session
) -> None:
    client = sign_in_as(sue)
    for content in (GREETING, LONGER):
        told = upload(client, survey, content).json()
    assert [(clip["version"], clip["seconds"]) for clip in told] == [(2, 5.0)]
    kept = session.scalars(select(GreetingClip.content).order_by(GreetingClip.version)).all()
    assert kept == [GREETING, LONGER]
    address = f"/api/v1/campaigns/{survey.campaign.id}/clips"
    assert client.delete(address, params={"lect": PUTONGHUA}).status_code == 204
    assert clips_of(session, survey.campaign.id) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "neither a WAV nor an MP3"),
        (b"".join(humming(0.5)), "lasts 0.5 s"),
        (b"".join(humming(31)), "lasts 31.0 s"),
        (GREETING[:-5], "cut short"),
        (b"RIFF" + bytes(2_000_001), "larger than 2 MB"),
    ],
)
def test_a_file_that_is_no_greeting_is_refused(
    survey: Survey, sign_in_as: SignInAs, sue: Person, content: bytes, why: str
) -> None:
    reply = upload(sign_in_as(sue), survey, content)
    assert reply.status_code == 422
    assert why in reply.text


def test_a_key_plays_the_greeting_and_the_attempt_keeps_which(
    recorded: Survey, desk: Desk, network: ScriptedNetwork, ana: Person, session: Session
) -> None:
    attempt_id = desk.reach()
    play(desk)
    [(played_to, address)] = network.played
    assert (played_to, plays(session)) == (attempt_id, [(1, ana.id, None)])
    assert desk.show()["clips"]["played"][0]["version"] == 1
    reply = desk.client.get(address)
    assert (reply.headers["content-type"], reply.content) == ("audio/wav", GREETING)


def test_an_address_is_good_for_its_clip_and_some_minutes_only(
    recorded: Survey, desk: Desk, network: ScriptedNetwork
) -> None:
    desk.reach()
    play(desk)
    address = network.played[0][1]
    key = parse_qs(urlsplit(address).query)["key"][0]
    wrong = (address.replace(key, "0" * 64), re.sub(r"clips/\d+", "clips/1234567", address), address + "9")
    assert [desk.client.get(one).status_code for one in wrong] == [404, 404, 422]
    desk.clock.advance(timedelta(minutes=6))
    assert desk.client.get(address).status_code == 404


def test_a_lect_without_a_greeting_and_a_silent_line_are_said(recorded: Survey, desk: Desk) -> None:
    desk.post("next-case")
    play(desk, refused=409)
    desk.post("dial")
    play(desk, refused=409)
    desk.network.let_answer(desk.network.placed[-1], at=desk.clock())
    desk.deliver()
    play(desk, "yue", refused=409)
    assert desk.network.played == []


def test_a_case_that_is_held_out_has_no_greeting(recorded: Survey, desk: Desk, session: Session) -> None:
    recorded.change_rules(measures={"clip_share": 1e-9})
    desk.reach()
    [case] = recorded.cases()
    assert measures_of(session, case.id)[Measure.CLIP] is False
    play(desk, refused=409)
    assert desk.show()["clips"] is None


def test_it_plays_by_itself_once_where_the_campaign_says_so(recorded: Survey, desk: Desk, session: Session) -> None:
    desk.reach()
    assert greet(desk) == 0
    recorded.change_rules(measures={"clip_plays_itself": True})
    assert [greet(desk) for _ in range(2)] == [1, 0]
    assert plays(session) == [(1, None, None)]


def test_it_never_breaks_in_on_a_conversation(recorded: Survey, desk: Desk, session: Session) -> None:
    recorded.change_rules(measures={"clip_plays_itself": True})
    desk.reach()
    desk.clock.advance(timedelta(seconds=11))
    assert (greet(desk), plays(session)) == (0, [])


def test_what_could_not_be_played_is_kept_and_shown(
    recorded: Survey, desk: Desk, network: ScriptedNetwork, session: Session
) -> None:
    desk.reach()
    network.refuses_sound_with = ConflictError("Nobody is on the line.")
    play(desk, refused=409)
    [(_version, _who, problem)] = plays(session)
    assert (problem, desk.show()["clips"]["played"][0]["problem"]) == ("Nobody is on the line.",) * 2
