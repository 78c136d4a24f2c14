"""The emulated telephone exchange: it keeps its calls in its own table and speaks for its people."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.errors import ConflictError
from app.core.privacy import Vault
from app.telephony.domain import CallEvent, CallEventKind, CallState, Ending, rang, state_after
from app.telephony.emulator.callers import Callers
from app.telephony.emulator.conversation import hear
from app.telephony.emulator.courses import cut_short, past_of, pending_of, timeline_of_call, written
from app.telephony.emulator.figures import Population
from app.telephony.emulator.network import Dial, timeline_of
from app.telephony.emulator.population import AreaShares, Person, following, person_of
from app.telephony.emulator.recordings import EmulatedRecordings
from app.telephony.emulator.rooms import Rooms
from app.telephony.emulator.speech import Caption, Memory, Reply, Utterance
from app.telephony.models import EmulatedCall

CALLS_PER_POLL: Final = 500

_PERSON: Final = TypeAdapter(Person)
_MEMORY: Final = TypeAdapter(Memory)
_CAPTION: Final = TypeAdapter(Caption)

_SETTLING: Final = frozenset({CallEventKind.ANSWERED, CallEventKind.ENDED})

_DUE: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.next_event_at <= bindparam("now"))
    .order_by(EmulatedCall.next_event_at)
    .limit(CALLS_PER_POLL)
)
_DUE_OF_ONE: Final = _DUE.where(EmulatedCall.label == bindparam("label"))
_LAST_TO_NUMBER: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.number_key == bindparam("number_key"))
    .order_by(EmulatedCall.placed_at.desc())
    .limit(1)
)
_BETWEEN: Final = (
    select(EmulatedCall)
    .where(
        EmulatedCall.number_key == bindparam("number_key"),
        EmulatedCall.caller_number == bindparam("caller_number"),
        EmulatedCall.placed_at >= bindparam("since"),
    )
    .order_by(EmulatedCall.placed_at.desc())
)
_BY_LABEL: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.label == bindparam("label"))
    .order_by(EmulatedCall.placed_at.desc())
    .limit(1)
)
_TO_CHANGE: Final = (
    select(EmulatedCall)
    .where(EmulatedCall.call_id == bindparam("call_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Placing:
    """One call as it was ordered; `label` is whatever the caller names it by."""

    label: str
    number: str
    caller_number: str
    ring_seconds: int
    room: str
    callback_url: str


@dataclass(frozen=True)
class Signal:
    """Something to report about a call, to the address that was given when it was ordered."""

    call_id: str
    callback_url: str
    number: str
    caller_number: str
    event: CallEvent
    answered_at: datetime | None


class NobodyOnTheLineError(ConflictError):
    """Nobody hears you: the call has not been answered, is on hold, or is over."""


class Exchange:
    """A telephone network with simulated people; every process that is given the same seed sees the same people.

    `area_shares` gives the true mix of first languages at a number's place, `time_zone_of` its time zone,
    `follows(listener, speaker)` how far people of one lect follow another. Numbers are kept as the vault keeps them.
    """

    def __init__(
        self,
        make_session: SessionFactory,
        population: Population,
        *,
        vault: Vault,
        seed: int,
        area_shares: Callable[[str], AreaShares],
        time_zone_of: Callable[[str], str] | None = None,
        follows: Callable[[str, str], float] | None = None,
    ) -> None:
        self._make_session = make_session
        self._population = population
        self._vault = vault
        self._seed = seed
        self._area_shares = area_shares
        self._time_zone_of = time_zone_of or (lambda _number: population.time_zone)
        self._follows = follows or (lambda _listener, _speaker: 0.0)
        self.rooms = Rooms(make_session)
        self.recordings = EmulatedRecordings(make_session)
        self.callers = Callers(make_session, population, vault=vault, seed=seed)

    def dial(self, placing: Placing, *, now: datetime) -> str:
        """Take a call on, decide its whole course, and return the name it has here."""
        number = placing.number
        number_key, time_zone = self._vault.fingerprint(number), self._time_zone_of(number)
        person = person_of(self._population, number, self._area_shares(number), seed=self._seed)
        call_id = f"CA{uuid4().hex}"
        with self._make_session() as session, session.begin():
            memory = _memory_of(session, number_key, now=now)
            reference = int(placing.label) if placing.label.isdecimal() else 0
            dial = Dial(reference, now, placing.ring_seconds, time_zone, memory.calls, memory.expects_call)
            timeline = timeline_of(person, dial, population=self._population, seed=self._seed)
            call = EmulatedCall(
                call_id=call_id,
                label=placing.label,
                room=placing.room,
                number_key=number_key,
                number=self._vault.encrypt(number),
                caller_number=placing.caller_number,
                callback_url=placing.callback_url,
                placed_at=now,
                timeline=written(timeline),
                next_event_at=timeline[0].at,
                state={"person": _PERSON.dump_python(person, mode="json"), "memory": _MEMORY.dump_python(memory)},
            )
            session.add(call)
        return call_id

    def end(self, call_id: str, *, now: datetime) -> bool:
        """End a call; before the answer it counts as taken back. False for one that is over or unknown."""
        with self._make_session() as session, session.begin():
            call = session.scalar(_TO_CHANGE, {"call_id": call_id})
            state = state_after(past_of(call, now=now)) if call is not None else CallState.ENDED
            if call is None or state is CallState.ENDED:
                return False
            ending = Ending.HUNG_UP_BY_US if state is CallState.TALKING else Ending.CANCELLED
            cut_short(call, ending, now=now, at=now)
        return True

    def find(self, call_id: str, *, now: datetime) -> Signal | None:
        """Return how a call stands, as the signal that reported it last."""
        with self._make_session() as session:
            call = session.get(EmulatedCall, call_id)
            return self._standing(call, now=now) if call else None

    def calls_between(self, caller_number: str, number: str, *, since: datetime, now: datetime) -> list[Signal]:
        """Return how the calls from one number to another stand, the newest first."""
        wanted = {"number_key": self._vault.fingerprint(number), "caller_number": caller_number, "since": since}
        with self._make_session() as session:
            return [self._standing(call, now=now) for call in session.scalars(_BETWEEN, wanted)]

    def signals_due(self, *, now: datetime, label: str | None = None) -> list[Signal]:
        """Return what has happened, to one call or to all, and was not reported yet, oldest first."""
        due = _DUE if label is None else _DUE_OF_ONE
        with self._make_session() as session:
            calls = session.scalars(due, {"now": now, "label": label}).all()
            signals = [self._signal(call, event) for call in calls for event in pending_of(call) if event.at <= now]
        return sorted(signals, key=lambda signal: (signal.event.at, signal.call_id, signal.event.sequence))

    def note_reported(self, call_id: str, sequence: int) -> None:
        """Note that a call's signals up to this one were reported, or given up."""
        with self._make_session() as session, session.begin():
            call = session.scalar(_TO_CHANGE, {"call_id": call_id})
            if call is not None:
                call.delivered = max(call.delivered, sequence)
                pending = pending_of(call)
                call.next_event_at = pending[0].at if pending else None

    def settling(self, label: str) -> list[CallEvent]:
        """Return what will happen until the call is answered, or ends; once answered, until it ends by itself.

        Nothing when that has been reported, or when nothing will happen until one side acts.
        """
        with self._make_session() as session:
            call = session.scalar(_BY_LABEL, {"label": label})
            if call is None:
                return []
            pending = pending_of(call)
            last = next((place for place, event in enumerate(pending) if event.kind in _SETTLING), -1)
            return pending[: last + 1]

    def say(self, label: str, utterance: Utterance, *, now: datetime) -> Reply:
        """Let the respondent hear something, and return the reply; a reply that hangs up ends the call soon after.

        Raises NobodyOnTheLineError unless the call is answered, going on at `now`, and not held.
        """
        with self._make_session() as session, session.begin():
            call = _locked_call(session, label)
            if call is None or state_after(past_of(call, now=now)) is not CallState.TALKING or call.state.get("held"):
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
                cut_short(call, Ending.HUNG_UP_BY_RESPONDENT, now=now, at=at)
            return reply

    def captions(self, label: str) -> list[Caption]:
        """Return what the respondent has said on a call, in order; nothing for a call the network does not know."""
        with self._make_session() as session:
            call = session.scalar(_BY_LABEL, {"label": label})
            return [_CAPTION.validate_python(line) for line in call.state.get("said", [])] if call else []

    def heard_by(self, listener: str, label: str, *, now: datetime) -> list[Caption]:
        """Return what the respondent has said on a call to whoever hears it on another call of the same room."""
        with self._make_session() as session:
            call = session.scalar(_BY_LABEL, {"label": label})
            found = (call.call_id, call.room) if call else None
        hears = found is not None and listener in self.rooms.heard_by(*found, now=now)
        return self.captions(label) if hears else []

    def _standing(self, call: EmulatedCall, *, now: datetime) -> Signal:
        past = past_of(call, now=now)
        return self._signal(call, past[-1] if past else CallEvent(0, 0, CallEventKind.INITIATED, call.placed_at))

    def _signal(self, call: EmulatedCall, event: CallEvent) -> Signal:
        answered_at = next(
            (e.at for e in timeline_of_call(call) if e.kind is CallEventKind.ANSWERED and e.at <= event.at), None
        )
        number = self._vault.decrypt(call.number)
        return Signal(call.call_id, call.callback_url, number, call.caller_number, event, answered_at)

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
    return memory.for_next_call(rang=rang(past_of(last, now=now)))


def _locked_call(session: Session, label: str) -> EmulatedCall | None:
    call = session.scalar(_BY_LABEL, {"label": label})
    return session.scalar(_TO_CHANGE, {"call_id": call.call_id}) if call is not None else None
