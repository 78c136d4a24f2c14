"""Play fieldwork with simulated people: through HTTP, or in memory."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app.cli.command import app
from app.core.clock import utc_now
from app.demo.day import DayPlan, MissingResponsesError, play_day
from app.demo.report import table_of
from app.serve import (
    serve_played,
)
from app.simulation import report as simulated
from app.simulation.campaign import SimulatedCampaign, synthetic_campaign
from app.simulation.comparison import PROCESSES, Seeds
from app.simulation.past import take_campaign
from app.simulation.plans import WrittenPlan, read_plan_of
from app.simulation.survey import compiled_form
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
    numbers: Annotated[int | None, typer.Option(help="size of the synthetic sample; 2000 unless the plan says")] = None,
    two_numbers: Annotated[float | None, typer.Option(help="share of it with a second number; 0.2")] = None,
    interviewers: Annotated[int | None, typer.Option(help="synthetic interviewers; 8, or the campaign's own")] = None,
    days: Annotated[int | None, typer.Option(help="days of fieldwork; 5, or as far as the roster goes")] = None,
    population: Annotated[str | None, typer.Option(help="base, a variant's name, or all")] = None,
    all_policies: Annotated[bool, typer.Option("--compare", help="set the shipped policies side by side")] = False,
    campaign: Annotated[int | None, typer.Option(help="replay this campaign: its set-up and its sample")] = None,
    form: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="a questionnaire (.xlsx)")] = None,
    plan: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="a plan (.toml)")] = None,
    rules: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="a rules document")] = None,
    against: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="rules to compare with")] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="how many run at once")] = PROCESSES,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the figures here for programs")] = None,
) -> None:
    """Try a campaign's rules on simulated people, in memory; docs/simulation.md says how to read the figures."""
    with told_plainly(), Progress(console=console, transient=True) as progress:
        options = {"numbers": numbers, "two_numbers": two_numbers, "interviewers": interviewers, "days": days}
        field = _take(campaign, read_plan_of(plan, options), xform=compiled_form(form) if form else None)
        chosen = Files(rules, against)
        inquiry = ask(field, Seeds(seeds), files=chosen, population=population, all_policies=all_policies)
        task = progress.add_task("simulating", total=inquiry.runs)
        found = inquiry.answer(processes=processes, show=lambda: progress.advance(task))
    console.print(*(table for one in found for table in simulated.tables_of(one)), sep="\n")
    if field.index is None:
        console.print("No index is measured: the plan declares none that fits this questionnaire.")
    if json_file is not None:
        simulated.write_figures(json_file, inquiry, found)


def _take(campaign: int | None, written: WrittenPlan, *, xform: str | None) -> SimulatedCampaign:
    if campaign is None:
        return synthetic_campaign(written, xform=xform)
    with open_session() as (session, _settings):
        # The database itself holds the promise that nothing is written.
        session.connection(execution_options={"postgresql_readonly": True})
        return take_campaign(session, campaign, written, xform=xform, now=utc_now())
