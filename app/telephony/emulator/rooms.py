"""The rooms of the emulated network: browsers call in, and documents are fetched for the calls in them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, select, true, update

from app.core.db import SessionFactory
from app.telephony.domain import CallState, state_after
from app.telephony.emulator.courses import past_of
from app.telephony.emulator.documents import JoinRoom, PlayKeys, Verb
from app.telephony.emulator.hearing import Present, audience
from app.telephony.models import EmulatedCall, EmulatedErrand, EmulatedLeg

AT_ONCE: Final = 100


class LegState(StrEnum):
    """How far a browser's call has come; the network tells its owner of joining and leaving, each once."""

    CALLING = "calling"  # the document that answers it is being fetched
    JOINED = "joined"  # it is in its room, which has not been told yet
    IN = "in"
    LEFT = "left"  # it is over, which has not been told yet
    OVER = "over"


UNDER_WAY: Final = (LegState.CALLING, LegState.JOINED, LegState.IN)
THERE: Final = (LegState.JOINED, LegState.IN)


@dataclass(frozen=True)
class Errand:
    """A document to fetch for a call: where, and with which form."""

    call_id: str
    address: str
    form: dict[str, str]


@dataclass(frozen=True)
class RoomSignal:
    """A browser's call that came to its room or left it."""

    call_id: str
    room: str
    label: str
    callback_url: str
    event: str  # participant-join or participant-leave


