"""Put the interviewer's screen together from the state of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import OutcomeGroup
from app.campaigns.models import Outcome
from app.campaigns.outcomes import COMPLETE, list_outcomes
from app.core.straight import rows
from app.dialing.codes import spaced
from app.dialing.domain import FactKind
from app.dialing.models import Attempt
from app.dialing.pacing import Seat, SeatState, dials_at
from app.interviewing.asking import lexicon_to_read, question_card, unrated_sections
from app.interviewing.cards import (
    CallCard,
    CaseCard,
    DeskView,
    Greeting,
    LectCard,
    OpeningCard,
    OutcomeCard,
    OwnNumbers,
    PaceCard,
    PastTry,
    QuestionCard,
    SupervisorCard,
    WrapUpCard,
)
from app.interviewing.clips import clip_card
from app.interviewing.domain import is_possible
from app.interviewing.holding import was_answered
from app.interviewing.interviews import Sitting, finished_as, interview_of, is_held_by, sitting_of
from app.interviewing.marks import marks_of, summed
from app.interviewing.recording_view import recording_card
from app.interviewing.scene import Scene, Try, greeting_of, read_scene
from app.interviewing.wrap_up import wrap_up_card
from app.languages.domain import UNDETERMINED, UNIDENTIFIED, match_of
from app.staffing.domain import PresenceState
from app.telephony.domain import CallState
from app.telephony.monitoring.domain import MonitorMode
from app.telephony.monitoring.models import IN_CALL

WORTH_A_GREETING: Final = 0.2  # the share from which the second lect of a place is greeted in as well
TWO: Final = 2


@dataclass(frozen=True)
class _At:
    """The desk: who sits there, in which campaign, with which case still in their hands."""

    state: str
    since: datetime
    campaign_id: int | None
    campaign_name: str | None
    time_zone: str | None
    case_id: int | None
    has_lost_case: bool
    line: str | None
    reason: str | None = None
    supervisors: list[tuple[str, str]] | None = None


_DESK: Final = f"""
    SELECT presence.state, presence.since, presence.campaign_id, campaign.name AS campaign_name, campaign.time_zone,
        held.id AS case_id, presence.case_id IS NOT NULL AND held.id IS NULL AS has_lost_case,
        (SELECT state FROM interviewer_line WHERE person_id = %(person)s ORDER BY id DESC LIMIT 1) AS line,
        presence.reason,
        (SELECT jsonb_agg(jsonb_build_array(person.display_name, monitoring.mode) ORDER BY monitoring.id)
            FROM monitoring JOIN person ON person.id = monitoring.person_id
            WHERE monitoring.interviewer_id = presence.person_id AND monitoring.joined_at IS NOT NULL AND {IN_CALL}
        ) AS supervisors
    FROM presence
    LEFT JOIN campaign ON campaign.id = presence.campaign_id
    LEFT JOIN survey_case AS held
        ON held.id = presence.case_id AND held.state = 'held' AND held.holder_id = presence.person_id
    WHERE presence.person_id = %(person)s
"""


def desk_of(session: Session, person_id: int, *, now: datetime) -> DeskView:
    """Return everything the interviewer's screen shows; it reads and changes nothing."""
    found = rows(session, _At, _DESK, person=person_id)
    at = found[0] if found else _At(PresenceState.OFF, now, None, None, None, None, has_lost_case=False, line=None)
    base = DeskView(
        # A case that has gone back to the queue leaves the desk ready.
        state=PresenceState.READY if at.has_lost_case else at.state,
        since=at.since,
        campaign_id=at.campaign_id,
        campaign_name=at.campaign_name,
        own=_own_numbers(session, person_id, at, now=now),
        line=at.line,
        break_reason=at.reason,
    )
    if at.case_id is None:
        return base
    scene = read_scene(session, at.case_id, person_id)
    base = replace(base, supervisors=_supervisors(at, scene))
    return _with_case(session, base, scene, person_id=person_id, now=now)


