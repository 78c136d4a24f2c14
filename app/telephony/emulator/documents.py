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


@dataclass(frozen=True)
class PlayKeys:
    """Let the call hear the tones of these keys."""

    keys: str


@dataclass(frozen=True)
class PlaySound:
    """Let the call hear the sound at this address."""

    address: str


@dataclass(frozen=True)
class Refuse:
    """Do not take the call."""


Verb = JoinRoom | PlayKeys | PlaySound | Refuse


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
        )
    if element.tag == "Play" and element.get("digits"):
        return PlayKeys(str(element.get("digits")))
    if element.tag == "Play" and element.text:
        return PlaySound(element.text.strip())
    if element.tag in {"Reject", "Hangup"}:
        return Refuse()
    raise DocumentError(f"<{element.tag}> in line {element.sourceline} is not known here")
