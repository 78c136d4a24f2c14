"""How long an answer takes from the key to the next screen, over HTTP, while thirty interviewers are on the line."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter, sleep
from typing import Final
from urllib.parse import urlencode

from app.dialing.calls import deliver_events
from app.interviewing import desk, questions
from app.languages.domain import PUTONGHUA
from app.telephony.scripted import ScriptedNetwork
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.served import Wire, served
from tests.benchmarks.stand import NOON, WORKER, Field, Stand

MOST_MS: Final = 50.0  # from an answer sent to the next screen received, at the 95th percentile
# Faster than anybody reads a question and hears its answer.
PAUSE_SECONDS: Final = 3.0
MOST_ANSWERS: Final = 12  # fewer than the questionnaire has questions, whatever is answered
FORM: Final = "application/x-www-form-urlencoded"
_FIELD: Final = re.compile(rb'<input type="hidden" name="(interview|question|sequence|unrated)" value="([^"]*)"')
_CHOICE: Final = re.compile(rb'name="code" value="([^"]*)"')


@dataclass
class Seat:
    """One interviewer in the middle of an interview, as their console sees it."""

    wire: Wire
    fields: dict[str, str]
    choice: str | None

    def answer(self) -> None:
        """Send some answer that fits, and read the next screen."""
        given = {"code": self.choice} if self.choice else {"text": "45"}
        body = urlencode({**self.fields, **given, "status": "answered", "latency_ms": "1500"})
        status, _head, page = self.wire.post("/desk/answer", body, media_type=FORM)
        if status != 200:
            message = f"{self.fields} was refused: {status}"
            raise RuntimeError(message)
        self.read(page)

    def look_ahead(self) -> None:
        """Ask what follows, as the console does while the respondent is speaking."""
        status, _head, _page = self.wire.post("/desk/ahead", urlencode(self.fields), media_type=FORM)
        if status not in {200, 204}:
            message = f"What follows {self.fields} was refused: {status}"
            raise RuntimeError(message)

    def read(self, page: bytes) -> None:
        """Find out what is asked."""
        self.fields = {name.decode(): value.decode() for name, value in _FIELD.findall(page)}
        found = _CHOICE.search(page)
        self.choice = found.group(1).decode() if found else None


def measure(stand: Stand) -> list[Row]:
    """Let thirty interviewers answer at once: each every three seconds, then as fast as they can."""
    field = stand.smallest
    each = min(max(stand.plan.claims // 5, 1), MOST_ANSWERS // 2)
    many = stand.plan.on_the_line
    with served(field.urls.application) as port, _interviews(field, port, many=many) as seats:
        paced = _all_answer(seats, each=each, pause=PAUSE_SECONDS)
        began = perf_counter()
        _all_answer(seats, each=each, pause=0.0)
        rate = many * each / (perf_counter() - began)
    field.set_aside()
    late = quantiles(paced, n=20)[-1]
    note = f"{many} at once, each every {PAUSE_SECONDS:g} s; 95 % of {len(paced):,}"
    return [
        Row("answers/an answer and the next screen", late, MOST_MS, "ms", Goal(1), note),
        Row(
            "answers/answers a second, as fast as they go",
            rate,
            many / PAUSE_SECONDS,
            "answers/s",
            note="against those of so many people",
        ),
    ]


@contextmanager
def _interviews(field: Field, port: int, *, many: int) -> Iterator[list[Seat]]:
    """Put so many people on the line, each at the first question."""
    network = ScriptedNetwork()
    seats = []
    for number, person_id in enumerate(field.crowd[:many]):
        _reach(field, network, person_id)
        wire = Wire(port, f"{WORKER}{number}")
        seat = Seat(wire, {}, None)
        seat.read(wire.post("/desk/mark/take-back", "", media_type=FORM)[2])
        seats.append(seat)
    try:
        yield seats
    finally:
        for seat in seats:
            seat.wire.close()
        with field.admin.connect() as connection:
            for person_id in field.crowd[:many]:
                field.seat(connection, person_id)


def _reach(field: Field, network: ScriptedNetwork, person_id: int) -> None:
    with field.make_session() as session, session.begin():
        desk.next_case(session, person_id, now=NOON)
    attempt_id = desk.dial(field.make_session, network, person_id, vault=field.vault, now=NOON)
    network.let_answer(attempt_id, at=NOON)
    deliver_events(field.make_session, network, now=NOON)
    with field.make_session() as session, session.begin():
        questions.begin(session, person_id, lect=PUTONGHUA, now=NOON)


def _all_answer(seats: Sequence[Seat], *, each: int, pause: float) -> list[float]:
    """Let everybody answer; returns the milliseconds of each, from the moment at which it was due."""
    begins = perf_counter()

    def work(number: int) -> list[float]:
        spent = []
        for turn in range(each):
            due = begins + pause * (turn + number / len(seats)) if pause else perf_counter()
            sleep(max(due - perf_counter(), 0.0))
            seats[number].answer()
            spent.append((perf_counter() - due) * 1000)
            seats[number].look_ahead()
        return spent

    with ThreadPoolExecutor(len(seats)) as people:
        return [ms for spent in people.map(work, range(len(seats))) for ms in spent]