def _supervisors(at: _At, scene: Scene) -> tuple[SupervisorCard, ...]:
    """Return who is in the call: who only listens is shown where the rules say so, who is heard always."""
    there = (SupervisorCard(name, mode) for name, mode in at.supervisors or ())
    return tuple(one for one in there if scene.shows_listeners or one.mode != MonitorMode.LISTENING)


def case_card(scene: Scene, *, now: datetime) -> CaseCard:
    """Return what an interviewer may know of a case before dialling."""
    zone = ZoneInfo(scene.time_zone)
    guess = scene.guess
    return CaseCard(
        id=scene.case_id,
        masked_number=scene.masked_number,
        place=scene.place_name,
        time_zone=scene.time_zone,
        local_time=now.astimezone(zone),
        guess=_sure(scene.names[guess.lect], guess.confidence),
        guess_kind=guess.kind,
        predicted=tuple(
            _sure(scene.names[fact.lect], fact.confidence) for fact in scene.facts if fact.kind == FactKind.PREDICTED
        ),
        match=match_of(scene.skills, guess.lect, scene.understanding),
        greet_in=scene.names[greeting_of(scene)],
        attempts_counted=scene.attempts_counted,
        attempt_limit=scene.attempt_limit,
        history=_past(scene),
        appointment_at=scene.appointment_at.astimezone(zone) if scene.appointment_at else None,
        appointment_note=scene.appointment_note,
        short_code=spaced(scene.code) if scene.code else None,
        reads_code=scene.reads_code,
    )


def _with_case(session: Session, base: DeskView, scene: Scene, *, person_id: int, now: datetime) -> DeskView:
    newest = scene.tries[0] if scene.tries else None
    current = newest if newest is not None and newest.outcome is None else None
    table = list_outcomes(session, scene.campaign_id) if current else ()
    interview = interview_of(session, scene.case_id) if scene.tries else None
    sitting = sitting_of(session, interview, time_zone=scene.time_zone) if interview else None
    finished = finished_as(sitting) if sitting else None
    is_talking = current is not None and current.state == CallState.TALKING
    marks = summed(marks_of(session, interview.id)) if interview and is_talking else None
    outcomes = _outcome_cards(table, current, sitting=sitting, finished=finished) if current else ()
    return replace(
        base,
        case=case_card(scene, now=now),
        call=_call_card(current) if current else None,
        pace=_pace_card(scene, base, person_id, now=now) if base.state == PresenceState.PREVIEW else None,
        wrap_up=_wrap_up_card(scene, base, current, outcomes=outcomes, now=now) if current else None,
        recording=recording_card(session, scene, current, lect=interview.lect if interview else None),
        clips=clip_card(session, scene, current),
        opening=_opening_card(scene),
        question=_current_question(session, scene, current, sitting=sitting, person_id=person_id),
        marks=marks,
        unrated=unrated_sections(sitting, marks) if sitting and marks else (),
        interview_uid=interview.uid if interview else None,
        interview_state=interview.state if interview else None,
        finished_as=finished,
        outcomes=outcomes,
        lects=_likeliest_first(scene),
    )


def _pace_card(scene: Scene, base: DeskView, person_id: int, *, now: datetime) -> PaceCard:
    at = dials_at(scene.pacing, Seat(person_id, SeatState.READING, base.since))
    return PaceCard(scene.pacing.mode, max((at - now).total_seconds(), 0.0) if at else None)


def _wrap_up_card(
    scene: Scene, base: DeskView, current: Try, *, outcomes: Sequence[OutcomeCard], now: datetime
) -> WrapUpCard | None:  # fmt: skip
    if base.state != PresenceState.WRAP_UP:
        return None
    is_clear = any(outcome.is_suggested for outcome in outcomes)
    talked = was_answered(current)
    return wrap_up_card(scene.wrap_up, base.since, is_clear=is_clear, was_answered=talked, now=now)


