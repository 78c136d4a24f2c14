"""Play fieldwork with simulated people: through HTTP, or in memory."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app.cli.command import app
from app.demo.day import DayPlan, MissingResponsesError, play_day
from app.demo.report import table_of
from app.serve import (
    serve_played,
)
from app.simulation import report as simulated
from app.simulation.comparison import Extent
from app.simulation.past import take_campaign
from app.simulation.plans import shipped_campaign
from app.simulation.ways import Files, ask
from app.terminal import console, open_session, read_settings, told_plainly


@app.command()
def demo(
    *,
    interviewers: Annotated[int, typer.Option(min=1, max=200)] = 8,
    completes: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    seed: int = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the figures here for programs")] = None,
) -> None:
    """Play fieldwork through the HTTP interface with simulated people, and print what came of it."""
    plan = DayPlan(interviewers=interviewers, completes=completes, seed=seed)
    with told_plainly(), console.status("setting up") as status:

        def show(reached: int, at: datetime) -> None:
            status.update(f"{at:%a %H:%M} UTC: {reached} of {completes} complete")

        try:
            report = play_day(read_settings(), serve_played, plan, show=show)
        except MissingResponsesError as error:
            console.print(str(error), style="red")
            raise typer.Exit(1) from None
    console.print(table_of(report))
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", "utf-8")


@app.command()
def simulate(  # noqa: PLR0913  one option each
    *,
    seeds: Annotated[int, typer.Option(min=1, max=1_000)] = 20,
    numbers: Annotated[int, typer.Option(min=1, max=100_000, help="size of the synthetic sample")] = 2_000,
    interviewers: Annotated[int, typer.Option(min=1, max=200)] = 8,
    days: Annotated[int, typer.Option(min=1, max=90)] = 5,
    population: Annotated[str | None, typer.Option(help="base, a variant's name, or all")] = None,
    all_policies: Annotated[bool, typer.Option("--compare", help="set the shipped policies side by side")] = False,
    campaign: Annotated[int | None, typer.Option(help="take areas, lects and rules of this campaign")] = None,
    rules: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="a rules document")] = None,
    against: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="rules to compare with")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the figures here for programs")] = None,
) -> None:
    """Try a campaign's rules on simulated people, in memory; docs/simulation.md says how to read the figures."""
    with told_plainly(), Progress(console=console, transient=True) as progress:
        field = shipped_campaign()
        if campaign is not None:
            with open_session() as (session, _settings):
                field = take_campaign(session, campaign)
        extent = Extent(seeds, numbers, interviewers, days)
        inquiry = ask(field, extent, files=Files(rules, against), population=population, all_policies=all_policies)
        task = progress.add_task("simulating", total=inquiry.runs)
        found = inquiry.answer(show=lambda: progress.advance(task))
    console.print(*map(simulated.table_of, found), sep="\n")
    if json_file is not None:
        simulated.write_figures(json_file, inquiry, found)
