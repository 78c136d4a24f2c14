"""Write what a closed interview came to, once, in the form that everything outward reads."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.errors import ConflictError
from app.dialing.calls import attempts_of
from app.dialing.domain import FactKind
from app.dialing.facts import facts_of, guess_from
from app.dialing.measures import measures_of
from app.dialing.models import Case, LanguageFact
from app.dialing.routing import match_with
from app.interviewing.domain import LanguageOfAnswers, misread_kinds
from app.interviewing.holding import Holding
from app.interviewing.interviews import sitting_of
from app.interviewing.models import AnswerEvent, ChangeCounter, Interview, ResponseSnapshot
from app.interviewing.paradata import events_of, paradata_of
from app.questionnaires.form import QuestionKind
from app.questionnaires.models import QuestionnaireVersion
from app.questionnaires.session import relevant_answers
from app.sampling.models import SampleUnit
from app.staffing.service import skills_of

_NUMBERS: Final = frozenset({QuestionKind.INTEGER, QuestionKind.DECIMAL, QuestionKind.REPEAT})


def write_snapshot(session: Session, holding: Holding, *, now: datetime) -> ResponseSnapshot:
    """Append the response of the interview that was closed on the screen to the campaign's change feed."""
    if holding.interview is None:
        raise ConflictError("No interview was held with this case.")
    return append_snapshot(session, holding.interview, holding.case, time_zone=holding.time_zone, now=now)


def append_snapshot(
    session: Session, interview: Interview, case: Case, *, time_zone: str, now: datetime
) -> ResponseSnapshot:
    """Append the response of a closed interview to the campaign's change feed."""
    versions = select(func.count()).where(ResponseSnapshot.interview_id == interview.id)
    snapshot = ResponseSnapshot(
        campaign_id=interview.campaign_id,
        interview_id=interview.id,
        version=1 + (session.scalar(versions) or 0),
        change_sequence=next_sequence(session, interview.campaign_id),
        closed_at=now,
        record=_record(session, interview, case, time_zone=time_zone),
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def next_sequence(session: Session, campaign_id: int) -> int:
    """Take the campaign's next change sequence.

    The counter's row stays locked until the commit, so numbers become visible in their own order
    and a client that has read up to n has missed nothing below n.
    """
    first = insert(ChangeCounter).values(campaign_id=campaign_id, last_sequence=1)
    upsert = first.on_conflict_do_update(
        index_elements=["campaign_id"], set_={"last_sequence": ChangeCounter.last_sequence + 1}
    ).returning(ChangeCounter.last_sequence)
    return session.scalars(upsert).one()


def _record(session: Session, interview: Interview, case: Case, *, time_zone: str) -> dict[str, Any]:
    sitting = sitting_of(session, interview, time_zone=time_zone)
    version = session.get_one(QuestionnaireVersion, interview.questionnaire_version_id)
    unit = session.get_one(SampleUnit, case.sample_unit_id)
    attempts = list(reversed(attempts_of(session, case.id)))
    answers = relevant_answers(sitting.form, sitting.state)
    events = events_of(session, interview.id)
    return {
        "response_uid": str(interview.uid),
        "case_id": case.id,
        "campaign_id": interview.campaign_id,
        "status": interview.state,
        "outcome": case.outcome,
        "questionnaire": {"version": version.number, "title": version.title, "sha256": version.sha256},
        "area_code": unit.area_code,
        "time_zone": time_zone,
        "started_at": interview.started_at.isoformat(),
        "ended_at": interview.ended_at.isoformat() if interview.ended_at else None,
        "interviewer_id": interview.interviewer_id,
        "attempts": len(attempts),
        "answers": {name: _plain(sitting.form.question(name).kind, given.value) for name, given in answers.items()},
        "answer_status": {name: given.status.value for name, given in answers.items()},
        "language": _language(session, interview, case, given=events),
        "paradata": paradata_of(session, interview.id, events),
        "measures": measures_of(session, case.id),
        "misread": [kind.value for kind in misread_kinds(a.outcome for a in attempts if a.outcome)],
    }


def _language(session: Session, interview: Interview, case: Case, *, given: Sequence[AnswerEvent]) -> dict[str, Any]:
    facts = facts_of(session, case.id)
    spoken = LanguageOfAnswers(dict(Counter(row.lect for row in given)))
    guess = guess_from(facts, [fact.lect for fact in facts])
    # Judged by what is known at the end: when dialling, only the place may have spoken.
    match, _level = match_with(session, interview.interviewer_id, guess.lect)
    level = skills_of(session, interview.interviewer_id).get(interview.lect)
    return {
        "predicted": [{"lect": f.lect, "confidence": f.confidence} for f in facts if f.kind == FactKind.PREDICTED],
        "declared": _last(facts, FactKind.DECLARED),
        "observed": _last(facts, FactKind.OBSERVED),
        "used": spoken.main or interview.lect,
        "answers_by_lect": spoken.by_lect,
        # The last row of a question is the answer that counts, in the lect and the wording it was asked in.
        "answer_lect": {row.question: row.lect for row in given},
        "answer_wording": {row.question: row.wording_lect for row in given},
        "best_guess": guess.lect,
        "interviewer_level": level.value if level else None,
        "match": match.value,
    }


def _last(facts: Sequence[LanguageFact], kind: FactKind) -> str | None:
    stated = [fact.lect for fact in facts if fact.kind == kind]
    return stated[-1] if stated else None


def _plain(kind: QuestionKind, value: str | tuple[str, ...] | None) -> str | int | float | list[str] | None:
    """Codes and words stay text, numbers become numbers, nothing stays null."""
    if isinstance(value, tuple):
        return list(value)
    if value is None or kind not in _NUMBERS:
        return value
    return float(value) if kind == QuestionKind.DECIMAL else int(value)
