"""Run everything in one process: embedded PostgreSQL, pages and API, background work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from starlette.types import ASGIApp

from app.accounts.demonstration import refuse_demonstration_people
from app.core.clock import Clock, utc_now
from app.core.db import opened_engine, session_factory
from app.core.embedded import DatabaseUrls, start_embedded
from app.core.errors import XiangyinError
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.demo.day import DayPlan, Show, work_shifts
from app.demo.roster import seed_roster
from app.demo.seed import ACTOR, COMPLETES_WANTED, ROUND_THE_CLOCK, is_seeded, seed_demonstration, seed_targets
from app.demo.server import ReadsPlayedTime, played_servers
from app.languages.service import sync_reference_data
from app.main import Wiring, create_app
from app.telephony.emulator.call_backs import CallBackCarrier
from app.telephony.emulator.carrier import LoopbackPost
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.messages import MessageCarrier
from app.telephony.twilio.menu import ENDED_PATH as ENDED_CALLS
from app.telephony.twilio.menu import INBOUND_PATH as INBOUND_CALLS
from app.telephony.twilio.messages import INBOUND_PATH
from app.web.verification import PATH as VERIFICATION
from app.worker import BackgroundWork, Repeater, Work

GRACEFUL_SECONDS: Final = 2
CARRY_SECONDS: Final = 0.1
CARRY_MESSAGES_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 5
# A player who waits for their turn on a busy machine must find the connection as it was.
PLAYED_IDLE_SECONDS: Final = 3_600
POOL: Final = 40
PLAYERS: Final = 8
INTERVIEWS: Final = 50
NUMBERS: Final = 1_500
EVENING: Final = 18  # the hour at which most people answer
log = structlog.get_logger()


class NoOwnerError(XiangyinError):
    """DATABASE_URL is set but MIGRATION_DATABASE_URL is not: nobody may build the tables."""


@contextmanager
def opened_database(settings: Settings) -> Iterator[DatabaseUrls]:
    """Give the ways into the configured database, or start the embedded one until the block ends."""
    if settings.database_url is not None:
        yield DatabaseUrls(settings.migration_database_url or "", settings.database_url)
        return
    server = start_embedded(settings.data_dir.resolve() / "postgres")
    try:
        yield server.urls
    finally:
        server.stop()


def prepare_database(urls: DatabaseUrls) -> None:
    """Build the newest schema and bring the reference data in; doing it again changes nothing."""
    if not urls.owner:
        raise NoOwnerError
    migrate(urls.owner)
    with opened_engine(urls.application, pool_size=1) as engine, Session(engine) as session, session.begin():
        sync_reference_data(session)


def serve_pages(settings: Settings) -> None:
    """Serve pages and API in production: the database is prepared, background work runs elsewhere."""
    _uvicorn(create_app(settings), host=settings.host, port=settings.port).run()


def do_background_work(settings: Settings, urls: DatabaseUrls) -> None:
    """Do only background work until interrupted."""
    app = create_app(settings.model_copy(update={"database_url": urls.application}))
    work = BackgroundWork(work_of(app), plain_address(urls))
    work.start()
    try:
        work.wait()
    finally:
        work.stop()


def work_of(app: FastAPI) -> Work:
    """Return what background work needs of the application."""
    state = app.state
    address = state.settings.public_base_url.rstrip("/") + VERIFICATION
    return Work(
        state.make_session, state.gateway, state.vault, utc_now, state.messages, address, state.shelf, state.sound_links
    )


def serve_played(settings: Settings, *, clock: Clock, port: int) -> None:
    """Serve pages and API on loopback at the time each request brings along, without background work."""
    app = create_app(settings, wiring=Wiring(clock=clock))
    _uvicorn(ReadsPlayedTime(app), host="127.0.0.1", port=port, idle_seconds=PLAYED_IDLE_SECONDS).run()


def _uvicorn(app: ASGIApp, *, host: str, port: int, idle_seconds: int = IDLE_SECONDS) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            timeout_keep_alive=idle_seconds,
        )
    )


@dataclass
class Installation:
    """One process that does it all; `is_ready` turns true when the database has what the pages need."""

    settings: Settings
    urls: DatabaseUrls
    show: Show
    failure: Exception | None = None

    def run(self, announce_ready: Callable[[str], None]) -> None:
        """Serve until interrupted: signs of life from the start, everything else once prepared."""
        settings = self.settings.model_copy(update={"database_url": self.urls.application})
        ready = threading.Event()
        zone = evening_zone(utc_now()) if settings.demonstration else None
        wiring = Wiring(is_ready=ready.is_set, people_live_in=zone)
        app = create_app(settings, wiring=wiring)
        work = BackgroundWork(work_of(app), plain_address(self.urls))
        network = EmulatedReports(app, settings.port)
        server = _uvicorn(app, host=settings.host, port=settings.port)

        def prepare() -> None:
            try:
                self._prepare(settings)
            except Exception as error:  # noqa: BLE001  whatever it was, the process must end and say so
                self.failure = error
                server.should_exit = True
                return
            work.start()
            network.start()
            ready.set()
            announce_ready(f"http://{settings.host}:{settings.port}")

        preparing = threading.Thread(target=prepare, name="prepare", daemon=True)
        preparing.start()
        try:
            server.run()
        finally:
            network.stop()
            work.stop()

    def _prepare(self, settings: Settings) -> None:
        prepare_database(self.urls)
        if settings.demonstration:
            with opened_engine(self.urls.application, pool_size=PLAYERS + 1) as engine:
                hold_first_interviews(settings, engine, show=self.show)
        with opened_engine(self.urls.application, pool_size=1) as engine, Session(engine) as session:
            refuse_demonstration_people(session, settings)


class EmulatedReports:
    """Lets the emulated network, where there is one, report to this program as Twilio would over the internet."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self._clock: Clock = app.state.clock
        self._posts = (LoopbackPost(port), LoopbackPost(port))
        self._rounds: list[Repeater] = []
        exchange: Exchange | None = app.state.exchange
        if exchange is not None:
            base_url = app.state.settings.public_base_url.rstrip("/")
            self._calls = CallBackCarrier(
                exchange,
                app.state.account,
                self._posts[0],
                get=self._posts[0].get,
                inbound_url=base_url + INBOUND_CALLS,
                ended_url=base_url + ENDED_CALLS,
            )
            self._messages = MessageCarrier(
                app.state.centre, app.state.account, self._posts[1], inbound_url=base_url + INBOUND_PATH
            )
            self._rounds = [
                Repeater(self._carry_calls, every_seconds=CARRY_SECONDS, name="carrier"),
                Repeater(self._carry_messages, every_seconds=CARRY_MESSAGES_SECONDS, name="messages"),
            ]

    def start(self) -> None:
        """Begin."""
        for rounds in self._rounds:
            rounds.start()

    def stop(self) -> None:
        """End; nothing was begun is fine too."""
        for rounds in self._rounds:
            rounds.stop()
        for post in self._posts:
            post.close()

    def _carry_calls(self) -> None:
        self._calls.serve_rooms(now=self._clock())
        self._calls.serve_callers(now=self._clock())
        self._calls.deliver(now=self._clock())
        self._calls.report_recordings(now=self._clock())

    def _carry_messages(self) -> None:
        self._messages.deliver(now=self._clock())


