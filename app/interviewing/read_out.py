"""Play the recording of the question on the screen into the call, so that the respondent hears a native speaker."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.interviewing import questions
from app.interviewing.asking import question_on_screen
from app.interviewing.marks import SentMark
from app.interviewing.sound_links import SOUNDS_PATH, SoundLinks
from app.questionnaires.service import find_recording
from app.questionnaires.session import wording
from app.telephony.gateway import Gateway

TAKEN_BY_TELEPHONES: Final = frozenset({"audio/mpeg", "audio/wav"})


def recording_path(version_id: int, name: str) -> str:
    """Return the path at which the provider fetches a recording of a version."""
    return f"{SOUNDS_PATH}/questions/{version_id}/{quote(name)}"


def play_question(
    make_session: SessionFactory,
    gateway: Gateway,
    links: SoundLinks,
    *,
    person_id: int,
    wanted: SentMark,
    now: datetime,
) -> None:
    """Let the respondent hear the recording of a question, and note that it was played; `wanted` names the question.

    Raises ConflictError when nobody is on the line, another question is on the screen by now, or it has no recording or
    one that telephones do not take; GatewayError when it cannot be played.
    """
    with make_session() as session, session.begin():
        attempt_id, sitting = questions.under_way(session, person_id, uid=wanted.interview_uid)
        question = question_on_screen(sitting)
        if question is None or wanted.question not in {None, question.name}:
            raise ConflictError("Another question is on the screen by now.")
        version_id = sitting.interview.questionnaire_version_id
        name = wording(sitting.form, sitting.state, question).recording
        if not name:
            raise ConflictError("The question on the screen has no recording in this lect.")
        if find_recording(session, version_id, name).media_type not in TAKEN_BY_TELEPHONES:
            raise ConflictError("Telephones do not take a recording of this kind. Publish it as .mp3 or .wav.")
    gateway.play(attempt_id=attempt_id, address=links.address(recording_path(version_id, name), now=now))
    with make_session() as session, session.begin():
        questions.mark(session, person_id, sent=replace(wanted, question=question.name), now=now)
