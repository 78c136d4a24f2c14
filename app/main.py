"""Build the application: wiring only."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from app.accounts.access import ask_to_sign_in, routes_without_rule
from app.accounts.demonstration import refuse_demonstration_people
from app.api import health, telephony
from app.api import routes as api
from app.api.at_once import NEXT_CASE, Desks, next_case_at_once
from app.core import problems, security
from app.core.alone import InASession, OnTheLoop
from app.core.clock import Clock, utc_now
from app.core.db import SessionFactory, begun, driver_address, make_engine, session_factory
from app.core.errors import NotSignedInError
from app.core.live import Switchboard
from app.core.privacy import Vault
from app.core.settings import Settings
from app.core.shortcut import Shortcut, answers_of
from app.core.starting import StartingUp
from app.dialing.network import emulated_network, message_centre
from app.interviewing.shelf import Shelf
from app.interviewing.sound_links import SoundLinks
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.messages import EmulatedTwilioWithMessages
from app.telephony.gateway import Gateway, UnconfiguredGateway
from app.telephony.manual import ManualGateway
from app.telephony.messages import MessageGateway, UnconfiguredMessages
from app.telephony.twilio.account import TwilioAccount, account_of, open_client
from app.telephony.twilio.gateway import TwilioGateway
from app.telephony.twilio.messages import TwilioMessages
from app.web import mount


@dataclass(frozen=True)
class Wiring:
    """What differs between production, tests and the demonstration."""

    clock: Clock = utc_now
    make_session: SessionFactory | None = None
    make_read_session: SessionFactory | None = None
    gateway: Gateway | None = None
    messages: MessageGateway | None = None
    is_ready: Callable[[], bool] | None = None  # where the database is still being prepared while it serves
    people_live_in: str | None = None  # the time zone of the emulated people


def create_app(settings: Settings, *, wiring: Wiring | None = None) -> FastAPI:
    """Wire routes, errors and state; called by the command line and by the tests."""
    wiring = wiring or Wiring()
    app = FastAPI(
        title="Xiangyin",
        version="0.1.0",
        docs_url=None,
        openapi_url="/api/openapi.json",
        redoc_url=None,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=_layers(settings, wiring),
    )
    app.state.settings = settings
    app.state.clock = wiring.clock
    # A database that is still being prepared is the demonstration's, which its sign-ins are for.
    app.state.checks_people = wiring.is_ready is None
    app.state.vault = Vault.from_settings(settings)
    app.state.sound_links = SoundLinks(settings.public_base_url.rstrip("/"), app.state.vault)
    app.state.shelf = Shelf(settings.recordings_dir.resolve(), app.state.vault)
    _wire_database(app, settings, wiring)
    app.state.exchange = None
    app.state.account = account_of(settings)
    app.state.centre = None
    app.state.messages = wiring.messages or UnconfiguredMessages()
    app.state.gateway = wiring.gateway or _gateway(app, settings, wiring)
    problems.install(app)
    app.add_exception_handler(NotSignedInError, ask_to_sign_in)
    app.include_router(health.router)
    app.include_router(api.router)
    mount(app)
    _refuse_open_routes(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Check before the first request what can only be checked in the database; listen while it serves."""
    if app.state.checks_people:
        await run_in_threadpool(_check_people, app)
    switchboard: Switchboard | None = app.state.switchboard
    alone: OnTheLoop | None = app.state.alone
    desks: Desks | None = app.state.desks
    if switchboard is not None:
        switchboard.start()
    yield
    if alone is not None:
        await alone.close()
    if desks is not None:
        await desks.loop.close()
    if switchboard is not None:
        await run_in_threadpool(switchboard.stop)


def _check_people(app: FastAPI) -> None:
    with app.state.make_session() as session:
        refuse_demonstration_people(session, app.state.settings)


def _refuse_open_routes(app: FastAPI) -> None:
    """Deny by default: a forgotten rule stops the start, not the attacker's luck."""
    forgotten = routes_without_rule(app)
    if forgotten:
        message = f"These routes say neither which permission they need nor PUBLIC: {', '.join(forgotten)}"
        raise RuntimeError(message)


def _layers(settings: Settings, wiring: Wiring) -> list[Middleware]:
    """List what stands around a request, outermost first."""
    gate = [Middleware(StartingUp, is_ready=wiring.is_ready)] if wiring.is_ready else []
    prefix = api.router.prefix
    reports = Middleware(Shortcut, answers=answers_of(telephony.router, prefix=prefix))
    method, path = NEXT_CASE
    desks = Middleware(Shortcut, answers={(method, prefix + path): next_case_at_once})
    return [*gate, *security.around_answers(settings), reports, *security.around_requests(settings), desks]


def _gateway(app: FastAPI, settings: Settings, wiring: Wiring) -> Gateway:
    """Place calls through Twilio, in the demonstration through the emulated network's own Twilio."""
    account: TwilioAccount | None = app.state.account
    if settings.dial_by_hand:
        return ManualGateway(app.state.make_session)
    if account is None:
        return UnconfiguredGateway()
    http = None
    if settings.demonstration:
        exchange: Exchange = emulated_network(
            app.state.make_session, app.state.vault, seed=settings.emulator_seed, zone=wiring.people_live_in
        )
        app.state.exchange, app.state.centre = (
            exchange,
            message_centre(app.state.make_session, app.state.vault, seed=settings.emulator_seed),
        )
        http = EmulatedTwilioWithMessages(exchange, account, wiring.clock, centre=app.state.centre)
    client = open_client(account, http)
    app.state.messages = wiring.messages or TwilioMessages(
        app.state.make_session,
        client,
        public_base_url=settings.public_base_url,
        messaging_service_sid=settings.twilio_messaging_service_sid,
    )
    return TwilioGateway(
        app.state.make_session,
        client,
        public_base_url=settings.public_base_url,
        calls_per_second=account.calls_per_second,
        key=account.browser_key,
    )


def _wire_database(app: FastAPI, settings: Settings, wiring: Wiring) -> None:
    """Open the pool unless sessions are handed in, as the tests do."""
    app.state.switchboard = app.state.alone = app.state.desks = None
    if wiring.make_session is None:
        engine: Engine = make_engine(settings.database_url or "")
        app.state.engine = engine
        app.state.switchboard = Switchboard(driver_address(engine))
        app.state.make_session = session_factory(engine)
        app.state.make_read_session = session_factory(engine.execution_options(postgresql_readonly=True))
        app.state.make_lookup_session = session_factory(engine.execution_options(isolation_level="AUTOCOMMIT"))
        app.state.alone = OnTheLoop(driver_address(engine))
        app.state.desks = Desks(OnTheLoop(driver_address(engine)), engine)
        app.state.reports = telephony.keeps_reports(app.state.alone)
    else:
        app.state.make_session = wiring.make_session
        app.state.make_read_session = wiring.make_read_session or wiring.make_session
        app.state.make_lookup_session = wiring.make_session
        app.state.reports = telephony.keeps_reports(InASession(partial(begun, wiring.make_session)))
