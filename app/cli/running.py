"""Run the program, and see that it is sound."""

from contextlib import suppress
from datetime import datetime

import typer

from app.accounts.demonstration import CLIENT_ID, CLIENT_SECRET, LOGINS, PASSWORD
from app.audit.service import verify
from app.cli.command import app, audit_commands
from app.serve import (
    Installation,
    do_background_work,
    opened_database,
    prepare_database,
    serve_pages,
)
from app.terminal import console, open_session, read_settings, told_plainly


@app.command()
def serve() -> None:
    """Run everything in one process: database, pages, REST, background work."""
    settings = read_settings()
    with told_plainly(), opened_database(settings) as urls, console.status("starting") as status:

        def show(reached: int, at: datetime) -> None:
            status.update(f"holding the demonstration's first interviews: {reached} complete, {at:%H:%M} UTC")

        def announce(address: str) -> None:
            status.stop()
            console.print(f"Xiangyin 乡音 serves on [bold]{address}[/bold]   (Ctrl-C stops it)")
            if settings.demonstration:
                console.print(f"Sign in as {', '.join(LOGINS)} with password {PASSWORD}")
                console.print(f"REST client {CLIENT_ID} with secret {CLIENT_SECRET}")

        installation = Installation(settings, urls, show)
        with suppress(KeyboardInterrupt):
            installation.run(announce)
        if installation.failure is not None:
            raise installation.failure


@app.command()
def web() -> None:
    """Serve pages and REST only; needs DATABASE_URL and a prepared database."""
    with told_plainly(), suppress(KeyboardInterrupt):
        serve_pages(read_settings())


@app.command()
def worker() -> None:
    """Do background work only."""
    settings = read_settings()
    with told_plainly(), opened_database(settings) as urls, suppress(KeyboardInterrupt):
        do_background_work(settings, urls)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema and load the reference data."""
    with told_plainly(), opened_database(read_settings()) as urls:
        prepare_database(urls)
    console.print("The database is up to date.")


@app.command()
def check() -> None:
    """Check settings and database, and say what is wrong."""
    with open_session() as (session, settings):
        session.connection()
        kind = "demonstration" if settings.demonstration else "production"
        console.print(f"The settings are sound and the database answers ({kind}).")


@audit_commands.command("verify")
def verify_audit() -> None:
    """Recompute every chain of the audit record and name the first broken entry."""
    with open_session() as (session, _settings):
        reports = verify(session)
    for report in reports:
        state = "whole" if report.is_whole else f"BROKEN at position {report.broken_at}"
        console.print(f"chain {report.chain}: {report.entries} entries, {state}, head {report.head.hex()}")
    if not all(report.is_whole for report in reports):
        raise typer.Exit(1)
