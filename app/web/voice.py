"""The emulated respondent's side of a call: the console speaks, and what comes back is shown as captions."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from app.core.errors import ConflictError
from app.interviewing.cards import DeskView, LectCard
from app.questionnaires.session import ChoiceWording
from app.telephony.domain import CallState
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.speech import AskedQuestion, Utterance, UtteranceKind


@dataclass(frozen=True)
class CaptionLine:
    """One line of the conversation."""

    lect: LectCard | None
    text_zh: str
    text_en: str


def captions_for(request: Request, desk: DeskView) -> list[CaptionLine] | None:
    """Return what the respondent has said on the call on the screen; None where real people are called."""
    exchange: Exchange | None = request.app.state.exchange
    if exchange is None:
        return None
    if desk.call is None:
        return []
    names = {lect.tag: lect for lect in desk.lects}
    said = exchange.captions(str(desk.call.attempt_id))
    return [CaptionLine(names.get(line.lect), line.text_zh, line.text_en) for line in said]


def speak(request: Request, desk: DeskView, lect: str, *, now: datetime) -> None:
    """Say what stands on the screen into the line; raises ConflictError when nobody hears it."""
    exchange: Exchange | None = request.app.state.exchange
    if exchange is None or desk.call is None or desk.call.state != CallState.TALKING:
        raise ConflictError("Nobody is on the line.")
    exchange.say(str(desk.call.attempt_id), _utterance(desk, lect), now=now)


def _utterance(desk: DeskView, lect: str) -> Utterance:
    if desk.question is not None:
        wording = desk.question.wording
        return Utterance(
            desk.question.lect.tag,
            UtteranceKind.QUESTION,
            AskedQuestion(
                name=desk.question.name,
                kind=desk.question.kind,
                choices=tuple(choice.code for choice in wording.choices),
                labels=tuple(_label(choice) for choice in wording.choices),
                reserved=tuple(choice.code for choice in wording.choices if choice.reserved),
            ),
        )
    if desk.finished_as is not None:
        return Utterance(lect, UtteranceKind.GOODBYE)
    return Utterance(lect or (desk.opening.lect.tag if desk.opening else ""), UtteranceKind.GREETING)


def _label(choice: ChoiceWording) -> tuple[str, str]:
    """Captions repeat a choice as it stands on the screen, whatever the language of the screen."""
    return choice.label, choice.label
