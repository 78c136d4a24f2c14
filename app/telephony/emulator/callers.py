"""People on the emulated network who missed a call and call back: what they hear, press and wait for."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.telephony.domain import CallEvent, CallEventKind, Ending, rang
from app.telephony.emulator.captions import with_lect
from app.telephony.emulator.courses import timeline_of_call, written
from app.telephony.emulator.documents import AskKeys, JoinRoom, Refuse, Speak, Verb
from app.telephony.emulator.draws import keyed_random
from app.telephony.emulator.figures import Population
from app.telephony.emulator.network import ended
from app.telephony.emulator.population import Person
from app.telephony.emulator.speech import Memory
from app.telephony.inbound.models import EmulatedCallBack
from app.telephony.models import EmulatedCall

MISSED: Final = frozenset({Ending.NO_ANSWER, Ending.CANCELLED})
SECONDS_PER_CHARACTER: Final = 0.22  # about 270 syllables a minute
THINKING_SECONDS: Final = 1.5
AT_ONCE: Final = 50
STOP_KEY: Final = "9"
SERVICE_KEYS: Final = frozenset("0789")
_KEY: Final = re.compile(r"([^。？！]*)[请請]按\s*(\d)")
_PERSON: Final = TypeAdapter(Person)
_MEMORY: Final = TypeAdapter(Memory)


@dataclass(frozen=True)
class Move:
    """What a caller does next: a document is fetched, or the room in `joins` is reached; None for hanging up."""

    call_id: str
    number: str
    called: str
    address: str | None
    keys: str | None = None
    joins: Mapping[str, str] | None = None


class Callers:
    """Keeps those who call back in a table of its own, as a network keeps its calls."""

    def __init__(self, make_session: SessionFactory, population: Population, *, vault: Vault, seed: int) -> None:
        self._make_session = make_session
        self._population = population
        self._vault = vault
        self._seed = seed

    def miss(self, call_ids: Collection[str], *, now: datetime) -> int:
        """Let the people whose telephone has rung in vain decide whether they call back; returns how many will."""
        with self._make_session() as session, session.begin():
            calls = session.scalars(select(EmulatedCall).where(EmulatedCall.call_id.in_(call_ids))).all()
            return sum(self._decide(session, call, now=now) for call in calls if rang(timeline_of_call(call)))

    def _decide(self, session: Session, call: EmulatedCall, *, now: datetime) -> bool:
        person, figures = _PERSON.validate_python(call.state["person"]), self._population.call_back
        chance = keyed_random(self._seed, "calls back", person.key)
        called_before = session.scalar(select(exists().where(EmulatedCallBack.number_key == call.number_key)))
        if chance.random() >= figures.share or called_before:
            return False
        after = timedelta(minutes=chance.uniform(*figures.after_minutes))
        session.add(
            EmulatedCallBack(
                call_id=f"CA{uuid4().hex}",
                number_key=call.number_key,
                number=call.number,
                called=call.caller_number,
                state={"person": call.state["person"], "memory": call.state["memory"], "questions": 0},
                next_at=now + after,
            )
        )
        session.flush()
        return True

    def take_moves(self, *, now: datetime) -> list[Move]:
        """Take what callers are about to do; each is to be done, and what came of it told by `hear` or `joined`."""
        due = (
            select(EmulatedCallBack)
            .where(EmulatedCallBack.next_at <= now)
            .order_by(EmulatedCallBack.next_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._make_session() as session, session.begin():
            calls = session.scalars(due).all()
            for call in calls:
                call.next_at = None
            return [self._move(call) for call in calls]

    def _move(self, call: EmulatedCallBack) -> Move:
        state, number = call.state, self._vault.decrypt(call.number)
        address = None if state.get("hangs_up") else state.get("address", "")
        return Move(call.call_id, number, call.called, address, state.get("keys"), state.get("joins"))

    def hear(self, call_id: str, verbs: Sequence[Verb], *, now: datetime) -> None:
        """Follow a document up to the first question or room; whoever is told nothing more hangs up."""
        with self._make_session() as session, session.begin():
            call = session.get_one(EmulatedCallBack, call_id, with_for_update=True)
            person = _PERSON.validate_python(call.state["person"])
            seconds, then = self._follow(verbs, person, questions=call.state["questions"])
            questions = call.state["questions"] + ("keys" in then)
            kept = {name: call.state[name] for name in ("person", "memory")}
            call.state = {**kept, "questions": questions, **then}
            call.next_at = now + timedelta(seconds=seconds)

    def _follow(self, verbs: Sequence[Verb], person: Person, *, questions: int) -> tuple[float, dict[str, Any]]:
        seconds = 0.0
        for verb in verbs:
            match verb:
                case Speak():
                    seconds += listening(verb.words)
                case JoinRoom():
                    return seconds, {"joins": vars(verb)}
                case AskKeys():
                    return self._answer(verb, person, seconds=seconds, questions=questions)
                case Refuse():
                    break
                case _:
                    continue
        return seconds, {"hangs_up": True}

    def _answer(
        self, question: AskKeys, person: Person, *, seconds: float, questions: int
    ) -> tuple[float, dict[str, Any]]:
        chance = keyed_random(self._seed, "keys", person.key, questions)
        heard = "".join(spoken.words for spoken in question.spoken)
        seconds += listening(heard) + THINKING_SECONDS
        figures, drawn = self._population.call_back, chance.random()
        if drawn < figures.gives_up:
            return seconds, {"hangs_up": True}
        wants_no_calls = keyed_random(self._seed, "no calls", person.key).random() < figures.wants_no_calls
        keys = key_for(heard, person, wants_no_calls=wants_no_calls, position=chance.random())
        waits = 0 if keys else question.seconds
        return seconds + waits, {"address": question.action, "keys": keys}

    def joined(self, call_id: str, *, ended_url: str, now: datetime) -> None:
        """Let the caller and whoever is in the room hear each other: from here on it is a call like any other."""
        with self._make_session() as session, session.begin():
            call = session.get_one(EmulatedCallBack, call_id, with_for_update=True)
            room = call.state["joins"]
            memory = _MEMORY.validate_python(call.state["memory"]).for_next_call(rang=False)
            known = {**_MEMORY.dump_python(memory, mode="json"), "expects_call": True}
            longest = timedelta(seconds=self._population.ringing.longest_talk_seconds)
            answer = CallEvent(int(room["label"]), 1, CallEventKind.ANSWERED, now)
            end = ended(answer.attempt_id, 2, Ending.HUNG_UP_BY_RESPONDENT, at=now + longest)
            session.add(
                EmulatedCall(
                    call_id=call_id,
                    label=room["label"],
                    room=room["room"],
                    number_key=call.number_key,
                    number=call.number,
                    caller_number=call.called,
                    callback_url=ended_url,
                    placed_at=now,
                    timeline=written((answer, end)),
                    delivered=1,  # that it is answered, the room tells
                    next_event_at=end.at,
                    state={"person": call.state["person"], "memory": known},
                )
            )


def listening(words: str) -> float:
    """Return how many seconds it takes to hear words."""
    return len(words) * SECONDS_PER_CHARACTER


def key_for(heard: str, person: Person, *, wants_no_calls: bool, position: float) -> str:
    """Return the key that somebody presses who has heard these words; "" where none of them is for them.

    Whoever hears a language of theirs named takes its key, the best first; among other offers chance decides.
    """
    offers: list[tuple[str, str]] = _KEY.findall(heard)
    if wants_no_calls and any(key == STOP_KEY for _words, key in offers):
        return STOP_KEY
    for lect, _fluency in sorted(person.lects, key=lambda spoken: -spoken[1]):
        name = with_lect(("{lect}", "{lect}"), lect)[0]
        mine = next((key for words, key in offers if name in words), None)
        if mine is not None:
            return mine
    others = [key for _words, key in offers if key not in SERVICE_KEYS]
    return others[int(position * len(others))] if others else ""
