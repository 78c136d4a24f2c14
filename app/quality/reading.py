"""Read an ended interview for its quality: answers with their times, what was noted beside them, where it broke off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.outcomes import OVER_QUOTA, find_outcome
from app.campaigns.quality_rules import QualityRules
from app.campaigns.rule_book import rules_of
from app.dialing.models import Attempt, Case, Pool
from app.interviewing.asking import question_on_screen
from app.interviewing.domain import InterviewState, MarkKind
from app.interviewing.interviews import Sitting, sitting_of
from app.interviewing.marks import marks_of, summed
from app.interviewing.models import AnswerEvent, Interview
from app.interviewing.paradata import events_of
from app.quality.design import step_of
from app.quality.domain import Bounds, HeldInterview, Item
from app.quality.queue import TALKED_IN
from app.quality.timing import bounds_of
from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.items import Question, QuestionKind, Texts
from app.questionnaires.session import relevant_answers
from app.telephony.domain import Ending

LATEST: Final = 400  # interviews of a campaign from which its times are taken
TROUBLES: Final = frozenset({MarkKind.REPEATED, MarkKind.CLARIFIED})
_ENDED_EARLY: Final = frozenset({InterviewState.PARTIAL, InterviewState.BROKEN_OFF})
# Partial, refused and broken off, by the standard definitions of AAPOR: the respondent went on no longer.
_HUNG_UP: Final = ("1.2", "2.11", "2.12")
_UNASKED: Final = frozenset({QuestionKind.NOTE, QuestionKind.ACKNOWLEDGE, QuestionKind.CALCULATE, QuestionKind.REPEAT})


@dataclass
class CampaignTimes:
    """How long answers take in a campaign, by question and wording; read once for many interviews."""

    session: Session
    campaign: Campaign
    # Interviews that are judged by these times and so do not make them.
    judged: Collection[int] = ()

    @cached_property
    def rules(self) -> QualityRules:
        """The rules in force."""
        return rules_of(self.session, self.campaign).quality

    @cached_property
    def _times(self) -> Mapping[tuple[str, str], Sequence[int]]:
        latest = (
            select(Interview.id)
            .where(Interview.campaign_id == self.campaign.id, Interview.ended_at.is_not(None))
            .where(Interview.id.not_in(self.judged))
            .order_by(Interview.id.desc())
            .limit(LATEST)
        )
        # A correction takes no time of its own: what is judged is the last row of a question, and so are the others.
        last = (
            select(AnswerEvent.question, AnswerEvent.wording_lect, AnswerEvent.latency_ms, AnswerEvent.reading_ms)
            .where(AnswerEvent.interview_id.in_(latest))
            .ext(distinct_on(AnswerEvent.interview_id, AnswerEvent.question))
            .order_by(AnswerEvent.interview_id, AnswerEvent.question, AnswerEvent.id.desc())
        )
        found: dict[tuple[str, str], list[int]] = {}
        for question, wording, latency_ms, reading_ms in self.session.execute(last):
            if latency_ms is not None:
                found.setdefault((question, wording), []).append(latency_ms + (reading_ms or 0))
        return found

    def bounds(self, question: Question, event: AnswerEvent) -> Bounds:
        """Return the bounds of a question as it was read."""
        key = (event.question, event.wording_lect)
        if key not in self._bounds:
            text = plain_words(question.label, event.wording_lect)
            self._bounds[key] = bounds_of(question.checks, text, self._times.get(key, ()), rules=self.rules)
        return self._bounds[key]

    @cached_property
    def _bounds(self) -> dict[tuple[str, str], Bounds]:
        return {}


def plain_words(texts: Texts, lect: str) -> str:
    """Return a text in one language with an ellipsis wherever an answer comes in."""
    template = texts.get(lect)
    parts = template.parts if template else ()
    return "".join(part if isinstance(part, str) else "…" for part in parts)


def asked_of(sitting: Sitting) -> list[tuple[str, Question, GivenAnswer]]:
    """Return what was asked and still applies, by address, in the order of the questionnaire; notes are left out."""
    found = []
    for address, given in relevant_answers(sitting.form, sitting.state).items():
        question, _ = sitting.form.locate(address)
        if given.status is not AnswerStatus.NOT_ASKED and question.kind not in _UNASKED and not question.is_calculated:
            found.append((address, question, given))
    return found


def sitting_at_end(session: Session, interview: Interview) -> Sitting:
    """Load an interview as it stood when it ended, in the respondent's time zone."""
    zone = select(Pool.time_zone).join(Case, Case.pool_id == Pool.id).where(Case.id == interview.case_id)
    return sitting_of(session, interview, time_zone=session.scalars(zone).one())


def read_held(session: Session, interview: Interview, times: CampaignTimes) -> HeldInterview:
    """Read one ended interview."""
    sitting = sitting_at_end(session, interview)
    last = {event.question: event for event in events_of(session, interview.id)}
    marks = marks_of(session, interview.id)
    troubles: dict[str, int] = {}
    for mark in marks:
        if mark.kind in TROUBLES:
            troubles[mark.question or ""] = troubles.get(mark.question or "", 0) + 1
    return HeldInterview(
        items=tuple(
            _item(question, given, last[address], times=times)
            for address, question, given in asked_of(sitting)
            if address in last
        ),
        ratings=summed(marks).ratings,
        troubles=troubles,
        left_at=_left_at(session, interview, sitting),
    )


def _item(question: Question, given: GivenAnswer, event: AnswerEvent, *, times: CampaignTimes) -> Item:
    taken = None if event.latency_ms is None else event.latency_ms + (event.reading_ms or 0)
    bounds = None if taken is None else times.bounds(question, event)
    return Item(event.question, given.status, step_of(question, given.value), taken, bounds)


def _left_at(session: Session, interview: Interview, sitting: Sitting) -> str | None:
    """Return the question that was on the screen when somebody hung up.

    Whoever found no place in a quota, was screened out, or waited to be called again did not hang up.
    """
    if interview.state not in _ENDED_EARLY or not _was_hung_up(session, interview):
        return None
    left = question_on_screen(sitting)
    return None if left is None else left.name


def _was_hung_up(session: Session, interview: Interview) -> bool:
    """Tell by the last talk that this interview was held in; where nobody coded it, by what the line did."""
    wanted = (
        select(Attempt)
        .join(Interview, TALKED_IN)
        .where(Interview.id == interview.id)
        .order_by(Attempt.id.desc())
        .limit(1)
    )
    last = session.scalar(wanted)
    if last is None or last.outcome == OVER_QUOTA:
        return False
    if last.outcome is None:
        return last.ending == Ending.HUNG_UP_BY_RESPONDENT
    return find_outcome(session, interview.campaign_id, last.outcome).aapor.startswith(_HUNG_UP)
