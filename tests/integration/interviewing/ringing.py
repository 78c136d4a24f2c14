"""Somebody with a telephone who calls one of our numbers, hears our documents and presses keys."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from lxml import etree
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from app.core.settings import Settings
from app.telephony.twilio.account import emulated_account
from app.telephony.twilio.menu import ENDED_PATH, INBOUND_PATH
from app.telephony.twilio.rooms import ROOMS_PATH

OUR_NUMBER = "+8677112340"  # the survey's own is registered as it is dialled at home
THEIRS = "+8613977112345"


@dataclass
class Ringing:
    """One call; each move is one signed report of the provider's."""

    client: TestClient
    settings: Settings
    caller: str = THEIRS
    called: str = "077112340"
    call_id: str = "CAback"
    document: str = ""
    sent: dict[str, str] = field(default_factory=dict)

    def post(self, path: str, form: dict[str, str], *, token: str | None = None, secret: str | None = None) -> int:
        """Post a form as the provider does; returns the status and keeps the document."""
        signer = RequestValidator(secret or emulated_account(self.settings).auth_tokens[0].get_secret_value())
        signature = signer.compute_signature(self.settings.public_base_url + path, form)
        headers = {SIGNATURE_HEADER: signature} | ({"I-Twilio-Idempotency-Token": token} if token else {})
        reply = self.client.post(path, data=form, headers=headers)
        self.document = reply.text
        return reply.status_code

    def ring(self, **changed: str) -> "Ringing":
        form = {"CallSid": self.call_id, "From": self.caller, "To": self.called, "CallStatus": "ringing", **changed}
        assert self.post(INBOUND_PATH, form) == 200, self.document
        return self

    def press(self, keys: str) -> "Ringing":
        """Press keys at the question that was just asked; "" lets it pass."""
        action = urlsplit(self.find("Gather").get("action", ""))
        form = {"CallSid": self.call_id, "From": self.caller, "To": self.called, "Digits": keys}
        assert self.post(f"{action.path}?{action.query}", form) == 200, self.document
        return self

    def find(self, tag: str) -> etree._Element:
        found = etree.fromstring(self.document.encode()).find(f".//{tag}")
        assert found is not None, self.document
        return found

    @property
    def heard(self) -> str:
        """Everything that is said in the last document."""
        return " ".join(said.text or "" for said in etree.fromstring(self.document.encode()).iter("Say"))

    @property
    def is_over(self) -> bool:
        return "<Hangup" in self.document

    def join(self) -> int:
        """Reach the room that the document names."""
        room = self.find("Conference")
        form = {"CallSid": self.call_id, "ConferenceSid": "CFroom", "FriendlyName": room.text or ""}
        form |= {"StatusCallbackEvent": "participant-join", "ParticipantLabel": room.get("participantLabel", "")}
        return self.post(ROOMS_PATH, form)

    def hang_up(self) -> int:
        form = {"CallSid": self.call_id, "CallStatus": "completed", "CallDuration": "20", "SequenceNumber": "0"}
        return self.post(ENDED_PATH, form)