def hold_first_interviews(settings: Settings, engine: Engine, *, show: Show) -> None:
    """Seed the demonstration once, with interviews held the afternoon before and a roster for the days to come."""
    make_session = session_factory(engine)
    vault = Vault.from_settings(settings)
    starts_at = afternoon_before(utc_now())
    with make_session() as session, session.begin():
        if is_seeded(session):
            return
        demonstration = seed_demonstration(
            session,
            vault,
            players=PLAYERS,
            numbers=NUMBERS,
            seed=settings.emulator_seed,
            hours=ROUND_THE_CLOCK,
            now=starts_at,
        )
        seed_targets(session, demonstration.campaign, completes=COMPLETES_WANTED, now=starts_at)
    plan = DayPlan(PLAYERS, INTERVIEWS, settings.emulator_seed, starts_at)
    with played_servers(serve_played, settings, starts_at=starts_at) as servers:
        work_shifts(servers.wait_until_live(), make_session, demonstration, settings=settings, plan=plan, show=show)
    with make_session() as session, session.begin():
        seed_roster(session, demonstration.campaign, actor=ACTOR, now=utc_now())


def afternoon_before(now: datetime) -> datetime:
    """Return 14:00 of the day before in Shanghai, so that all that was played is past."""
    local = now.astimezone(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)
    return local.replace(hour=14, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def plain_address(urls: DatabaseUrls) -> str:
    """Return the application's way in as libpq writes it."""
    return make_url(urls.application).set(drivername="postgresql").render_as_string(hide_password=False)


def evening_zone(now: datetime) -> str:
    """Return a zone in which it is evening now: the demonstration's people are at home when it is tried."""
    ahead = (EVENING - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
