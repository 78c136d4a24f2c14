"""Read the documents that tell the emulated network what to do with a call, in Twilio's markup language."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

LARGEST_BYTES: Final = 64_000


class DocumentError(ValueError):
    """What was fetched is no document that this network understands."""


@dataclass(frozen=True)
class JoinRoom:
    """Let the call join a room; whoever comes and goes there is reported to `callback_url`."""

    room: str
    label: str
    callback_url: str
    is_muted: bool = False


@dataclass(frozen=True)
class PlayKeys:
    """Let the call hear the tones of these keys."""

    keys: str


@dataclass(frozen=True)
class PlaySound:
    """Let the call hear the sound at this address."""

    address: str


@dataclass(frozen=True)
class Speak:
    """Let the call hear words, or a recording, whose words nobody knows here."""

    words: str = ""


@dataclass(frozen=True)
class AskKeys:
    """Let the call hear words and press keys; what was pressed, perhaps nothing, is sent to `action`."""

    action: str
    spoken: tuple[Speak, ...]
    digits: int
    seconds: int


@dataclass(frozen=True)
class Refuse:
    """Do not take the call."""


Verb = JoinRoom | PlayKeys | PlaySound | Speak | AskKeys | Refuse
PAUSE_SECONDS: Final = 5  # Twilio's own, where a question names none


def read_document(text: bytes) -> list[Verb]:
    """Return what a document says, in order; raises DocumentError with the place of the first fault."""
    if len(text) > LARGEST_BYTES:
        raise DocumentError("the document is too large")
    try:
        root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise DocumentError(str(error)) from error
    if root.tag != "Response":
        raise DocumentError(f"<{root.tag}> stands where <Response> is expected")
    return [_verb(element) for element in root]


def _verb(element: etree._Element) -> Verb:
    conference = element.find("Conference")
    if element.tag == "Dial" and conference is not None and conference.text:
        return JoinRoom(
            conference.text.strip(),
            conference.get("participantLabel", ""),
            conference.get("statusCallback", ""),
            is_muted=conference.get("muted") == "true",
        )
    if element.tag == "Play" and element.get("digits"):
        return PlayKeys(str(element.get("digits")))
    if element.tag == "Play" and element.text:
        return PlaySound(element.text.strip())
    if element.tag in {"Say", "Play"}:
        return _spoken(element)
    if element.tag == "Gather" and element.get("actionOnEmptyResult") == "true":
        spoken = tuple(_spoken(inner) for inner in element)
        digits, seconds = int(element.get("numDigits", 1)), int(element.get("timeout", PAUSE_SECONDS))
        return AskKeys(element.get("action", ""), spoken, digits, seconds)
    if element.tag in {"Reject", "Hangup"}:
        return Refuse()
    raise DocumentError(f"<{element.tag}> in line {element.sourceline} is not known here")


def _spoken(element: etree._Element) -> Speak:
    if element.tag not in {"Say", "Play"}:
        raise DocumentError(f"<{element.tag}> in line {element.sourceline} cannot be heard here")
    return Speak(element.text or "" if element.tag == "Say" else "")
