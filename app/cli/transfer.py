"""Bring lists in and responses out."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.campaigns.service import get_campaign
from app.cli.command import CampaignId, app
from app.core.clock import utc_now
from app.core.privacy import Vault
from app.delivery.responses import read_feed
from app.dialing.intake import open_cases
from app.languages.service import import_areas, import_priors
from app.sampling.domain import guess_mapping
from app.sampling.service import dry_run, import_sample
from app.sampling.tables import read_table
from app.staffing.roster import import_shifts
from app.terminal import console, open_session

FEED_PAGE = 500


class LanguageTable(StrEnum):
    """The tables of the languages package that an installation may replace."""

    PRIORS = "priors"
    AREAS = "areas"


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
