"""Supervisors in calls under way at Twilio: participants of the interviewer's conference who are muted, or coach."""

from http import HTTPStatus

import requests
from twilio.base.exceptions import TwilioRestException

from app.core.errors import ConflictError
from app.telephony.gateway import GatewayError
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.monitor import Leg
from app.telephony.twilio.faults import meaning_of
from app.telephony.twilio.rooms import TwilioRooms


class TwilioMonitor(TwilioRooms):
    """The part of the gateway that brings supervisors into calls; see Monitor."""

    def listen(self, person_id: int, ticket: str) -> dict[str, str]:
        """Let the supervisor's browser call in; the document that answers it mutes it in the room."""
        return self.admit(person_id, ticket)

    def change_mode(self, leg: Leg, mode: MonitorMode) -> None:
        """Say who hears the supervisor, in one request, so that nobody hears them by mistake in between."""
        heard: dict[str, bool | str] = {"muted": mode is MonitorMode.LISTENING, "coaching": False}
        if mode is MonitorMode.COACHING:
            heard |= {"coaching": True, "call_sid_to_coach": leg.coached_call_id}
        try:
            self._client.conferences(leg.room_id).participants(leg.call_id).update(**heard)
        except TwilioRestException as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                raise ConflictError("You are no longer in this call. Listen to it again.") from refusal
            raise meaning_of(refusal) from refusal
        except requests.exceptions.RequestException as error:
            raise GatewayError("The provider did not answer. Try again.", permanent=False, is_uncertain=True) from error

    def stop_listening(self, call_id: str) -> None:
        """End the supervisor's own call."""
        self._end(call_id)
