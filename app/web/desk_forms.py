"""What the console sends: one answer, or what came of a call."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, field_validator

from app.dialing.wishes import Wish
from app.interviewing.answers import SentAnswer
from app.questionnaires.answers import AnswerStatus, RawAnswer

LONGEST_LATENCY: Final = timedelta(hours=1)


class AnswerForm(BaseModel):
    """One answer as the console sends it: codes or text, or a button in place of both."""

    question: str
    sequence: int
    shown_at: str = ""
    text: str = ""
    code: list[str] = []
    status: AnswerStatus = AnswerStatus.ANSWERED

    def read(self, *, now: datetime) -> SentAnswer:
        """Return what is to be saved."""
        raw = RawAnswer(self.text, tuple(self.code), self.status)
        return SentAnswer(self.question, raw, self.sequence, _latency(self.shown_at, now=now))


class OutcomeForm(BaseModel):
    """What came of the call, and what was agreed with it."""

    code: str = ""
    lect: str = ""
    note: str = ""
    when: str = ""
    with_me: bool = False
    wish: Wish | None = None

    @field_validator("wish", mode="before")
    @classmethod
    def _nothing_chosen(cls, wish: object) -> object:
        return wish or None

    then: str = ""


def _latency(shown_at: str, *, now: datetime) -> int | None:
    """Return milliseconds since the question was shown, or None where the page's word is not believable."""
    try:
        took = now - datetime.fromisoformat(shown_at)
    except (ValueError, TypeError):
        return None
    return int(took.total_seconds() * 1000) if timedelta(0) <= took <= LONGEST_LATENCY else None
