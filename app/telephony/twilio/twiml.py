"""The documents by which we tell Twilio what to do with a call, built by its own library."""

from typing import Final

from twilio.twiml.voice_response import Dial, VoiceResponse

MEDIA_TYPE: Final = "application/xml"
ROOM_EVENTS: Final = "join leave"


def joins_room(room: str, *, label: str, callback: str | None = None, is_muted: bool = False) -> str:
    """Let a call join an interviewer's room, in silence; with a callback, who comes and goes there is reported to it.

    One that is muted hears the room and is heard by nobody.

    Nobody's leaving ends the room: a line that breaks off comes back to the respondent it left.
    """
    answer = VoiceResponse()
    answer.append(joined_room(room, label=label, callback=callback, is_muted=is_muted))
    return str(answer)


def joined_room(room: str, *, label: str, callback: str | None = None, is_muted: bool = False) -> Dial:
    """Return the part of a document that lets a call join a room."""
    dial = Dial()
    settings: dict[str, str | bool] = {"muted": True} if is_muted else {}
    if callback:
        settings |= {"status_callback": callback, "status_callback_event": ROOM_EVENTS}
    dial.conference(
        room,
        participant_label=label,
        start_conference_on_enter=True,
        end_conference_on_exit=False,
        beep="false",
        wait_url="",
        **settings,
    )
    return dial


def refuses() -> str:
    """Take no notice of a call that nobody of ours makes."""
    answer = VoiceResponse()
    answer.reject()
    return str(answer)


def plays_keys(keys: str) -> str:
    """Let whoever is on the line hear the tones of these keys."""
    answer = VoiceResponse()
    answer.play(digits=keys)
    return str(answer)


def plays_sound(address: str) -> str:
    """Let whoever is on the line hear a sound."""
    answer = VoiceResponse()
    answer.play(address)
    return str(answer)


def says_nothing() -> str:
    """Let a call go on as it is."""
    return str(VoiceResponse())
