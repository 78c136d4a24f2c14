"""What happens to calls in a room at Twilio: interviewers call in, respondents are held and hear tones."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.rest import Client

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.telephony.gateway import GatewayError, ToldByNetwork
from app.telephony.requests import find_request, note_hold, note_room
from app.telephony.twilio.account import BrowserKey
from app.telephony.twilio.faults import meaning_of
from app.telephony.twilio.twiml import joins_room

VOICE_PATH: Final = "/api/v1/telephony/twilio/voice"
ROOMS_PATH: Final = "/api/v1/telephony/twilio/rooms"
KEYS_PATH: Final = "/api/v1/telephony/twilio/keys"
SOUND_PATH: Final = "/api/v1/telephony/twilio/sound"
TOKEN_SECONDS: Final = 3_600
CALL_IS_OVER: Final = 21_220  # "Invalid call state", Twilio's list of errors


def identity_of(person_id: int) -> str:
    """Name an interviewer's browser; Twilio allows letters, digits and underscores."""
    return f"op_{person_id}"


class TwilioRooms(ToldByNetwork):
    """The part of the gateway that acts on calls under way; `key` is None on the emulated network."""

    needs_line = True

    def __init__(self, make_session: SessionFactory, client: Client, *, base_url: str, key: BrowserKey | None) -> None:
        self._make_session = make_session
        self._client = client
        self._base_url = base_url
        self._key = key

    def admit(self, person_id: int, ticket: str) -> dict[str, str]:
        """Return the driver, and the token with which a browser may call our own application and nothing else."""
        if self._key is None:
            return {"driver": "emulator", "ticket": ticket}
        token = AccessToken(
            self._client.account_sid,
            self._key.sid,
            self._key.secret.get_secret_value(),
            identity=identity_of(person_id),
            ttl=TOKEN_SECONDS,
        )
        token.add_grant(VoiceGrant(outgoing_application_sid=self._key.application_sid, incoming_allow=False))
        return {"driver": "twilio", "ticket": ticket, "token": token.to_jwt()}

    def close_line(self, call_id: str) -> None:
        """End an interviewer's own call; see Gateway."""
        self._end(call_id)

    def hold(self, *, attempt_id: int, is_held: bool) -> None:
        """Let the respondent hear music, or bring them back."""
        room_id, call_id = self._in_a_room(attempt_id)
        with _said_plainly():
            self._client.conferences(room_id).participants(call_id).update(hold=is_held)
        with self._make_session() as session, session.begin():
            note_hold(session, attempt_id, is_held=is_held)

    def press(self, *, attempt_id: int, keys: str) -> None:
        """Let the respondent's side hear the tones of these keys."""
        room_id, call_id = self._in_a_room(attempt_id)
        with _said_plainly():
            address = f"{self._base_url}{KEYS_PATH}?{urlencode({'keys': keys})}"
            participant = self._client.conferences(room_id).participants(call_id)
            participant.update(announce_url=address, announce_method="POST")

    def play(self, *, attempt_id: int, address: str) -> None:
        """Let the respondent, and nobody else in the room, hear what lies at that address."""
        room_id, call_id = self._in_a_room(attempt_id)
        with _said_plainly():
            document = f"{self._base_url}{SOUND_PATH}?{urlencode({'address': address})}"
            participant = self._client.conferences(room_id).participants(call_id)
            participant.update(announce_url=document, announce_method="POST")

    def move(self, *, attempt_id: int, room: str) -> None:
        """Bring the respondent to another interviewer's room."""
        _, call_id = self._in_a_room(attempt_id)
        with _said_plainly():
            self._client.calls(call_id).update(twiml=joins_room(room, label=str(attempt_id)))
            found = self._client.conferences.list(friendly_name=room, status="in-progress", limit=1)
        with self._make_session() as session, session.begin():
            note_room(session, attempt_id, room, conference_id=str(found[0].sid) if found else None)

    def _in_a_room(self, attempt_id: int) -> tuple[str, str]:
        with self._make_session() as session:
            request = find_request(session, attempt_id)
        if request is None or request.call_id is None or request.conference_id is None:
            raise ConflictError("Nobody is on the line.")
        return request.conference_id, request.call_id

    def _end(self, call_id: str) -> None:
        try:
            self._client.calls(call_id).update(status="completed")
        except TwilioRestException as refusal:
            # There is no such call any more, which is what was wanted.
            if refusal.status != HTTPStatus.NOT_FOUND and refusal.code != CALL_IS_OVER:
                raise meaning_of(refusal) from refusal
        except requests.exceptions.RequestException as error:
            raise GatewayError("The provider did not answer. Hang up again.", permanent=False) from error


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Say what the provider's refusal means; doing the same again does no harm, so nothing is uncertain."""
    try:
        yield
    except TwilioRestException as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND:
            raise ConflictError("Nobody is on the line.") from refusal
        raise meaning_of(refusal) from refusal
    except requests.exceptions.RequestException as error:
        raise GatewayError("The provider did not answer. Try again.", permanent=False) from error
