"""The whole program on a loopback port with a small seeded campaign, on a network that does what a test says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import change_rules, document_of
from app.core.clock import Clock
from app.core.embedded import DatabaseUrls
from app.core.migrate import migrate
from app.core.settings import Settings
from app.demo.roster import seed_roster
from app.demo.seed import ACTOR, seed_demonstration, seed_targets
from app.dialing.calls import deliver_events
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case, Pool
from app.interviewing.models import ResponseSnapshot
from app.main import Wiring, create_app
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.telephony.domain import CallEventKind, Ending
from app.telephony.lines import LineState
from app.telephony.models import InterviewerLine
from app.telephony.scripted import ScriptedNetwork

MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0


class RunningClock:
    """Starts on a Monday at 10:00 in Shanghai and runs as fast as any other clock."""

    def __init__(self) -> None:
        self._started = monotonic()

    def __call__(self) -> datetime:
        return MONDAY_TEN + timedelta(seconds=monotonic() - self._started)


@dataclass(frozen=True)
class Served:
    """A running program, and the far side of its telephone lines."""

    port: int
    app: FastAPI
    network: ScriptedNetwork
    campaign_id: int

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self) -> None:
        """Let the last call ring and be answered."""
        self.network.let_answer(self.network.placed[-1], at=self._now())
        self.deliver()

    def end(self, ending: Ending) -> None:
        """Let the last call end."""
        self.network.let(self.network.placed[-1], CallEventKind.ENDED, at=self._now(), ending=ending)
        self.deliver()

    def deliver(self) -> None:
        """Let the network report what has happened."""
        deliver_events(self.app.state.make_session, self.network, now=self._now())

    def clear_desks(self) -> None:
        """Send everybody home, whatever a test left on their screens."""
        with self.session() as session, session.begin():
            gone = {"state": CaseState.CLOSED, "holder_id": None, "lease_until": None}
            session.execute(update(Case).where(Case.state == CaseState.HELD).values(gone))
            session.execute(update(Presence).values(state=PresenceState.OFF, case_id=None))
            session.execute(update(InterviewerLine).values(state=LineState.CLOSED, ended_at=self._now()))

    @contextmanager
    def pools_shut(self) -> Iterator[None]:
        """Let nobody get another case while the block runs, as at an hour without calls."""
        with self.session() as session, session.begin():
            shut = update(Pool).where(Pool.is_open).values(is_open=False).returning(Pool.id)
            pool_ids = session.scalars(shut).all()
        try:
            yield
        finally:
            with self.session() as session, session.begin():
                session.execute(update(Pool).where(Pool.id.in_(pool_ids)).values(is_open=True))

    @contextmanager
    def ruled(self, **parts: Any) -> Iterator[None]:
        """Let rules with these parts in place of theirs be in force while the block runs."""
        before = self._rule(**parts)
        try:
            yield
        finally:
            self._rule(**{part: before.get(part, {}) for part in parts})

    def _rule(self, **parts: Any) -> dict[str, Any]:
        with self.session() as session, session.begin():
            return change_parts(session, session.get_one(Campaign, self.campaign_id), now=self._now(), **parts)

    def count(self, table: type[Attempt] | type[ResponseSnapshot]) -> int:
        """Count what is stored."""
        with self.session() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def session(self) -> Session:
        """Open a session of the program's own."""
        session: Session = self.app.state.make_session()
        return session

    def _now(self) -> datetime:
        now: datetime = self.app.state.clock()
        return now


@contextmanager
def serve(
    urls: DatabaseUrls, *, numbers: int = 240, clock: Clock | None = None, scripted: bool = True, by_hand: bool = False
) -> Iterator[Served]:
    """Migrate, seed and serve until the block ends; the emulated people are called where no test decides.

    With `by_hand` there is no network at all: the interviewers dial, and say what their telephones do.
    """
    migrate(urls.owner)
    key = SecretStr("a key for the browser tests, long enough")
    settings = Settings(_env_file=None, database_url=urls.application, secret_key=key, dial_by_hand=by_hand)
    network = ScriptedNetwork()
    app = create_app(
        settings, wiring=Wiring(clock=clock or RunningClock(), gateway=network if scripted and not by_hand else None)
    )
    with app.state.make_session() as session, session.begin():
        now = app.state.clock()
        campaign = seed_demonstration(session, app.state.vault, players=2, numbers=numbers, seed=1, now=now).campaign
        change_parts(session, campaign, now=now, pacing={"mode": "manual"})
        seed_targets(session, campaign, completes=numbers, now=now)
        seed_roster(session, campaign, actor=ACTOR, now=now)
        campaign_id = campaign.id
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Served(_port(server), app, network, campaign_id)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        app.state.engine.dispose()


def change_parts(session: Session, campaign: Campaign, *, now: datetime, **parts: Any) -> dict[str, Any]:
    """Put rules with these parts in place of theirs into force; returns the document before."""
    before = document_of(session, campaign)
    change_rules(
        session,
        campaign,
        {**before, **parts},
        expected_version=campaign.rules_version,
        reason="for the test",
        person_id=None,
        now=now,
    )
    return before


def _port(server: uvicorn.Server) -> int:
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        if server.started:
            port: int = server.servers[0].sockets[0].getsockname()[1]
            return port
        sleep(0.05)
    message = "the program did not start in time"
    raise TimeoutError(message)
