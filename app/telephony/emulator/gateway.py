"""The emulated network as a gateway: it keeps its calls in its own table and speaks for its people."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.telephony.domain import CallEvent, CallEventKind, CallState, Ending, rang, state_after
from app.telephony.emulator.conversation import hear
from app.telephony.emulator.draws import keyed_digest
from app.telephony.emulator.figures import Population
from app.telephony.emulator.network import Dial, ended, timeline_of
from app.telephony.emulator.population import AreaShares, Person, following, person_of
from app.telephony.emulator.speech import Caption, Memory, Reply, Utterance
from app.telephony.gateway import GatewayError
from app.telephony.models import CallEventRow, EmulatedCall

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
CALLER_NUMBER: Final = re.compile(r"\+?\d{3,15}")
CALLS_PER_POLL: Final = 500

_TIMELINE: Final = TypeAdapter(tuple[CallEvent, ...])
_PERSON: Final = TypeAdapter(Person)
_MEMORY: Final = TypeAdapter(Memory)
_CAPTION: Final = TypeAdapter(Caption)

_SETTLING: Final = frozenset({CallEventKind.ANSWERED, CallEventKind.ENDED})

EventKey = tuple[int, int, str]

_DUE: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.next_event_at <= bindparam("now"))
    .order_by(EmulatedCall.next_event_at)
    .limit(CALLS_PER_POLL)
    .with_for_update(skip_locked=True)
)
_DUE_OF_ONE: Final = _DUE.where(EmulatedCall.attempt_id == bindparam("attempt_id"))
_STORED: Final = select(CallEventRow.attempt_id, CallEventRow.sequence, CallEventRow.kind).where(
    CallEventRow.attempt_id == any_(bindparam("attempt_ids", type_=ARRAY(BigInteger)))
)
_LAST_TO_NUMBER: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.number_key == bindparam("number_key"))
    .order_by(EmulatedCall.placed_at.desc())
    .limit(1)
)
_TO_CHANGE: Final = select(EmulatedCall).where(EmulatedCall.attempt_id == bindparam("attempt_id")).with_for_update()


class NobodyOnTheLineError(ConflictError):
    """Nobody hears you: the call has not been answered or is over."""


class EmulatorGateway:
    """A telephone network with simulated people; every process that is given the same seed sees the same people.

    `area_shares` gives the true mix of first languages at a number's place, `time_zone_of` its time zone,
    `follows(listener, speaker)` how far people of one lect follow another. `fingerprint` finds earlier calls to
    a number without keeping it: an installation hands in its vault's, because a seed alone is easily guessed.
    """

    def __init__(
        self,
        make_session: SessionFactory,
        population: Population,
        *,
        seed: int,
        area_shares: Callable[[str], AreaShares],
        time_zone_of: Callable[[str], str] | None = None,
        follows: Callable[[str, str], float] | None = None,
        fingerprint: Callable[[str], bytes] | None = None,
    ) -> None:
        self._make_session = make_session
        self._population = population
        self._seed = seed
        self._area_shares = area_shares
        self._time_zone_of = time_zone_of or (lambda _number: population.time_zone)
        self._follows = follows or (lambda _listener, _speaker: 0.0)
        self._fingerprint = fingerprint or (lambda number: keyed_digest(seed, "number", number))

    def place_call(self, *, attempt_id: int, number: str, caller_number: str, ring_seconds: int, now: datetime) -> None:
        """Take the call on and decide its whole course; the same attempt is never dialled twice."""
        if not E164.fullmatch(number):
            raise GatewayError("This is not a number in international form, such as +8613900000000.", permanent=True)
        if not CALLER_NUMBER.fullmatch(caller_number):
            raise GatewayError("The number to call from must have 3 to 15 digits.", permanent=True)
        number_key, time_zone = self._fingerprint(number), self._time_zone_of(number)
        person = person_of(self._population, number, self._area_shares(number), seed=self._seed)
        with self._make_session() as session, session.begin():
            memory = _memory_of(session, number_key, now=now)
            dial = Dial(attempt_id, now, ring_seconds, time_zone, memory.calls, memory.expects_call)
            timeline = timeline_of(person, dial, population=self._population, seed=self._seed)
            call = {
                "attempt_id": attempt_id,
                "number_key": number_key,
                "placed_at": now,
                "timeline": _TIMELINE.dump_python(timeline, mode="json"),
                "next_event_at": timeline[0].at,
                "state": {"person": _PERSON.dump_python(person, mode="json"), "memory": _MEMORY.dump_python(memory)},
            }
            session.execute(insert(EmulatedCall).values(call).on_conflict_do_nothing())

    def hang_up(self, *, attempt_id: int, now: datetime) -> None:
        """End the call; before the answer it counts as taken back."""
        with self._make_session() as session, session.begin():
            call = _locked_call(session, attempt_id)
            state = state_after(_past(call, now=now))
            if state is not CallState.ENDED:
                ending = Ending.HUNG_UP_BY_US if state is CallState.TALKING else Ending.CANCELLED
                _cut(call, ending, now=now, at=now)

    def events_due(self, *, now: datetime, attempt_id: int | None = None) -> list[CallEvent]:
        """Return what has happened, to one call or to all, and is not in `call_event` yet, oldest first.

        Looking there instead of counting what was handed out is what makes a delivery survive a crash.
        """
        due = _DUE if attempt_id is None else _DUE_OF_ONE
        with self._make_session() as session, session.begin():
            calls = session.scalars(due, {"now": now, "attempt_id": attempt_id}).all()
            stored = _stored_events(session, [call.attempt_id for call in calls])
            events = [event for call in calls for event in _note_delivery(call, stored) if event.at <= now]
        return sorted(events, key=lambda event: (event.at, event.attempt_id, event.sequence))

    def settling(self, attempt_id: int) -> list[CallEvent]:
        """Return what will happen until the call is answered, or ends; once answered, until it ends by itself.

        Nothing when that has been reported, or when nothing will happen until one side acts.
        """
        with self._make_session() as session:
            call = session.get(EmulatedCall, attempt_id)
            if call is None:
                return []
            pending = _pending(call, _stored_events(session, [attempt_id]))
            last = next((place for place, event in enumerate(pending) if event.kind in _SETTLING), -1)
            return pending[: last + 1]

    def say(self, *, attempt_id: int, utterance: Utterance, now: datetime) -> Reply:
        """Let the respondent hear something, and return the reply; a reply that hangs up ends the call soon after.

        Raises NobodyOnTheLineError unless the call is answered and going on at `now`.
        """
        with self._make_session() as session, session.begin():
            call = _locked_call(session, attempt_id)
            if state_after(_past(call, now=now)) is not CallState.TALKING:
                raise NobodyOnTheLineError
            person = _PERSON.validate_python(call.state["person"])
            memory = _MEMORY.validate_python(call.state["memory"])
            heard = self._as_heard(person, utterance)
            reply, memory = hear(person, memory, heard, population=self._population, seed=self._seed)
            said = [
                *call.state.get("said", []),
                _CAPTION.dump_python(Caption(reply.text_zh, reply.text_en, reply.lect)),
            ]
            call.state = {**call.state, "memory": _MEMORY.dump_python(memory, mode="json"), "said": said}
            if reply.hangs_up:
                at = now + timedelta(seconds=reply.after_seconds)
                _cut(call, Ending.HUNG_UP_BY_RESPONDENT, now=now, at=at)
            return reply

    def captions(self, attempt_id: int) -> list[Caption]:
        """Return what the respondent has said on a call, in order; nothing for a call the network does not know."""
        with self._make_session() as session:
            call = session.get(EmulatedCall, attempt_id)
            return [_CAPTION.validate_python(line) for line in call.state.get("said", [])] if call else []

    def _as_heard(self, person: Person, utterance: Utterance) -> Utterance:
        """Fill in how far the person follows, unless the caller has decided that."""
        if utterance.understands is not None:
            return utterance
        degree = self._follows(person.main_lect, utterance.lect)
        return replace(utterance, understands=following(person, utterance.lect, degree=degree))


def _memory_of(session: Session, number_key: bytes, *, now: datetime) -> Memory:
    """Return what the person remembers of the calls that went to this number before."""
    last = session.scalar(_LAST_TO_NUMBER, {"number_key": number_key})
    if last is None:
        return Memory()
    memory = _MEMORY.validate_python(last.state["memory"])
    return memory.for_next_call(rang=rang(_past(last, now=now)))


def _locked_call(session: Session, attempt_id: int) -> EmulatedCall:
    call = session.scalar(_TO_CHANGE, {"attempt_id": attempt_id})
    if call is None:
        raise GatewayError(
            "The network knows no call for attempt %(attempt)s.", permanent=True, attempt=str(attempt_id)
        )
    return call


def _timeline(call: EmulatedCall) -> tuple[CallEvent, ...]:
    return _TIMELINE.validate_python(call.timeline)


def _past(call: EmulatedCall, *, now: datetime) -> list[CallEvent]:
    return [event for event in _timeline(call) if event.at <= now]


def _cut(call: EmulatedCall, ending: Ending, *, now: datetime, at: datetime) -> None:
    """Replace everything that has not happened yet by the end of the call."""
    past = _past(call, now=now)
    timeline = (*past, ended(call.attempt_id, len(past) + 1, ending, at=at))
    call.timeline = _TIMELINE.dump_python(timeline, mode="json")
    call.next_event_at = min(call.next_event_at or at, at)


def _stored_events(session: Session, attempt_ids: Sequence[int]) -> set[EventKey]:
    if not attempt_ids:
        return set()
    rows = session.execute(_STORED, {"attempt_ids": list(attempt_ids)})
    return {(row.attempt_id, row.sequence, row.kind) for row in rows}


def _pending(call: EmulatedCall, stored: Iterable[EventKey]) -> list[CallEvent]:
    keys = set(stored)
    return [e for e in _timeline(call) if (e.attempt_id, e.sequence, e.kind.value) not in keys]


def _note_delivery(call: EmulatedCall, stored: Iterable[EventKey]) -> list[CallEvent]:
    """Write down how far our side has come, and return what it still lacks."""
    pending = _pending(call, stored)
    call.delivered = len(call.timeline) - len(pending)
    call.next_event_at = pending[0].at if pending else None
    return pending
