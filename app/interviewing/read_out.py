"""Play the recording of the question on the screen into the call, so that the respondent hears a native speaker."""

from datetime import datetime
from typing import Final
from urllib.parse import quote

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.interviewing import questions
from app.interviewing.domain import MarkKind
from app.interviewing.holding import held
from app.interviewing.marks import SentMark
from app.interviewing.sound_links import SOUNDS_PATH, SoundLinks
from app.interviewing.view import desk_of
from app.questionnaires.service import find_recording
from app.telephony.gateway import Gateway

TAKEN_BY_TELEPHONES: Final = frozenset({"audio/mpeg", "audio/wav"})


def recording_path(version_id: int, name: str) -> str:
    """Return the path at which the provider fetches a recording of a version."""
    return f"{SOUNDS_PATH}/questions/{version_id}/{quote(name)}"


def play_question(
    make_session: SessionFactory, gateway: Gateway, links: SoundLinks, *, person_id: int, now: datetime
) -> None:  # fmt: skip
    """Let the respondent hear the recording of the question on the screen, and note that it was played.

    Raises ConflictError when nobody is on the line, no question is on the screen, it has no recording or one that
    telephones do not take; GatewayError when it cannot be played.
    """
    with make_session() as session, session.begin():
        attempt_id = held(session, person_id).talking_attempt.id
        card = desk_of(session, person_id, now=now).question
        if card is None or not card.wording.recording:
            raise ConflictError("The question on the screen has no recording in this lect.")
        recording = find_recording(session, card.version_id, card.wording.recording)
        if recording.media_type not in TAKEN_BY_TELEPHONES:
            raise ConflictError("Telephones do not take a recording of this kind. Publish it as .mp3 or .wav.")
        address = links.address(recording_path(card.version_id, recording.name), now=now)
    gateway.play(attempt_id=attempt_id, address=address)
    with make_session() as session, session.begin():
        questions.mark(session, person_id, sent=SentMark(MarkKind.AUDIO, card.name), now=now)
