"""A simulated interviewer: works a shift through HTTP, knowing only what an interviewer sees and hears."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from app.accounts.models import Person
from app.demo.conductor import Seat
from app.demo.desk_client import Body, HttpClient
from app.demo.line import Line
from app.interviewing.played import (
    CODING_SECONDS,
    GREETING_SECONDS,
    IDLE_SECONDS,
    LONGEST_CALL,
    NOTING_SECONDS,
    OUTCOME_OF_ENDING,
    PREVIEW_SECONDS,
    READING_SECONDS,
    after_greeting,
)
from app.languages.domain import PUTONGHUA, Level
from app.telephony.domain import Ending
from app.telephony.emulator.speech import AskedQuestion, Reply, SpokenAnswer, Utterance, UtteranceKind

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST_HOUR, LAST_HOUR = 9, 21
NOTED: Final = Reply("", "", PUTONGHUA, after_seconds=NOTING_SECONDS, said=SpokenAnswer())


class Player:
    """One interviewer at one desk; `levels` are the lects they master, `seed` decides their pace."""

    def __init__(self, client: HttpClient, line: Line, levels: Mapping[str, Level], *, seat: Seat, seed: str) -> None:
        self._client = client
        self._line = line
        self._own = [lect for lect, level in levels.items() if level == Level.INTERVIEWS]
        self._seat = seat
        self._random = Random(seed)  # noqa: S311  play, not secrets
        self._campaign_id = 0

    def sign_in(self, person: Person, password: str, campaign_id: int) -> None:
        """Come to the desk, and put the headset on."""
        self._client.ask("POST", "/api/v1/sessions", {"login": person.login, "password": password})
        self._client.ask("POST", "/api/v1/desk/ready", {"campaign_id": campaign_id})
        given = self._client.ask("POST", "/api/v1/desk/line")
        self._line.call_in(person.id, given["ticket"], now=self._seat.now)
        self._campaign_id = campaign_id

    def work(self) -> None:
        """Work case after case until the fieldwork is over."""
        while True:
            self._sleep_at_night()
            with self._seat.conductor.turn(self._seat.number):
                if self._seat.conductor.is_over(self._seat.number):
                    break
                case = self._client.send("POST", "/api/v1/desk/next-case", allow=HTTPStatus.CONFLICT)
            if case is None:
                self._seat.wait(IDLE_SECONDS)
                continue
            self._spend(self._between(PREVIEW_SECONDS))
            self._call(case)
        self._client.send("POST", "/api/v1/desk/off")

    def _sleep_at_night(self) -> None:
        local = self._seat.now.astimezone(ZONE)
        if not FIRST_HOUR <= local.hour < LAST_HOUR:
            days = 0 if local.hour < FIRST_HOUR else 1
            morning = (local + timedelta(days=days)).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
            self._client.send("POST", "/api/v1/desk/off")
            self._seat.wait((morning - local).total_seconds())
            self._client.send("POST", "/api/v1/desk/ready", {"campaign_id": self._campaign_id})

    def _call(self, case: Body) -> None:
        attempt: int = self._client.ask("POST", "/api/v1/desk/dial")["attempt_id"]
        ending = self._wait_for_answer(attempt)
        outcome = self._talk(attempt, case) if ending is None else {"code": OUTCOME_OF_ENDING[ending]}
        self._seat.wait(self._between(CODING_SECONDS))
        if outcome["code"] != "complete":
            self._client.send("POST", "/api/v1/desk/outcome", outcome)
            return
        # A complete counts in its quota cells, and by their need the others are given their cases.
        with self._seat.conductor.turn(self._seat.number):
            self._client.send("POST", "/api/v1/desk/outcome", outcome)
            self._seat.conductor.complete(self._seat.number)

    def _wait_for_answer(self, attempt: int) -> Ending | None:
        """Listen to the ringing until someone answers; returns how it ended when nobody did."""
        while not self._line.is_settled(attempt):
            events = self._line.settling(attempt)
            if not events:
                break
            self._spend((events[-1].at - self._seat.now).total_seconds())
            self._line.report(attempt, self._seat.now)
        return self._line.ending(attempt)

    def _talk(self, attempt: int, case: Body) -> Body:
        """Greet, find the lect, interview; returns what to code."""
        lect = case["greet_in"]["tag"]
        self._spend(self._between(GREETING_SECONDS))
        heard = self._say(attempt, lect, UtteranceKind.GREETING)
        self._spend(heard.after_seconds)
        move = after_greeting(heard, lect=lect, own=self._own)
        if move.declared is not None:
            self._client.send("POST", "/api/v1/desk/lects", {"kind": "declared", "lect": move.declared})
        if move.call_back_in_hours is not None:
            return self._leave(attempt, self._book(move.call_back_in_hours))
        if move.code is not None:
            return self._leave(attempt, {"code": move.code} | ({"lect": move.lect} if move.lect else {}))
        return self._interview(attempt, move.lect or lect)

    def _interview(self, attempt: int, lect: str) -> Body:
        shown = self._client.ask("POST", "/api/v1/desk/interview", {"lect": lect})
        for _ in range(LONGEST_CALL):
            question = shown["question"]
            if question is None:
                break
            self._spend(self._between(READING_SECONDS))
            is_note = question["kind"] == "note"
            heard = NOTED if is_note else self._say(attempt, lect, UtteranceKind.QUESTION, question=question)
            self._spend(heard.after_seconds)
            if heard.hangs_up:
                return self._leave(attempt, {"code": "broke_off"})
            if heard.said is not None:  # otherwise they asked to hear it again
                body = _answer(question, heard.said, after_seconds=heard.after_seconds)
                shown = self._client.ask("POST", "/api/v1/desk/answers", body)
        self._say(attempt, lect, UtteranceKind.GOODBYE)
        return self._leave(attempt, {"code": shown["finished_as"] or "partial"})

    def _leave(self, attempt: int, outcome: Body) -> Body:
        """Hang up unless the respondent has, and hand on what to code."""
        self._line.report(attempt, self._seat.now)
        if self._line.ending(attempt) is None:
            self._client.send("POST", "/api/v1/desk/hang-up")
            self._line.report(attempt, self._seat.now)
        return outcome

    def _book(self, hours: int) -> Body:
        """Agree on a time inside calling hours, or none at all."""
        wished = self._seat.now + timedelta(hours=hours)
        if not FIRST_HOUR <= wished.astimezone(ZONE).hour < LAST_HOUR:
            return {"code": "call_later"}
        booking = {"kind": "medium", "starts_at": wished.isoformat()}
        self._client.send("POST", "/api/v1/desk/appointments", booking)
        return {"code": "appointment"}

    def _say(self, attempt: int, lect: str, kind: UtteranceKind, *, question: Body | None = None) -> Reply:
        utterance = Utterance(lect, kind, _asked(question) if question else None)
        return self._line.say(attempt, utterance, now=self._seat.now)

    def _spend(self, seconds: float) -> None:
        """Let time pass while the case is with us: nobody else is concerned until it is coded."""
        self._seat.wait(seconds, quiet_seconds=CODING_SECONDS[0])

    def _between(self, bounds: tuple[float, float]) -> float:
        return self._random.uniform(*bounds)


def _asked(question: Body) -> AskedQuestion:
    choices = question["wording"]["choices"]
    return AskedQuestion(
        name=question["name"],
        kind=question["kind"],
        choices=tuple(choice["code"] for choice in choices),
        reserved=tuple(choice["code"] for choice in choices if choice["reserved"]),
    )


def _answer(question: Body, said: SpokenAnswer, *, after_seconds: float) -> Body:
    return {
        "question": question["name"],
        "codes": said.codes,
        "text": said.text,
        "status": said.given,
        "client_sequence": question["next_sequence"],
        "latency_ms": round(after_seconds * 1000),
    }
