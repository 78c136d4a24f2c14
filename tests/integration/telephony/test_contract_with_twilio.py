"""What we ask and what the emulated network answers is what Twilio's own description of its interface allows.

The description (twilio_api_v2010.json, or that file compressed with gzip) is named by TWILIO_OPENAPI; without it these
tests are skipped.
"""

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from twilio.http.response import Response

from app.telephony.emulator.documents import JoinRoom
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg
from app.telephony.recorder import RecordingAct
from tests.integration.telephony.phone import Phone

DOCUMENT = os.environ.get("TWILIO_OPENAPI", "")
# Adding and changing a participant, changing a call, reading one, finding a room; beginning, steering, listing and
# deleting recordings.
OPERATIONS = 9
FORM = "application/x-www-form-urlencoded"
pytestmark = pytest.mark.skipif(not DOCUMENT, reason="TWILIO_OPENAPI names no description of Twilio's interface")


@dataclass(frozen=True)
class Exchanged:
    """One request of ours, and the answer."""

    method: str
    path: str
    values: dict[str, Any]
    headers: dict[str, str]
    answer: Response

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def request(self) -> MockRequest:
        sent = urlencode(self.values, doseq=True)
        return MockRequest(
            "https://api.twilio.com",
            self.method.lower(),
            self.path,
            args=self.values if self.method == "GET" else None,
            headers={"Authorization": "Basic eDp5"},
            data=None if self.method == "GET" else sent.encode(),
            content_type=FORM,
        )

    def response(self) -> MockResponse:
        return MockResponse(self.answer.text.encode(), self.answer.status_code, content_type="application/json")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    path = Path(DOCUMENT)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    document: dict[str, Any] = json.loads(raw)
    return document


@pytest.fixture
def exchanged(phone: Phone) -> list[Exchanged]:
    """Everything that goes over the wire while a test acts."""
    wire: list[Exchanged] = []
    answered = phone.weather.request

    def request(method: str, url: str, **sent: Any) -> Response:
        answer = answered(method, url, **sent)
        values = {**(sent.get("params") or {}), **(sent.get("data") or {})}
        wire.append(Exchanged(method.upper(), urlsplit(url).path, values, sent.get("headers") or {}, answer))
        return answer

    phone.weather.request = request  # type: ignore[method-assign]
    return wire


def act(phone: Phone, make_attempt: Callable[[], int]) -> None:
    """Do everything that the gateway can."""
    attempt_id = phone.reach(make_attempt)
    phone.gateway.hold(attempt_id=attempt_id, is_held=True)
    phone.gateway.hold(attempt_id=attempt_id, is_held=False)
    phone.gateway.press(attempt_id=attempt_id, keys="12#")
    phone.gateway.move(attempt_id=attempt_id, room="interviewer-2")
    be_listened_to(phone)
    phone.gateway.ask_about(phone.order(attempt_id), now=phone.clock())
    name = phone.gateway.start_recording(attempt_id=attempt_id, recording_id=1)
    for steered in RecordingAct:
        phone.gateway.steer_recording(attempt_id=attempt_id, name=name, act=steered)
    phone.gateway.find_recordings(attempt_id=attempt_id)
    phone.gateway.delete_recording(name=name)
    phone.gateway.hang_up(attempt_id=attempt_id, now=phone.clock())


def be_listened_to(phone: Phone) -> None:
    """Let a supervisor's call into an interviewer's room, and change how it is heard."""
    own = {}
    for name in ("interviewer", "supervisor"):
        own[name] = phone.exchange.rooms.call_in(name, "", {})
        phone.exchange.rooms.obey(own[name], [JoinRoom("interviewer-1", name, "")])
    leg = Leg(own["supervisor"], f"CF{own['supervisor'][2:]}", own["interviewer"])
    for mode in MonitorMode:
        phone.gateway.change_mode(leg, mode)
    phone.gateway.stop_listening(leg.call_id)


def fits_what(described: dict[str, Any], exchanged: Exchanged) -> str:
    """Name the operation of the description."""
    return f"{exchanged.method} {next(path for path in described['paths'] if fits(path, exchanged.path))}"


def parameters(described: dict[str, Any], exchanged: Exchanged) -> set[str]:
    """The parameters that the description knows of for an operation, in the form or behind the address."""
    pattern = next(path for path in described["paths"] if fits(path, exchanged.path))
    operation = described["paths"][pattern][exchanged.method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    return set(content.get("properties", {})) | {
        one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
    }


def fits(pattern: str, path: str) -> bool:
    named, given = pattern.removesuffix(".json").split("/"), path.removesuffix(".json").split("/")
    return len(named) == len(given) and all(a == b or a.startswith("{") for a, b in zip(named, given, strict=True))


def test_every_request_and_answer_keeps_to_the_description(
    phone: Phone, exchanged: list[Exchanged], described: dict[str, Any], make_attempt: Callable[[], int]
) -> None:
    twilio = OpenAPI.from_dict(described)
    act(phone, make_attempt)
    faults: dict[str, list[Exception]] = {}
    for one in exchanged:
        asked = twilio.unmarshal_request(one.request())
        answered = twilio.unmarshal_response(one.request(), one.response())
        faults |= {one.name: [*asked.errors, *answered.errors]} if asked.errors or answered.errors else {}
    assert faults == {}
    assert len({fits_what(described, one) for one in exchanged}) >= OPERATIONS


def test_nothing_is_sent_that_the_description_does_not_know(
    phone: Phone, exchanged: list[Exchanged], described: dict[str, Any], make_attempt: Callable[[], int]
) -> None:
    act(phone, make_attempt)
    unknown = {(one.name, name) for one in exchanged for name in set(one.values) - parameters(described, one)}
    assert unknown == set()


def test_the_description_would_notice_a_mistake(described: dict[str, Any]) -> None:
    twilio = OpenAPI.from_dict(described)
    path = f"/2010-04-01/Accounts/AC{'0' * 32}/Conferences/room/Participants.json"
    wrong = Exchanged("POST", path, {"From": "1", "To": "2", "Timeout": "soon"}, {}, Response(201, "{}"))
    assert twilio.unmarshal_request(wrong.request()).errors
