"""Colleagues who work while somebody looks on: they call and interview through the services, without a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.interviewing import desk, questions
from app.interviewing.answers import SentAnswer
from app.interviewing.interviews import Sitting
from app.languages.domain import PUTONGHUA
from app.questionnaires.answers import RawAnswer
from app.questionnaires.items import Question, QuestionKind
from app.questionnaires.session import next_question
from app.telephony.domain import Ending
from tests.browser.served import Served

AGE = "45"


@dataclass(frozen=True)
class Colleague:
    """One interviewer by sign-in name."""

    served: Served
    login: str

    def hold(self, *, answers: int = 60) -> None:
        """Reach somebody and interview them, to the end or for so many answers."""
        self._dial()
        self.served.answer()
        with self._acting() as (session, person_id, now):
            sitting = questions.begin(session, person_id, lect=PUTONGHUA, now=now)
        for _ in range(answers):
            asked = next_question(sitting.form, sitting.state)
            if asked is None:
                break
            with self._acting() as (session, person_id, now):
                sitting = questions.answer(session, person_id, sent=_first_choice(sitting, asked), now=now)

    def end(self, code: str) -> None:
        """Hang up and code what came of it."""
        self.served.end(Ending.HUNG_UP_BY_RESPONDENT)
        self._code(code)

    def fail(self, ending: Ending, code: str) -> None:
        """Dial in vain."""
        self._dial()
        self.served.end(ending)
        self._code(code)

    def _dial(self) -> None:
        state = self.served.app.state
        with self._acting() as (session, person_id, now):
            desk.go_ready(session, person_id, self.served.campaign_id, now=now)
            desk.next_case(session, person_id, now=now)
        desk.dial(state.make_session, state.gateway, person_id, vault=state.vault, now=now)

    def _code(self, code: str) -> None:
        with self._acting() as (session, person_id, now):
            desk.code(session, person_id, code=code, vault=self.served.app.state.vault, now=now)

    @contextmanager
    def _acting(self) -> Iterator[tuple[Session, int, datetime]]:
        with self.served.session() as session, session.begin():
            person_id = session.scalars(select(Person.id).where(Person.login == self.login)).one()
            yield session, person_id, self.served.app.state.clock()


def _first_choice(sitting: Sitting, asked: Question) -> SentAnswer:
    codes = tuple(choice.code for choice in asked.choices[:1])
    text = AGE if asked.kind in {QuestionKind.INTEGER, QuestionKind.DECIMAL} else None
    return SentAnswer(asked.name, RawAnswer(text=text, codes=codes), client_sequence=sitting.last_sequence + 1)


def work_a_while(served: Served) -> None:
    """Let a morning's work be there to look at: interviews, vain calls, and one interview under way."""
    bao, player = Colleague(served, "bao"), Colleague(served, "player01")
    for ending, code in ((Ending.BUSY, "busy"), (Ending.NO_ANSWER, "no_answer"), (Ending.SWITCHED_OFF, "switched_off")):
        for _ in range(3):
            player.fail(ending, code)
    for code in ("complete", "complete", "refused_soft", "complete", "broke_off", "complete", "said_misdial"):
        player.hold(answers=60 if code == "complete" else 4 * (code == "broke_off"))
        player.end(code)
    for code in ("complete", "complete"):
        bao.hold()
        bao.end(code)
    player.hold(answers=5)