class Rooms:
    """Keeps browsers' calls in a table of its own, as a provider keeps them for itself."""

    def __init__(self, make_session: SessionFactory) -> None:
        self._make_session = make_session

    def call_in(self, identity: str, address: str, form: dict[str, str]) -> str:
        """Take a browser's call, to be answered by the document at `address`; returns the call's name."""
        call_id = f"CA{uuid4().hex}"
        asked = {"From": f"client:{identity}", "To": "", "Direction": "inbound", "CallStatus": "ringing", **form}
        with self._make_session() as session, session.begin():
            session.add(EmulatedLeg(call_id=call_id, identity=identity, state=LegState.CALLING))
            session.add(EmulatedErrand(call_id=call_id, address=address, form=asked))
        return call_id

    def leave(self, call_id: str, *, identity: str | None = None) -> bool:
        """End a browser's call, of that browser only where it is named; False for one that is over or none of these."""
        theirs = true() if identity is None else EmulatedLeg.identity == identity
        gone = (
            update(EmulatedLeg)
            .where(EmulatedLeg.call_id == call_id, EmulatedLeg.state.in_(UNDER_WAY), theirs)
            .values(state=LegState.LEFT)
            .returning(EmulatedLeg.call_id)
        )
        with self._make_session() as session, session.begin():
            return session.scalar(gone) is not None

    def send_for(self, call_id: str, address: str) -> None:
        """Have a document fetched for a call under way."""
        with self._make_session() as session, session.begin():
            session.add(EmulatedErrand(call_id=call_id, address=address, form={"CallStatus": "in-progress"}))

    def take_errands(self, call_id: str | None = None) -> list[Errand]:
        """Take the documents that are still to be fetched, for one call or for all."""
        wanted = select(EmulatedErrand.id).order_by(EmulatedErrand.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        if call_id is not None:
            wanted = wanted.where(EmulatedErrand.call_id == call_id)
        taken = (
            delete(EmulatedErrand)
            .where(EmulatedErrand.id.in_(wanted.scalar_subquery()))
            .returning(EmulatedErrand.id, EmulatedErrand.call_id, EmulatedErrand.address, EmulatedErrand.form)
        )
        with self._make_session() as session, session.begin():
            found = sorted(session.execute(taken).all())
        return [Errand(row.call_id, row.address, row.form) for row in found]

    def obey(self, call_id: str, verbs: Sequence[Verb]) -> None:
        """Do what a document says; a call that is told nothing, or to be refused, is over."""
        with self._make_session() as session, session.begin():
            leg = session.get(EmulatedLeg, call_id, with_for_update=True)
            if leg is not None and leg.state == LegState.CALLING:
                _answer(leg, verbs)
            call = session.get(EmulatedCall, call_id, with_for_update=True) if leg is None else None
            if call is not None:
                heard = "".join(verb.keys for verb in verbs if isinstance(verb, PlayKeys))
                call.state = {**call.state, "keys": call.state.get("keys", "") + heard}

    def note_heard(self, call_id: str, sound: bytes) -> None:
        """Note that a respondent heard a sound, by its hash."""
        with self._make_session() as session, session.begin():
            call = session.get(EmulatedCall, call_id, with_for_update=True)
            if call is not None:
                digest = hashlib.sha256(sound).hexdigest()
                call.state = {**call.state, "heard": [*call.state.get("heard", []), digest]}

    def move(self, call_id: str, room: str, *, now: datetime) -> bool:
        """Bring a call to another room; False unless somebody is on the line."""
        with self._make_session() as session, session.begin():
            call = session.get(EmulatedCall, call_id, with_for_update=True)
            if call is None or state_after(past_of(call, now=now)) is not CallState.TALKING:
                return False
            call.room = room
        return True

    def calls_in(self, room: str, *, now: datetime) -> list[str]:
        """Return the calls in a room, the newest first."""
        newest = select(EmulatedCall).where(EmulatedCall.room == room).order_by(EmulatedCall.placed_at.desc()).limit(1)
        with self._make_session() as session:
            calls = session.scalars(newest).all()
            return [call.call_id for call in calls if state_after(past_of(call, now=now)) is CallState.TALKING]

    def hold(self, call_id: str, *, is_held: bool, now: datetime) -> bool:
        """Let the respondent hear music, or the interviewer again; False unless somebody is on the line."""
        with self._make_session() as session, session.begin():
            call = session.get(EmulatedCall, call_id, with_for_update=True)
            if call is None or state_after(past_of(call, now=now)) is not CallState.TALKING:
                return False
            call.state = {**call.state, "held": is_held}
        return True

    def is_in(self, call_id: str) -> bool:
        """Tell whether a browser's own call is in a room."""
        with self._make_session() as session:
            leg = session.get(EmulatedLeg, call_id)
            return leg is not None and leg.state in THERE

    def let_speak(self, call_id: str, *, is_muted: bool, coaches: str | None) -> bool:
        """Say who hears a browser's call that is in a room; False where the one to be coached is not in the same."""
        with self._make_session() as session, session.begin():
            leg = session.get_one(EmulatedLeg, call_id, with_for_update=True)
            coached = session.get(EmulatedLeg, coaches) if coaches is not None else leg
            if coached is None or coached.state not in THERE or coached.room != leg.room:
                return False
            leg.is_muted, leg.coaches = is_muted, coaches
        return True

    def heard_by(self, call_id: str, room: str, *, now: datetime) -> frozenset[str]:
        """Return the calls in a room that hear what is said on one of them."""
        legs = select(EmulatedLeg).where(EmulatedLeg.room == room, EmulatedLeg.state.in_(THERE))
        calls = select(EmulatedCall).where(EmulatedCall.room == room)
        with self._make_session() as session:
            browsers = [Present(leg.call_id, leg.is_muted, coaches=leg.coaches) for leg in session.scalars(legs)]
            people = [
                Present(call.call_id, is_held=bool(call.state.get("held")))
                for call in session.scalars(calls)
                if state_after(past_of(call, now=now)) is CallState.TALKING
            ]
        return audience(call_id, [*browsers, *people])

    def signals_due(self) -> list[RoomSignal]:
        """Return who came or left and was not told yet."""
        untold = select(EmulatedLeg).where(EmulatedLeg.state.in_((LegState.JOINED, LegState.LEFT))).limit(AT_ONCE)
        with self._make_session() as session:
            return [_signal(leg) for leg in session.scalars(untold)]

    def note_told(self, signal: RoomSignal) -> None:
        """Note that it was told, or given up."""
        told, then = _STEPS[signal.event]
        step = update(EmulatedLeg).where(EmulatedLeg.call_id == signal.call_id, EmulatedLeg.state == told)
        with self._make_session() as session, session.begin():
            session.execute(step.values(state=then))


_STEPS: Final[dict[str, tuple[LegState, LegState]]] = {
    "participant-join": (LegState.JOINED, LegState.IN),
    "participant-leave": (LegState.LEFT, LegState.OVER),
}


def _answer(leg: EmulatedLeg, verbs: Sequence[Verb]) -> None:
    joined = next((verb for verb in verbs if isinstance(verb, JoinRoom)), None)
    if joined is None:
        leg.state = LegState.OVER
        return
    leg.room, leg.label, leg.callback_url = joined.room, joined.label, joined.callback_url
    leg.is_muted = joined.is_muted
    leg.state = LegState.JOINED


def _signal(leg: EmulatedLeg) -> RoomSignal:
    event = "participant-join" if leg.state == LegState.JOINED else "participant-leave"
    return RoomSignal(leg.call_id, leg.room or "", leg.label or "", leg.callback_url or "", event)
