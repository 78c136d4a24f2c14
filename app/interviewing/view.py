"""Put the interviewer's screen together from the state of the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import OutcomeGroup
from app.campaigns.models import Campaign, CampaignLect, Outcome
from app.campaigns.outcomes import COMPLETE, list_outcomes
from app.campaigns.rule_book import rules_of
from app.campaigns.service import lects_of_campaign
from app.dialing.appointments import open_appointment_of
from app.dialing.calls import attempts_of
from app.dialing.domain import CaseState, FactKind, Guess, KnownFact
from app.dialing.facts import facts_of, guess_from
from app.dialing.greeting import greeting_lect
from app.dialing.models import Attempt, Case, LanguageFact, Pool
from app.interviewing.cards import (
    CallCard,
    CaseCard,
    DeskView,
    Greeting,
    LectCard,
    OpeningCard,
    OutcomeCard,
    OwnNumbers,
    PastTry,
    QuestionCard,
)
from app.interviewing.domain import InterviewState, is_possible
from app.interviewing.holding import was_answered
from app.interviewing.interviews import Sitting, finished_as, interview_of, is_held_by, sitting_of
from app.languages.domain import UNIDENTIFIED, Level, Understanding, match_of
from app.languages.models import Lect
from app.languages.service import load_understanding
from app.questionnaires.session import next_question, previous_question, progress, wording
from app.sampling.contacts import numbers_of
from app.sampling.models import SampleUnit
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import skills_of
from app.telephony.domain import CallState

WORTH_A_GREETING: Final = 0.2  # the share from which the second lect of a place is greeted in as well
TWO: Final = 2


@dataclass
class _Scene:
    """What the parts of a screen with a case are made from; the outcome table only where it is shown."""

    session: Session
    campaign: Campaign
    case: Case
    person_id: int
    now: datetime
    time_zone: str
    facts: Sequence[LanguageFact]
    offered: Sequence[CampaignLect]
    guess: Guess
    names: Mapping[str, LectCard]
    attempts: Sequence[Attempt]

    @cached_property
    def skills(self) -> Mapping[str, Level]:
        """What the interviewer masters."""
        return skills_of(self.session, self.person_id)

    @cached_property
    def understanding(self) -> Understanding:
        """Who follows whom."""
        return load_understanding(self.session)

    @cached_property
    def outcomes(self) -> Sequence[Outcome]:
        """The campaign's outcome table."""
        return list_outcomes(self.session, self.campaign.id)


def desk_of(session: Session, person_id: int, *, now: datetime) -> DeskView:
    """Return everything the interviewer's screen shows; it reads and changes nothing."""
    presence = session.get(Presence, person_id) or Presence(
        person_id=person_id, state=PresenceState.OFF, since=now, campaign_id=None, case_id=None
    )
    campaign = session.get(Campaign, presence.campaign_id) if presence.campaign_id is not None else None
    case = _case_on_screen(session, presence)
    base = DeskView(
        state=presence.state if case or presence.case_id is None else PresenceState.READY,
        since=presence.since,
        campaign_id=campaign.id if campaign else None,
        campaign_name=campaign.name if campaign else None,
        own=_own_numbers(session, person_id, campaign, now=now),
    )
    if campaign is None or case is None:
        return base
    return _with_case(base, _scene(session, campaign, case, person_id=person_id, now=now))


def case_card_of(session: Session, case: Case, person_id: int, *, now: datetime) -> CaseCard:
    """Return what an interviewer may know of a case before dialling."""
    campaign = session.get_one(Campaign, case.campaign_id)
    return _case_card(_scene(session, campaign, case, person_id=person_id, now=now))


def _case_on_screen(session: Session, presence: Presence) -> Case | None:
    case = session.get(Case, presence.case_id) if presence.case_id is not None else None
    return case if case and case.state == CaseState.HELD and case.holder_id == presence.person_id else None


def _scene(session: Session, campaign: Campaign, case: Case, *, person_id: int, now: datetime) -> _Scene:
    facts = facts_of(session, case.id)
    offered = lects_of_campaign(session, campaign.id)
    guess = guess_from(facts, [row.lect for row in offered])
    tags = {*(fact.lect for fact in facts), *(row.lect for row in offered), guess.lect, UNIDENTIFIED}
    return _Scene(
        session=session,
        campaign=campaign,
        case=case,
        person_id=person_id,
        now=now,
        time_zone=session.get_one(Pool, case.pool_id).time_zone,
        facts=facts,
        offered=offered,
        guess=guess,
        names=_lect_names(session, tags),
        attempts=attempts_of(session, case.id),
    )


def _with_case(base: DeskView, scene: _Scene) -> DeskView:
    newest = scene.attempts[0] if scene.attempts else None
    current = newest if newest is not None and newest.outcome is None else None
    interview = interview_of(scene.session, scene.case.id)
    sitting = sitting_of(scene.session, interview, time_zone=scene.time_zone) if interview else None
    finished = finished_as(sitting) if sitting else None
    return replace(
        base,
        case=_case_card(scene),
        call=_call_card(current) if current else None,
        opening=_opening_card(scene),
        question=_current_question(scene, current, sitting),
        interview_state=interview.state if interview else None,
        finished_as=finished,
        outcomes=_outcome_cards(scene.outcomes, current, sitting=sitting, finished=finished) if current else (),
        lects=_likeliest_first(scene.names, scene.facts),
    )


def _opening_card(scene: _Scene) -> OpeningCard:
    greeted = _greeting_of(scene)
    expected = next((row for row in scene.offered if row.lect == greeted), scene.offered[0])
    offered = tuple(Greeting(scene.names[row.lect], row.greeting) for row in scene.offered)
    return OpeningCard(scene.names[expected.lect], expected.greeting, offered, _in_doubt(scene))


