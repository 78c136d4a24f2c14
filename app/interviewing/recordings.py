"""Recording at the desk: the respondent's consent, pause and resume, an objection, and what the provider reports.

A recording is written down before the provider is asked for it, and every act on it is asked for outside of any
transaction, as calls are.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.recording_rules import RecordingMode
from app.core.db import SessionFactory, table_of
from app.core.errors import ConflictError, NotFoundError
from app.core.live import announce, person_topic
from app.dialing.models import Attempt
from app.interviewing.consents import ConsentKind, may_record, mode_of, note_consent, words_for
from app.interviewing.holding import held
from app.interviewing.models import Recording
from app.telephony.gateway import Gateway, GatewayError
from app.telephony.models import RecordingReport
from app.telephony.recorder import RecordingAct, RecordingNews, RecordingReported

# A recording of which nothing is heard for so long is asked about.
SILENCE: Final = timedelta(minutes=5)
DOUBT: Final = timedelta(seconds=15)  # the same where nobody knows whether it has begun


class RecordingState(StrEnum):
    """How far a recording has come; what the provider reports only moves it forward."""

    ASKED = "asked"  # the provider is asked to begin
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"  # over; the provider prepares the file
    MADE = "made"  # the provider has the file
    STORED = "stored"  # we have it
    DELETED = "deleted"  # nobody has it any more
    FAILED = "failed"  # nothing was recorded


LIVE: Final = (RecordingState.ASKED, RecordingState.RUNNING, RecordingState.PAUSED)
BEFORE_MADE: Final = (*LIVE, RecordingState.STOPPED)
_STATE_AFTER: Final = {
    RecordingAct.PAUSE: RecordingState.PAUSED,
    RecordingAct.RESUME: RecordingState.RUNNING,
    RecordingAct.STOP: RecordingState.STOPPED,
}


def answer_consent(
    make_session: SessionFactory,
    gateway: Gateway,
    person_id: int,
    *,
    is_given: bool,
    lect: str,
    version: int | None = None,
    now: datetime,
) -> None:
    """Keep what the respondent said to the words in that lect, and record from now on if they agreed.

    `version` is that of the words on the screen, which may have been changed while they were read. Raises
    ConflictError where it is not asked for, where there are no words to ask with, or when nobody is on the line.
    """
    with make_session() as session, session.begin():
        attempt = held(session, person_id).talking_attempt
        if mode_of(session, attempt.campaign_id) is not RecordingMode.CONSENT:
            raise ConflictError("Consent to a recording is not asked for in this campaign.")
        words = words_for(session, attempt.campaign_id, lect)
        if words is None:
            raise ConflictError("Nobody has written how to ask for it. Nothing is recorded.")
        if version is not None and version <= words.version:
            words = replace(words, version=version)
        recording = live_recording(session, attempt.id)
        if recording is not None and not is_given:
            raise ConflictError("They have agreed before. Note that they object, and what there is will be deleted.")
        kind = ConsentKind.GIVEN if is_given else ConsentKind.REFUSED
        note_consent(session, attempt, kind, words=words, person_id=person_id, now=now)
        wanted = ask_for(session, attempt, now=now) if is_given and recording is None else None
    if wanted is not None:
        begin_recording(make_session, gateway, wanted, now=now)


def begin_again(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> None:
    """Record from now on after a beginning that failed, or after a stop; what allowed it then must still do so."""
    with make_session() as session, session.begin():
        attempt = held(session, person_id).talking_attempt
        if not may_record(session, attempt):
            raise ConflictError("This call may not be recorded.")
        if live_recording(session, attempt.id) is not None:
            raise ConflictError("This call is being recorded already.")
        wanted = ask_for(session, attempt, now=now)
    begin_recording(make_session, gateway, wanted, now=now)


def steer(make_session: SessionFactory, gateway: Gateway, person_id: int, *, act: RecordingAct) -> None:
    """Pause, resume or stop the recording of the call on the desk."""
    with make_session() as session, session.begin():
        recording = live_recording(session, held(session, person_id).talking_attempt.id)
    if recording is None:
        raise ConflictError("This call is not being recorded.")
    _steer(make_session, gateway, recording, act=act)


def withdraw(make_session: SessionFactory, gateway: Gateway, person_id: int, *, now: datetime) -> int:
    """Note that the respondent objects, stop, and have every recording of the case deleted; returns how many.

    What the provider still has is deleted by background work, which goes on until that is done.
    """
    with make_session() as session, session.begin():
        holding = held(session, person_id)
        if holding.attempt is None:
            raise ConflictError("There was no call yet.")
        note_consent(session, holding.attempt, ConsentKind.WITHDRAWN, words=None, person_id=person_id, now=now)
        unwanted = _reject_all(session, holding.case.id, now=now)
        audit.record(
            session,
            "recording.objection",
            actor=f"person:{person_id}",
            subject=f"case:{holding.case.id}",
            campaign_id=holding.case.campaign_id,
            details={"attempt_id": holding.attempt.id, "recordings": [one.id for one in unwanted]},
            now=now,
        )
    for recording in unwanted:
        if recording.state in LIVE:
            with suppress(ConflictError, GatewayError):  # background work stops it, if this does not
                _steer(make_session, gateway, recording, act=RecordingAct.STOP)
    return len(unwanted)


def _reject_all(session: Session, case_id: int, *, now: datetime) -> list[Recording]:
    kept = (
        select(Recording)
        .join(Attempt, Attempt.id == Recording.attempt_id)
        .where(Attempt.case_id == case_id, Recording.state.not_in((RecordingState.DELETED, RecordingState.FAILED)))
        .with_for_update(of=Recording)
    )
    unwanted = list(session.scalars(kept))
    for recording in unwanted:
        recording.is_unwanted, recording.next_try_at, recording.tries = True, now, 0
    return unwanted


def live_recording(session: Session, attempt_id: int) -> Recording | None:
    """Return the recording of a call that is under way."""
    return session.scalar(select(Recording).where(Recording.attempt_id == attempt_id, Recording.state.in_(LIVE)))


def ask_for(session: Session, attempt: Attempt, *, now: datetime) -> Recording:
    """Write down that a recording is asked for."""
    recording = Recording(
        campaign_id=attempt.campaign_id,
        attempt_id=attempt.id,
        state=RecordingState.ASKED,
        is_at_provider=True,  # until we know better: what might be there is looked for, and deleted
        asked_at=now,
        next_try_at=now + SILENCE,
    )
    session.add(recording)
    session.flush()
    return recording


def begin_recording(make_session: SessionFactory, gateway: Gateway, asked: Recording, *, now: datetime) -> None:
    """Ask the provider to begin; a refusal is kept where the desk shows it, and a lost answer is looked for later."""
    try:
        name = gateway.start_recording(attempt_id=asked.attempt_id, recording_id=asked.id)
    except (ConflictError, GatewayError) as error:
        with make_session() as session, session.begin():
            recording = locked(session, asked.id)
            if isinstance(error, GatewayError) and error.is_uncertain:
                recording.next_try_at = now + DOUBT
            else:
                fail(recording, error.words())
            _tell_desk(session, asked.attempt_id)
        return
    with make_session() as session, session.begin():
        recording = locked(session, asked.id)
        note_name(recording, recording.provider_id or name, now=now)
        if recording.state == RecordingState.ASKED:
            recording.state = RecordingState.RUNNING
        if recording.is_unwanted:
            recording.next_try_at = now
        _tell_desk(session, asked.attempt_id)


def _steer(make_session: SessionFactory, gateway: Gateway, recording: Recording, *, act: RecordingAct) -> None:
    if recording.provider_id is None:
        raise ConflictError("The recording is only just beginning. Try again.")
    gateway.steer_recording(attempt_id=recording.attempt_id, name=recording.provider_id, act=act)
    with make_session() as session, session.begin():
        kept = locked(session, recording.id)
        if kept.state in LIVE:
            kept.state = _STATE_AFTER[act]
        _tell_desk(session, recording.attempt_id)


def keep_recording_report(session: Session, report: RecordingReported, *, now: datetime) -> None:
    """Keep a report as it came, and let it move the recording on; the same report again changes nothing."""
    kept = session.scalar(
        insert(table_of(RecordingReport))
        .values(
            token=report.token, recording_id=report.recording_id, provider_id=report.name, status=report.status,
            fields=dict(report.fields), received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(RecordingReport.id)
    )  # fmt: skip
    recording = session.get(Recording, report.recording_id, with_for_update=True) if kept is not None else None
    if recording is not None and recording.provider_id in {None, report.name}:
        note_name(recording, report.name, now=now)
        note_news(recording, report.news, seconds=report.seconds, now=now)
        _tell_desk(session, recording.attempt_id)


def note_name(recording: Recording, name: str, *, now: datetime) -> None:
    """Note the provider's name of a recording; one that was given up before is there all the same, to be cleared."""
    is_new = recording.provider_id != name
    recording.provider_id = name
    if is_new and recording.state in {RecordingState.FAILED, RecordingState.DELETED}:
        recording.is_at_provider, recording.next_try_at, recording.tries = True, now, 0


