"""What would be asked next, worked out while the respondent is still speaking. Nothing is saved by it.

The key that saves an answer can then show the next question at once. Only what is certain is said ahead: that the
answer fits, and that nothing besides the answers decides what follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.interviewing.answers import SentAnswer, require_probe
from app.interviewing.asking import question_on_screen
from app.interviewing.domain import InterviewState
from app.interviewing.holding import seen
from app.interviewing.interviews import Sitting
from app.interviewing.next_screen import NextScreen, next_screens
from app.interviewing.questions import open_sitting
from app.interviewing.seats import decides_seat
from app.questionnaires.answers import AnswerStatus, RawAnswer
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.session import read_answer, wording

MOST_CHOICES: Final = 20  # of a longer list none is worked out before it is chosen
_OF_ONE_CHOICE: Final = (QuestionKind.SELECT_ONE, QuestionKind.REPEAT)


@dataclass(frozen=True)
class Ahead:
    """What is shown after any one of these answers."""

    answers: tuple[RawAnswer, ...]
    screen: NextScreen


def screens_ahead(session: Session, person_id: int, *, sent: SentAnswer) -> list[Ahead]:
    """Return what would follow the answer that stands on the screen; while none does, every one that a key gives.

    Left out is what only saving can tell: an answer that is refused or has to be probed, one that decides about a
    place in the quota, one that puts an earlier one right, and the end of the questionnaire. Raises ConflictError
    where the interview on the screen is not under way.
    """
    holding = seen(session, person_id)
    sitting = open_sitting(session, holding, uid=sent.interview_uid)
    question = question_on_screen(sitting)
    if question is None or not _is_next(sitting, question, sent):
        return []
    if not holding.is_talking or decides_seat(holding, question.name):
        return []
    if _is_given(sent):
        require_probe(session, sitting, sent)
        return _after(session, sitting, question, answers=[sent.raw])
    return _after(session, sitting, question, answers=_by_one_key(sitting, question))


def _is_next(sitting: Sitting, question: Question, sent: SentAnswer) -> bool:
    is_asked = sent.question == question.name and sent.client_sequence == sitting.last_sequence + 1
    return is_asked and sitting.interview.cursor is None and sitting.interview.state == InterviewState.OPEN


def _is_given(sent: SentAnswer) -> bool:
    return bool(sent.raw.text or sent.raw.codes or sent.words) or sent.raw.status is not AnswerStatus.ANSWERED


def _by_one_key(sitting: Sitting, question: Question) -> list[RawAnswer]:
    """Return what can be said without typing: nothing, one choice, or one of the buttons beside a field."""
    said = [RawAnswer()]
    if question.kind in _OF_ONE_CHOICE:
        choices = wording(sitting.form, sitting.state, question).choices
        said += [RawAnswer(codes=(choice.code,)) for choice in choices] if len(choices) <= MOST_CHOICES else []
    elif not (question.kind.is_select or question.kind.is_read_only):
        said += [RawAnswer(status=AnswerStatus.DONT_KNOW), RawAnswer(status=AnswerStatus.REFUSED)]
    return said


def _after(session: Session, sitting: Sitting, question: Question, *, answers: Iterable[RawAnswer]) -> list[Ahead]:
    """Work out what follows each answer that fits; answers with one and the same screen go together."""
    fitting = {raw: after for raw in answers if (after := _with(sitting, question, raw)) is not None}
    screens = next_screens(session, sitting.interview, list(fitting.values()))
    together: dict[str, tuple[list[RawAnswer], NextScreen]] = {}
    for raw, screen in zip(fitting, screens, strict=True):
        if screen is not None:
            together.setdefault(screen.fingerprint, ([], screen))[0].append(raw)
    return [Ahead(tuple(raws), screen) for raws, screen in together.values()]


def _with(sitting: Sitting, question: Question, raw: RawAnswer) -> Sitting | None:
    try:
        given = read_answer(sitting.form, sitting.state, question.name, raw=raw)
    except InvalidInputError:
        return None
    state = sitting.state.with_answer(question.name, given)
    return replace(sitting, state=state, last_sequence=sitting.last_sequence + 1)
