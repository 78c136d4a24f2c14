"""The `xiangyin` command."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.status import Status

from app.core.clock import Clock
from app.core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
console = Console()
GRACEFUL_SECONDS = 3


def serve_web(settings: Settings, *, clock: Clock, port: int) -> None:
    """Serve the pages and the API on loopback, without background work, at the given clock's time."""
    from app.main import Wiring, create_app  # noqa: PLC0415  heavy, and not needed by most commands

    uvicorn.run(
        create_app(settings, wiring=Wiring(clock=clock)),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


@app.command()
def demo(
    interviewers: Annotated[int, typer.Option(min=1, max=200)] = 8,
    completes: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    seed: int = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the table here for programs")] = None,
) -> None:
    """Play a day of fieldwork through the HTTP interface with simulated people, and print what came of it."""
    from app.demo.day import DayPlan, play_day  # noqa: PLC0415
    from app.demo.report import table_of  # noqa: PLC0415

    plan = DayPlan(interviewers=interviewers, completes=completes, seed=seed)
    with console.status("setting up") as status:
        report = play_day(Settings(), serve_web, plan, show=_progress(status, completes))
    console.print(table_of(report))
    if json_file:
        json_file.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", "utf-8")


def _progress(status: Status, completes: int) -> "_Show":
    return _Show(status, completes)


class _Show:
    """Tells on the terminal how far the fieldwork is."""

    def __init__(self, status: Status, completes: int) -> None:
        self._status = status
        self._completes = completes

    def __call__(self, reached: int, at: datetime) -> None:
        """Show one tick."""
        self._status.update(f"{at:%a %H:%M} UTC  {reached}/{self._completes} completes")


if __name__ == "__main__":
    app()
