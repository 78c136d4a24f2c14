"""What every command shares: settings read, a transaction opened, failures told plainly."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.orm import Session

from app.core.db import opened_engine, session_factory
from app.core.errors import XiangyinError
from app.core.settings import Settings
from app.serve import opened_database

console = Console(soft_wrap=True)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn an expected failure into its words and exit status 1."""
    try:
        yield
    except XiangyinError as error:
        console.print(error.words(), style="red")
        for fault in error.faults:
            console.print(f"  {fault.where}: {fault.words()}", markup=False)
        raise typer.Exit(1) from None


def read_settings() -> Settings:
    """Read the settings; a wrong one ends the program with its name and what to do."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
            console.print(f"{where}: {fault['msg']}", style="red", markup=False)
        raise typer.Exit(2) from None


@contextmanager
def open_session() -> Iterator[tuple[Session, Settings]]:
    """Open one transaction on the installation's database."""
    settings = read_settings()
    with (
        told_plainly(),
        opened_database(settings) as urls,
        opened_engine(urls.application, pool_size=1) as engine,
        session_factory(engine)() as session,
        session.begin(),
    ):
        yield session, settings