def _greeting_of(scene: _Scene) -> str:
    """Return the lect to open in, of those offered that the interviewer interviews in."""
    speakable = [row.lect for row in scene.offered if scene.skills.get(row.lect) == Level.INTERVIEWS]
    facts = [KnownFact(FactKind(fact.kind), fact.lect, fact.confidence) for fact in scene.facts]
    return greeting_lect(facts, speakable or [scene.offered[0].lect], scene.understanding)


def _in_doubt(scene: _Scene) -> tuple[LectCard, ...]:
    """Return the two likeliest lects of the place where only the place is known and it speaks for both."""
    if scene.guess.kind not in {None, FactKind.PREDICTED}:
        return ()
    offered = {row.lect for row in scene.offered}
    predicted = [f for f in scene.facts if f.kind == FactKind.PREDICTED and f.lect in offered]
    likeliest = sorted(predicted, key=lambda fact: -fact.confidence)[:TWO]
    if len(likeliest) < TWO or likeliest[-1].confidence < WORTH_A_GREETING:
        return ()
    return tuple(scene.names[fact.lect] for fact in likeliest)


def _current_question(scene: _Scene, current: Attempt | None, sitting: Sitting | None) -> QuestionCard | None:
    if current is None or current.state != CallState.TALKING or sitting is None:
        return None
    return question_card(sitting, scene.names) if is_held_by(sitting.interview, scene.person_id) else None


def question_card(sitting: Sitting, names: Mapping[str, LectCard]) -> QuestionCard | None:
    """Return the question to ask now: the one gone back to, or the first relevant one without an answer."""
    form, state = sitting.form, sitting.state
    cursor = sitting.interview.cursor
    is_over_quota = sitting.interview.state == InterviewState.OVER_QUOTA
    question = form.question(cursor) if cursor else None if is_over_quota else next_question(form, state)
    if question is None:
        return None
    answered, relevant = progress(form, state)
    return QuestionCard(
        name=question.name,
        kind=question.kind,
        wording=wording(form, state, question),
        given=state.answers.get(question.name),
        required=question.required,
        answered=answered,
        relevant=relevant,
        next_sequence=sitting.last_sequence + 1,
        can_go_back=previous_question(form, state, question.name) is not None,
        lect=names.get(state.lect, LectCard(state.lect, state.lect, state.lect)),
    )


def _case_card(scene: _Scene) -> CaseCard:
    unit = scene.session.get_one(SampleUnit, scene.case.sample_unit_id)
    numbers = numbers_of(scene.session, unit.id)
    booked = open_appointment_of(scene.session, scene.case.id)
    zone = ZoneInfo(scene.time_zone)
    return CaseCard(
        id=scene.case.id,
        masked_number=next((n.masked for n in numbers if n.position == scene.case.next_position), ""),
        place=unit.place_name,
        time_zone=scene.time_zone,
        local_time=scene.now.astimezone(zone),
        guess=_sure(scene.names[scene.guess.lect], scene.guess.confidence),
        guess_kind=scene.guess.kind,
        predicted=tuple(
            _sure(scene.names[fact.lect], fact.confidence) for fact in scene.facts if fact.kind == FactKind.PREDICTED
        ),
        match=match_of(scene.skills, scene.guess.lect, scene.understanding),
        greet_in=scene.names[_greeting_of(scene)],
        attempts_counted=scene.case.attempts_counted,
        attempt_limit=rules_of(scene.session, scene.campaign).limits.per_case,
        history=_past(scene),
        appointment_at=booked.starts_at.astimezone(zone) if booked else None,
        appointment_note=booked.note if booked else None,
    )


def _call_card(attempt: Attempt) -> CallCard:
    since = attempt.ended_at or attempt.answered_at or attempt.rang_at or attempt.requested_at
    return CallCard(attempt.id, attempt.state, since, attempt.ending)


def _outcome_cards(
    table: Sequence[Outcome], current: Attempt, *, sitting: Sitting | None, finished: str | None
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


def _past(scene: _Scene) -> tuple[PastTry, ...]:
    if not scene.attempts:
        return ()
    labels = {outcome.code: outcome for outcome in scene.outcomes}
    heard = {fact.attempt_id: fact.lect for fact in scene.facts if fact.attempt_id is not None}
    return tuple(
        PastTry(a.requested_at, labels[a.outcome].label_zh, labels[a.outcome].label_en, heard.get(a.id), a.note)
        for a in scene.attempts
        if a.outcome in labels
    )


def _own_numbers(session: Session, person_id: int, campaign: Campaign | None, *, now: datetime) -> OwnNumbers:
    if campaign is None:
        return OwnNumbers(0, 0)
    midnight = now.astimezone(ZoneInfo(campaign.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = select(func.count(), func.count().filter(Attempt.outcome == COMPLETE)).where(
        Attempt.campaign_id == campaign.id, Attempt.interviewer_id == person_id, Attempt.requested_at >= midnight
    )
    dials, completes = session.execute(counted).one()
    return OwnNumbers(dials, completes)


def _lect_names(session: Session, tags: set[str]) -> dict[str, LectCard]:
    lects = session.scalars(select(Lect).where(Lect.tag.in_(tags)))
    return {lect.tag: LectCard(lect.tag, lect.name_zh, lect.name_en) for lect in lects}


def _likeliest_first(names: Mapping[str, LectCard], facts: Sequence[LanguageFact]) -> tuple[LectCard, ...]:
    likely = {fact.lect: fact.confidence for fact in facts}
    return tuple(sorted(names.values(), key=lambda card: (-likely.get(card.tag, 0.0), card.tag == UNIDENTIFIED)))


def _sure(card: LectCard, confidence: float) -> LectCard:
    return LectCard(card.tag, card.name_zh, card.name_en, confidence)
