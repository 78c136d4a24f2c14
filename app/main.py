"""Build the application: wiring only."""

from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Engine

from app.core.clock import Clock, utc_now
from app.core.db import SessionFactory, make_engine, session_factory
from app.core.privacy import Vault
from app.core.settings import Settings


@dataclass(frozen=True)
class Wiring:
    """What differs between production, tests and the demonstration."""

    clock: Clock = utc_now
    make_session: SessionFactory | None = None
    make_read_session: SessionFactory | None = None


def create_app(settings: Settings, *, wiring: Wiring | None = None) -> FastAPI:
    """Wire routes, errors and state; called by the command line and by the tests."""
    wiring = wiring or Wiring()
    app = FastAPI(
        title="Xiangyin", version="0.1.0", docs_url="/api/docs", openapi_url="/api/openapi.json", redoc_url=None
    )
    app.state.settings = settings
    app.state.clock = wiring.clock
    app.state.vault = Vault.from_settings(settings)
    _wire_database(app, settings, wiring)
    return app


def _wire_database(app: FastAPI, settings: Settings, wiring: Wiring) -> None:
    """Open the pool unless sessions are handed in, as the tests do."""
    if wiring.make_session is None:
        engine: Engine = make_engine(settings.database_url or "")
        app.state.engine = engine
        app.state.make_session = session_factory(engine)
        app.state.make_read_session = session_factory(engine.execution_options(postgresql_readonly=True))
    else:
        app.state.make_session = wiring.make_session
        app.state.make_read_session = wiring.make_read_session or wiring.make_session