def note_news(recording: Recording, news: RecordingNews, *, seconds: int | None, now: datetime) -> None:
    """Move a recording forward by what the provider says of it."""
    is_found_after_all = recording.state == RecordingState.FAILED and news is RecordingNews.MADE
    if recording.state not in BEFORE_MADE and not is_found_after_all:
        return
    if news is RecordingNews.MADE:
        recording.state, recording.made_at, recording.seconds = RecordingState.MADE, now, seconds
        recording.next_try_at, recording.tries = now, 0
    elif news is RecordingNews.NOTHING:
        fail(recording, "The provider recorded nothing.")
    elif news is RecordingNews.RUNNING and recording.state == RecordingState.ASKED:
        recording.state = RecordingState.RUNNING


def fail(recording: Recording, problem: str) -> None:
    """Note that nothing was recorded, and why."""
    recording.state, recording.problem = RecordingState.FAILED, problem
    recording.is_at_provider, recording.next_try_at = False, None


def locked(session: Session, recording_id: int) -> Recording:
    """Read one to change it."""
    return session.get_one(Recording, recording_id, with_for_update=True, populate_existing=True)


def _tell_desk(session: Session, attempt_id: int) -> None:
    attempt = session.get(Attempt, attempt_id)
    if attempt is None:
        raise NotFoundError
    announce(session, person_topic(attempt.interviewer_id))
