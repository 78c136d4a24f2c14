"""The `xiangyin` command."""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app.accounts.clients import create_client
from app.accounts.demonstration import CLIENT_ID, CLIENT_SECRET, LOGINS, PASSWORD
from app.accounts.domain import Role, Scope
from app.accounts.service import create_person, find_person, grant_role
from app.audit.service import verify
from app.campaigns.service import get_campaign
from app.core.clock import utc_now
from app.core.privacy import Vault
from app.delivery.responses import read_feed
from app.demo.day import DayPlan, MissingResponsesError, play_day
from app.demo.report import table_of
from app.dialing.intake import open_cases
from app.languages.domain import read_level
from app.languages.service import find_lect, import_areas, import_priors
from app.sampling.domain import guess_mapping
from app.sampling.service import dry_run, import_sample
from app.sampling.tables import read_table
from app.serve import (
    Installation,
    do_background_work,
    opened_database,
    prepare_database,
    serve_pages,
    serve_played,
)
from app.simulation import report as simulated
from app.simulation.comparison import Extent
from app.simulation.past import take_campaign
from app.simulation.plans import shipped_campaign
from app.simulation.ways import Files, ask
from app.staffing.roster import import_shifts
from app.staffing.service import certify
from app.terminal import console, open_session, read_settings, told_plainly

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
audit_commands = typer.Typer(no_args_is_help=True, help="The record of every act.")
people_commands = typer.Typer(no_args_is_help=True, help="Who may sign in.")
client_commands = typer.Typer(no_args_is_help=True, help="REST clients.")
app.add_typer(audit_commands, name="audit")
app.add_typer(people_commands, name="people")
app.add_typer(client_commands, name="clients")
FEED_PAGE = 500


class LanguageTable(StrEnum):
    """The tables of the languages package that an installation may replace."""

    PRIORS = "priors"
    AREAS = "areas"


CampaignId = Annotated[int, typer.Argument(help="the campaign's number")]


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


@people_commands.command("add")
def add_person(
    login: str,
    name: str,
    *,
    role: Annotated[list[Role], typer.Option(help="may be given several times")],
    campaign: Annotated[int | None, typer.Option(help="only in this campaign; otherwise in every one")] = None,
    locale: str = "zh-CN",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Add somebody who may sign in; the first administrator comes this way."""
    with open_session() as (session, _settings):
        now = utc_now()
        person = create_person(session, login=login, display_name=name, password=password, locale=locale, now=now)
        for one in role:
            grant_role(session, person, one, campaign_id=campaign, now=now)
    console.print(f"{login} may sign in.")


@people_commands.command("certify")
def certify_person(
    login: str, lects: Annotated[list[str], typer.Argument(help="LECT=LEVEL: understands, converses or interviews")]
) -> None:
    """Replace the lects that an interviewer masters, as a native speaker has certified them."""
    with open_session() as (session, _settings):
        person = find_person(session, login)
        pairs = [text.rpartition("=") for text in lects]
        certify(session, person.id, {find_lect(session, lect).tag: read_level(level) for lect, _, level in pairs})
    console.print(f"{login} is certified for {len(lects)} lects.")


@client_commands.command("add")
def add_client(
    client_id: str,
    name: str,
    *,
    scope: Annotated[list[Scope], typer.Option(help="may be given several times")],
    campaign: Annotated[list[int] | None, typer.Option(help="only these campaigns; otherwise every one")] = None,
    secret: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Add a REST client."""
    with open_session() as (session, _settings):
        create_client(
            session,
            client_id=client_id,
            secret=secret,
            name=name,
            scopes=scope,
            campaign_ids=campaign or None,
            now=utc_now(),
        )
    console.print(f"{client_id} may ask for tokens.")


@app.command("import")
def import_numbers(
    campaign_id: CampaignId,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a CSV or XLSX file")],
    *,
    try_only: Annotated[bool, typer.Option("--dry-run", help="report every row and change nothing")] = False,
) -> None:
    """Import a phone list; its columns are recognised by their names."""
    with open_session() as (session, settings):
        table = read_table(file.read_bytes(), file.name)
        mapping, vault, region = guess_mapping(table.header), Vault.from_settings(settings), settings.default_region
        report = dry_run(session, campaign_id=campaign_id, table=table, mapping=mapping, region=region, vault=vault)
        for fault in report.faults:
            console.print(f"{fault.where}: {fault.words()}", markup=False)
        if not try_only:
            now = utc_now()
            import_sample(
                session,
                campaign_id=campaign_id,
                table=table,
                mapping=mapping,
                region=region,
                vault=vault,
                imported_by=None,
                now=now,
            )
            open_cases(session, get_campaign(session, campaign_id), now=now)
    console.print(f"{report.accepted} rows good, {report.refused} refused{', nothing changed' if try_only else ''}.")


@app.command("import-roster")
def import_roster(
    campaign_id: CampaignId,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="login, starts, ends as CSV or XLSX")],
) -> None:
    """Put interviewers on a campaign's roster; the same file again adds nothing."""
    with open_session() as (session, _settings):
        table = read_table(file.read_bytes(), file.name)
        report = import_shifts(session, get_campaign(session, campaign_id), table, actor="system", now=utc_now())
    for fault in report.faults:
        console.print(f"{fault.where}: {fault.words()}", markup=False)
    console.print(f"{report.added} shifts added, {report.known} were there, {len(report.faults)} rows refused.")


@app.command("import-table")
def import_table(
    kind: Annotated[LanguageTable, typer.Argument(help="lect shares of areas, or a tree of areas")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a CSV file")],
) -> None:
    """Import a better table of lect shares, or another country's areas; docs/operating.md names the columns."""
    with open_session() as (session, _settings):
        report = (import_priors if kind == LanguageTable.PRIORS else import_areas)(session, file.read_bytes())
    for fault in report.faults:
        console.print(f"{fault.where}: {fault.words()}", markup=False)
    console.print(f"{report.accepted} of {report.rows} rows imported.")


@app.command("export")
def export_responses(campaign_id: CampaignId, file: Path) -> None:
    """Write a campaign's responses as one JSON record a line, in the order of their change sequence."""
    written, after, has_more = 0, 0, True
    with open_session() as (session, _settings), file.open("w", encoding="utf-8") as out:
        get_campaign(session, campaign_id)
        while has_more:
            page = read_feed(session, campaign_id, after=after, limit=FEED_PAGE)
            for record in page.records:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
            written, after, has_more = written + len(page.records), page.next_after, page.has_more
    console.print(f"{written} records written to {file}.")


if __name__ == "__main__":
    app()
