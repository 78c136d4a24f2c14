"""What the interviewer's screen says about the recording of the call on the line."""

from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.recording_rules import RecordingMode
from app.interviewing.cards import LectCard, RecordingCard
from app.interviewing.consents import ConsentKind, has_objected, last_consent, words_for
from app.interviewing.models import Recording
from app.interviewing.recordings import RecordingState
from app.interviewing.scene import Scene, Try
from app.telephony.domain import CallState


class NotRecorded(StrEnum):
    """Why there is no recording to show the state of."""

    TO_ASK = "to_ask"  # the respondent is still to be asked
    NO_WORDS = "no_words"  # nobody has written how to ask
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SOON = "soon"  # it begins by itself


_NEWEST: Final = (
    select(Recording).where(Recording.attempt_id == bindparam("attempt_id")).order_by(Recording.id.desc()).limit(1)
)
_REFUSALS: Final = {ConsentKind.REFUSED: NotRecorded.REFUSED, ConsentKind.WITHDRAWN: NotRecorded.WITHDRAWN}


def recording_card(session: Session, scene: Scene, current: Try | None, *, lect: str | None) -> RecordingCard | None:
    """Return how the call stands; `lect` is that of the interview, in which consent is asked for."""
    if scene.recording_mode is RecordingMode.OFF or current is None or current.state != CallState.TALKING:
        return None
    said = last_consent(session, current.id)
    refusal = _REFUSALS.get(ConsentKind(said.kind)) if said is not None else None
    if said is None and scene.recording_mode is RecordingMode.ALWAYS and has_objected(session, scene.case_id):
        refusal = NotRecorded.WITHDRAWN
    if refusal is not None:
        return RecordingCard(refusal)
    newest = session.scalar(_NEWEST, {"attempt_id": current.id})
    if newest is not None:
        return RecordingCard(newest.state, problem=newest.problem)
    if scene.recording_mode is RecordingMode.ALWAYS:
        return RecordingCard(NotRecorded.SOON)
    return _to_ask(session, scene, lect) if said is None else RecordingCard(RecordingState.FAILED)


def _to_ask(session: Session, scene: Scene, lect: str | None) -> RecordingCard:
    words = words_for(session, scene.campaign_id, lect or scene.offered[0].lect)
    if words is None:
        return RecordingCard(NotRecorded.NO_WORDS)
    lect_card = scene.names.get(words.lect, LectCard(words.lect, words.lect, words.lect))
    return RecordingCard(NotRecorded.TO_ASK, words.text, lect_card, version=words.version)
