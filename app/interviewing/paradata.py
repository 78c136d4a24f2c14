"""Tell how the answers of an interview came to be: when, how fast, in which words, how often corrected."""

from collections import Counter
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.interviewing.marks import marks_of, summed
from app.interviewing.models import AnswerEvent

_EVENTS: Final[Select[AnswerEvent]] = (
    select(AnswerEvent).where(AnswerEvent.interview_id == bindparam("interview_id")).order_by(AnswerEvent.id)
)


def events_of(session: Session, interview_id: int) -> list[AnswerEvent]:
    """Return every answer as it was given, corrections included, in order."""
    return list(session.scalars(_EVENTS, {"interview_id": interview_id}))


def paradata_of(session: Session, interview_id: int, events: list[AnswerEvent]) -> dict[str, Any]:
    """Sum the course of an interview up for its response: the last row of a question is the answer that counts.

    A question without a value in one of these maps had none: nobody marked the end of reading, nothing was typed.
    """
    last = {event.question: event for event in events}
    marks = summed(marks_of(session, interview_id))
    return {
        "latency_ms": {name: event.latency_ms for name, event in last.items() if event.latency_ms is not None},
        "reading_ms": {name: event.reading_ms for name, event in last.items() if event.reading_ms is not None},
        "words": {name: event.words for name, event in last.items() if event.words},
        "probed": [name for name, event in last.items() if event.is_probed],
        "corrections": dict(_corrections(events)),
        "marks": marks.counts,
        "comprehension": marks.ratings,
    }


def _corrections(events: list[AnswerEvent]) -> Counter[str]:
    """Count by question how often its answer was changed; the same answer given again is none."""
    given: dict[str, tuple[object, str]] = {}
    changed: Counter[str] = Counter()
    for event in events:
        answer = event.value, event.status
        changed[event.question] += given.get(event.question, answer) != answer
        given[event.question] = answer
    return +changed
