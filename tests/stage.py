"""What tests act with: a clock, a survey in the field, an interviewer's desk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import change_rules, document_of
from app.campaigns.rules import Rules
from app.core.privacy import Vault
from app.dialing.calls import deliver_events
from app.dialing.intake import open_cases
from app.dialing.models import Case
from app.dialing.tick import tick
from app.sampling.domain import ColumnMapping
from app.sampling.service import import_sample
from app.sampling.tables import read_table
from app.telephony.domain import Ending
from app.telephony.scripted import ScriptedNetwork

T = TypeVar("T")


def in_a_thread(act: Callable[[], T]) -> T:
    """Run what needs an event loop of its own: once a browser is open, Playwright's runs in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


@dataclass
class SetClock:
    """The application's clock, moved by the test."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


@dataclass
class Survey:
    """An open campaign with a sample, and the moves that tests make in it."""

    session: Session
    vault: Vault
    campaign: Campaign
    now: datetime

    def add_numbers(self, *rows: tuple[str, str, str]) -> None:
        """Import (phone, area code, declared lect or "") and make cases of them."""
        lines = ["phone,area,language", *(",".join(row) for row in rows)]
        table = read_table("\n".join(lines).encode(), "sample.csv")
        mapping = ColumnMapping(phone=("phone",), area="area", language="language")
        import_sample(
            self.session,
            campaign_id=self.campaign.id,
            table=table,
            mapping=mapping,
            region="CN",
            vault=self.vault,
            imported_by=None,
            now=self.now,
        )
        open_cases(self.session, self.campaign, now=self.now)
        tick(self.session, now=self.now)

    def change_rules(self, **changes: Any) -> Rules:
        """Put rules with these parts changed into force; a part is merged, anything else replaced."""
        document = document_of(self.session, self.campaign)
        for part, change in changes.items():
            document[part] = {**document.get(part, {}), **change} if isinstance(change, dict) else change
        return change_rules(
            self.session,
            self.campaign,
            document,
            expected_version=self.campaign.rules_version,
            reason="for the test",
            person_id=None,
            now=self.now,
        )

    def cases(self) -> list[Case]:
        """Every case, in the order of the sample."""
        return list(self.session.scalars(select(Case).order_by(Case.sample_unit_id)))


@dataclass
class Desk:
    """An interviewer's desk: each move is one request."""

    client: TestClient
    network: ScriptedNetwork
    clock: SetClock

    def post(self, path: str, body: dict[str, Any] | None = None, *, refused: int | None = None) -> Any:
        """Make one move and return what the reply says; `refused` is the status of an expected refusal."""
        reply = self.client.post(f"/api/v1/desk/{path}", json=body)
        assert reply.status_code == refused or (refused is None and reply.is_success), reply.text
        return reply.json() if reply.content else None

    def show(self) -> Any:
        """Return the whole screen."""
        return self.client.get("/api/v1/desk").json()

    def reach(self) -> int:
        """Take the next case, dial it, and have it answered."""
        self.post("next-case")
        attempt: int = self.post("dial")["attempt_id"]
        self.network.let_answer(attempt, at=self.clock())
        self.deliver()
        return attempt

    def fail(self, ending: Ending, *, rings: bool = True) -> int:
        """Take the next case and dial it in vain."""
        self.post("next-case")
        attempt: int = self.post("dial")["attempt_id"]
        self.network.let_end(attempt, ending, at=self.clock(), rings=rings)
        self.deliver()
        return attempt

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, and the scheduler do its work."""
        now = self.clock.advance(by)
        app = self.client.app
        assert isinstance(app, FastAPI)
        with app.state.make_session() as session, session.begin():
            tick(session, now=now)

    def deliver(self) -> None:
        """Let the network report."""
        app = self.client.app
        assert isinstance(app, FastAPI)
        deliver_events(app.state.make_session, self.network, now=self.clock())

    def answer(self, question: dict[str, Any], *, text: str | None = None, codes: tuple[str, ...] = ()) -> Any:
        """Answer a question; without a value the first choice, a plausible number, or nothing."""
        choices = [choice["code"] for choice in question["wording"]["choices"]]
        if text is None and not codes:
            codes = tuple(choices[:1])
            text = "40" if question["kind"] in {"integer", "decimal"} else None
        body = {"question": question["name"], "codes": codes, "text": text}
        return self.post("answers", {**body, "client_sequence": question["next_sequence"]})

    def interview(self, lect: str) -> Any:
        """Hold a whole interview with the first choice of every question; returns the last reply."""
        shown = self.post("interview", {"lect": lect})
        while shown["question"] is not None:
            shown = self.answer(shown["question"])
        return shown