def _call_card(current: Try) -> CallCard:
    return CallCard(
        current.id,
        current.state,
        current.since,
        current.ending,
        is_held=current.is_held,
        is_inbound=current.is_inbound,
    )


def _opening_card(scene: Scene) -> OpeningCard:
    greeted = greeting_of(scene)
    expected = next((row for row in scene.offered if row.lect == greeted), scene.offered[0])
    offered = tuple(Greeting(scene.names[row.lect], row.greeting) for row in scene.offered)
    return OpeningCard(scene.names[expected.lect], expected.greeting, offered, _in_doubt(scene))


def _in_doubt(scene: Scene) -> tuple[LectCard, ...]:
    """Return the two likeliest lects of the place where only the place is known and it speaks for both."""
    if scene.guess.kind not in {None, FactKind.PREDICTED}:
        return ()
    offered = {row.lect for row in scene.offered}
    predicted = [f for f in scene.facts if f.kind == FactKind.PREDICTED and f.lect in offered]
    likeliest = sorted(predicted, key=lambda fact: -fact.confidence)[:TWO]
    if len(likeliest) < TWO or likeliest[-1].confidence < WORTH_A_GREETING:
        return ()
    return tuple(scene.names[fact.lect] for fact in likeliest)


def _current_question(
    session: Session, scene: Scene, current: Try | None, *, sitting: Sitting | None, person_id: int
) -> QuestionCard | None:
    if current is None or current.state != CallState.TALKING or sitting is None:
        return None
    lexicon = lexicon_to_read(session, scene.campaign_id)
    return question_card(sitting, scene.names, lexicon=lexicon) if is_held_by(sitting.interview, person_id) else None


def _outcome_cards(
    table: Sequence[Outcome], current: Try, *, sitting: Sitting | None, finished: str | None
) -> tuple[OutcomeCard, ...]:
    """List what can have happened, and suggest what the interview or the line says happened."""
    answered = was_answered(current)
    suggested = (finished if answered else None) or current.provisional_outcome
    return tuple(
        OutcomeCard(
            o.code, o.label_zh, o.label_en, o.group, o.aapor, o.key, o.needs_lect, is_suggested=o.code == suggested
        )
        for o in table
        if o.key
        and is_possible(OutcomeGroup(o.group), was_answered=answered, was_begun=sitting is not None)
        and (o.code != COMPLETE or finished == COMPLETE)
    )


def _past(scene: Scene) -> tuple[PastTry, ...]:
    heard = {fact.attempt_id: fact.lect for fact in scene.facts if fact.attempt_id is not None}
    return tuple(
        PastTry(a.requested_at, *scene.outcomes[a.outcome], heard.get(a.id), a.note)
        for a in scene.tries
        if a.outcome in scene.outcomes
    )


def _own_numbers(session: Session, person_id: int, at: _At, *, now: datetime) -> OwnNumbers:
    if at.time_zone is None:
        return OwnNumbers(0, 0)
    midnight = now.astimezone(ZoneInfo(at.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = select(func.count(), func.count().filter(Attempt.outcome == COMPLETE)).where(
        Attempt.campaign_id == at.campaign_id, Attempt.interviewer_id == person_id, Attempt.requested_at >= midnight
    )
    dials, completes = session.execute(counted).one()
    return OwnNumbers(dials, completes)


def _likeliest_first(scene: Scene) -> tuple[LectCard, ...]:
    likely = {fact.lect: fact.confidence for fact in scene.facts}
    cards = (card for card in scene.names.values() if card.tag != UNDETERMINED)
    return tuple(sorted(cards, key=lambda card: (-likely.get(card.tag, 0.0), card.tag == UNIDENTIFIED)))


def _sure(card: LectCard, confidence: float) -> LectCard:
    return LectCard(card.tag, card.name_zh, card.name_en, confidence)
