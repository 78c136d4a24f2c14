"""What we tell the provider to do with a call is what the emulated network reads."""

import pytest

from app.telephony.emulator.documents import DocumentError, JoinRoom, PlayKeys, Refuse, read_document
from app.telephony.twilio.twiml import joins_room, plays_keys, refuses


@pytest.mark.parametrize("room", ["interviewer-7", "a & b <c>", "房间"])
def test_a_call_joins_the_room_it_was_sent_to(room: str) -> None:
    callback = "https://survey.example/rooms?a=1&b=2"
    document = joins_room(room, label="interviewer-7", callback=callback)
    assert read_document(document.encode()) == [JoinRoom(room, "interviewer-7", callback)]


def test_a_call_without_a_callback_joins_in_silence() -> None:
    assert read_document(joins_room("r", label="12").encode()) == [JoinRoom("r", "12", "")]


def test_a_call_that_is_muted_joins_unheard() -> None:
    assert read_document(joins_room("r", label="12", is_muted=True).encode()) == [
        JoinRoom("r", "12", "", is_muted=True)
    ]


def test_keys_and_refusals_are_read_as_written() -> None:
    assert read_document(plays_keys("1w2#").encode()) == [PlayKeys("1w2#")]
    assert read_document(refuses().encode()) == [Refuse()]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no document",
        b"<Respond/>",
        b"<Response><Dance/></Response>",
        b"<Response><Dial>+4930123</Dial></Response>",
        b"<Response>" + b" " * 70_000 + b"</Response>",
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><Response><Dial><Conference>&a;</Conference></Dial></Response>',
    ],
)
def test_anything_else_is_no_document(text: bytes) -> None:
    with pytest.raises(DocumentError):
        read_document(text)
