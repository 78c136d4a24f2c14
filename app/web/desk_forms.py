"""What the console sends: one answer, or what came of a call."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import BaseModel, field_validator

from app.dialing.wishes import Wish
from app.interviewing.answers import SentAnswer
from app.questionnaires.answers import AnswerStatus, RawAnswer

LONGEST_LATENCY: Final = timedelta(hours=1)
LONGEST_WORDS: Final = 2_000


class AnswerForm(BaseModel):
    """One answer as the console sends it: codes or text, or a button in place of both."""

    interview: UUID | None = None
    question: str
    sequence: int
    unrated: str | None = None  # the section whose rating is asked for, - for none; None: draw the whole desk
    shown_at: str = ""
    reading_ms: str = ""
    latency_ms: str = ""
    words: str = ""
    probed: str = ""
    text: str = ""
    code: list[str] = []
    status: AnswerStatus = AnswerStatus.ANSWERED

    def read(self, *, now: datetime) -> SentAnswer:
        """Return what is to be saved."""
        raw = RawAnswer(self.text, tuple(self.code), self.status)
        measured = _milliseconds(self.latency_ms)
        return SentAnswer(
            self.question,
            raw,
            self.sequence,
            # The page's own stopwatch: an answer that waited for the net was not slow.
            latency_ms=_latency(self.shown_at, now=now) if measured is None else measured,
            reading_ms=None if measured is None else _milliseconds(self.reading_ms),
            words=self.words.strip()[:LONGEST_WORDS] or None,
            is_probed=self.probed == "yes",
            interview_uid=self.interview,
        )


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


def _milliseconds(text: str) -> int | None:
    """Return what the page measured, or None where it measured nothing that can be believed."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if int(text) <= LONGEST_LATENCY / timedelta(milliseconds=1) else None


def _latency(shown_at: str, *, now: datetime) -> int | None:
    """Return milliseconds since the question was shown, or None where the page's word is not believable."""
    try:
        took = now - datetime.fromisoformat(shown_at)
    except (ValueError, TypeError):
        return None
    return int(took.total_seconds() * 1000) if timedelta(0) <= took <= LONGEST_LATENCY else None
