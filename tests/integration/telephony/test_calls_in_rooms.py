"""What an interviewer does with a call under way: hold it, press keys, bring it to a colleague."""

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.campaigns.models import GreetingClip
from app.core.errors import ConflictError
from app.core.privacy import Vault
from app.dialing.models import Attempt
from app.interviewing.clips import clip_path
from app.interviewing.sound_links import SoundLinks
from app.telephony.emulator.exchange import NobodyOnTheLineError
from app.telephony.emulator.recordings import humming
from app.telephony.emulator.speech import Utterance, UtteranceKind
from app.telephony.gateway import GatewayError
from app.telephony.models import EmulatedCall
from app.telephony.requests import find_request
from tests.integration.telephony.phone import Phone

GREETING = Utterance("yue", UtteranceKind.GREETING)


def emulated(phone: Phone, attempt_id: int) -> EmulatedCall:
    request = find_request(phone.session, attempt_id)
    assert request is not None
    return phone.session.get_one(EmulatedCall, request.call_id, populate_existing=True)


def test_a_held_respondent_hears_nothing_we_say(phone: Phone, make_attempt: Callable[[], int]) -> None:
    attempt_id = phone.reach(make_attempt)
    phone.gateway.hold(attempt_id=attempt_id, is_held=True)
    with pytest.raises(NobodyOnTheLineError):
        phone.exchange.say(str(attempt_id), GREETING, now=phone.clock())
    phone.gateway.hold(attempt_id=attempt_id, is_held=False)
    assert phone.exchange.say(str(attempt_id), GREETING, now=phone.clock())


def test_keys_are_heard_at_the_far_side(phone: Phone, make_attempt: Callable[[], int]) -> None:
    attempt_id = phone.reach(make_attempt)
    phone.gateway.press(attempt_id=attempt_id, keys="12#")
    phone.carrier().serve_rooms(now=phone.clock())
    phone.gateway.press(attempt_id=attempt_id, keys="w4")
    phone.carrier().serve_rooms(now=phone.clock())
    assert emulated(phone, attempt_id).state["keys"] == "12#w4"


def test_a_greeting_is_fetched_and_heard_by_the_respondent(
    phone: Phone, make_attempt: Callable[[], int], session: Session
) -> None:
    attempt_id = phone.reach(make_attempt)
    row, sound = session.get_one(Attempt, attempt_id), b"".join(humming(2))
    key = {"campaign_id": row.campaign_id, "lect": "yue", "version": 1, "made_by": "x", "made_at": phone.clock()}
    clip = GreetingClip(**key, media_type="audio/wav", content=sound, seconds=2)
    session.add(clip)
    session.flush()
    links = SoundLinks(phone.settings.public_base_url, Vault.from_settings(phone.settings))
    phone.gateway.play(attempt_id=attempt_id, address=links.address(clip_path(clip.id), now=phone.clock()))
    phone.carrier().serve_rooms(now=phone.clock())
    assert emulated(phone, attempt_id).state["heard"] == [hashlib.sha256(sound).hexdigest()]
    phone.gateway.play(attempt_id=attempt_id, address="https://elsewhere.example/sound")
    phone.carrier().serve_rooms(now=phone.clock())
    assert len(emulated(phone, attempt_id).state["heard"]) == 1


def test_a_call_is_brought_to_another_room_and_can_be_held_there(phone: Phone, make_attempt: Callable[[], int]) -> None:
    attempt_id = phone.reach(make_attempt)
    phone.gateway.move(attempt_id=attempt_id, room="interviewer-2")
    assert emulated(phone, attempt_id).room == "interviewer-2"
    phone.gateway.hold(attempt_id=attempt_id, is_held=True)
    request = find_request(phone.session, attempt_id)
    assert request is not None
    assert (request.room, request.is_held) == ("interviewer-2", True)


def test_a_call_that_is_over_is_neither_held_nor_moved(phone: Phone, make_attempt: Callable[[], int]) -> None:
    attempt_id = phone.reach(make_attempt)
    phone.gateway.hang_up(attempt_id=attempt_id, now=phone.clock())
    with pytest.raises(ConflictError, match="Nobody is on the line"):
        phone.gateway.hold(attempt_id=attempt_id, is_held=True)
    with pytest.raises(GatewayError):
        phone.gateway.move(attempt_id=attempt_id, room="interviewer-2")


def test_a_call_that_was_never_placed_is_not_on_the_line(phone: Phone, attempt_id: int) -> None:
    with pytest.raises(ConflictError):
        phone.gateway.hold(attempt_id=attempt_id, is_held=True)
