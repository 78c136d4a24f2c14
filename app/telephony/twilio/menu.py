"""The call-back line in Twilio's markup language: words to hear, keys to press, rooms to join."""

from collections.abc import Mapping, Sequence
from typing import Final

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Gather, Play, Say, VoiceResponse

from app.core.errors import Fault, InvalidInputError
from app.telephony.inbound.domain import Act, Asked, Heard, Joined, Said, Step
from app.telephony.twilio.reports import MOST_CHARACTERS
from app.telephony.twilio.rooms import ROOMS_PATH
from app.telephony.twilio.twiml import joined_room

INBOUND_PATH: Final = "/api/v1/telephony/twilio/inbound-calls"
ENDED_PATH: Final = "/api/v1/telephony/twilio/inbound-calls/ended"
# Twilio's voices for Chinese characters; whatever is no Cantonese is read in standard pronunciation.
VOICES: Final[Mapping[str, str]] = {"yue": "zh-HK", "en": "en-GB"}
CHINESE: Final = "zh-CN"
FINISH: Final = "#"
# Who called and whom stays in tables of its own; what is kept of a report names nobody.
KEPT: Final = ("CallSid", "CallStatus", "Direction", "FinishedOnKey", "msg", "SequenceNumber", "CallDuration")


def write_menu(acts: Sequence[Act], *, base_url: str, asked: int) -> str:
    """Write what a caller hears; after the last word the call is over. `asked` numbers the questions of a call."""
    answer = VoiceResponse()
    for act in acts:
        _add(answer, act, base_url=base_url, asked=asked)
    if not any(isinstance(act, Asked | Joined) for act in acts):
        answer.hangup()
    return str(answer)


def _add(answer: VoiceResponse, act: Act, *, base_url: str, asked: int) -> None:
    if isinstance(act, Said):
        _speak(answer, act)
    elif isinstance(act, Joined):
        answer.append(joined_room(act.room, label=act.label, callback=f"{base_url}{ROOMS_PATH}"))
    else:
        gather = Gather(
            action=f"{base_url}{INBOUND_PATH}?step={act.step}&asked={asked}",
            method="POST",
            input="dtmf",
            num_digits=act.digits,
            timeout=act.seconds,
            finish_on_key=FINISH,
            action_on_empty_result=True,
        )
        for said in act.said:
            _speak(gather, said)
        answer.append(gather)


def _speak(parent: TwiML, said: Said) -> None:
    if said.clip is not None:
        parent.append(Play(said.clip))
    else:
        parent.append(Say(said.words, language=VOICES.get(said.lect.split("-")[0], CHINESE)))


def read_inbound(form: Mapping[str, str], *, step: Step, asked: int, token: str) -> tuple[Heard, dict[str, str]]:
    """Read a report about a call that came in, and what is kept of it; raises InvalidInputError."""
    call_id = form.get("CallSid", "")
    if not call_id or len(call_id) > MOST_CHARACTERS:
        raise InvalidInputError("The report cannot be read.", (Fault("CallSid", "A report names its call."),))
    keys = form.get("Digits", "")[:MOST_CHARACTERS]
    kept = {name: form[name][:MOST_CHARACTERS] for name in KEPT if name in form}
    caller, called = form.get("From", "")[:MOST_CHARACTERS], form.get("To", "")[:MOST_CHARACTERS]
    return Heard(token or f"{call_id}/{step}/{asked}", call_id, step, caller, called, keys), kept
