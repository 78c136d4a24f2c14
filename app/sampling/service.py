"""Bring a phone list into a campaign: try it first, then import what is good."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ARRAY, LargeBinary, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.service import get_campaign
from app.core.errors import ConflictError
from app.core.privacy import Vault
from app.sampling.domain import ColumnMapping, ImportReport, Table, refuse_identifying_columns
from app.sampling.loading import insert_units
from app.sampling.lookups import lookups_for
from app.sampling.models import DoNotCall, PhoneNumber, SampleImport
from app.sampling.reading import ReadRow, read_rows, refuse_known_numbers

_Item = TypeVar("_Item")

_BATCH: Final = 5_000


def dry_run(
    session: Session, *, campaign_id: int, table: Table, mapping: ColumnMapping, region: str, vault: Vault
) -> ImportReport:
    """Say for every row what an import would do with it, and write nothing.

    `region` (ISO 3166) is where numbers without a country code belong. Raises InvalidInputError when the
    mapping does not fit the table.
    """
    mapping.check(table.header)
    refuse_identifying_columns(table, mapping)
    time_zone = get_campaign(session, campaign_id).time_zone
    return _report(_read(session, campaign_id, table, mapping=mapping, region=region, time_zone=time_zone, vault=vault))


def import_sample(
    session: Session,
    *,
    campaign_id: int,
    table: Table,
    mapping: ColumnMapping,
    region: str,
    vault: Vault,
    imported_by: int | None,
    now: datetime,
) -> SampleImport:
    """Import the good rows and keep the reasons of the others; the same list again adds nothing.

    Two imports into one campaign wait for each other. Raises ConflictError when the campaign is closed and
    InvalidInputError when the mapping does not fit the table.
    """
    mapping.check(table.header)
    refuse_identifying_columns(table, mapping)
    campaign = get_campaign(session, campaign_id)
    if campaign.state == CampaignState.CLOSED:
        raise ConflictError("The campaign is closed. Import the list into another one.")
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"xiangyin sample {campaign_id}", 0))
    session.execute(select(lock))
    rows = _read(session, campaign_id, table, mapping=mapping, region=region, time_zone=campaign.time_zone, vault=vault)
    report = _report(rows)
    upload = SampleImport(
        campaign_id=campaign_id,
        file_name=table.file_name,
        sha256=table.sha256,
        mapping=asdict(mapping),
        imported_at=now,
        imported_by=imported_by,
        accepted=report.accepted,
        refused=report.refused,
        report=report.as_json(),
    )
    session.add(upload)
    session.flush()
    insert_units(session, upload, [row for row in rows if row.reason is None], vault=vault)
    _record(session, upload, now=now)
    return upload


def list_imports(session: Session, campaign_id: int) -> Sequence[SampleImport]:
    """Return the campaign's imports, the newest first, without loading their reports."""
    newest_first = select(SampleImport).where(SampleImport.campaign_id == campaign_id).order_by(SampleImport.id.desc())
    return session.scalars(newest_first).all()


def _read(
    session: Session,
    campaign_id: int,
    table: Table,
    *,
    mapping: ColumnMapping,
    region: str,
    time_zone: str,
    vault: Vault,
) -> list[ReadRow]:
    lookups = lookups_for(session, region=region, time_zone=time_zone, vault=vault)
    rows = read_rows(table, mapping, lookups)
    fingerprints = [number.fingerprint for row in rows for number in row.numbers]
    return refuse_known_numbers(
        rows,
        in_campaign=_known(session, PhoneNumber.fingerprint, fingerprints, campaign_id=campaign_id),
        do_not_call=_known(session, DoNotCall.fingerprint, fingerprints),
    )


def _known(
    session: Session,
    column: InstrumentedAttribute[bytes],
    fingerprints: Iterable[bytes],
    *,
    campaign_id: int | None = None,
) -> Collection[bytes]:
    known: set[bytes] = set()
    for batch in _batches(fingerprints):
        wanted = select(column).where(column == any_(literal(batch, ARRAY(LargeBinary))))
        if campaign_id is not None:
            wanted = wanted.where(PhoneNumber.campaign_id == campaign_id)
        known.update(session.scalars(wanted))
    return known


def _report(rows: Iterable[ReadRow]) -> ImportReport:
    return ImportReport(tuple(row.verdict() for row in rows))


def _record(session: Session, upload: SampleImport, *, now: datetime) -> None:
    audit.record(
        session,
        "sample.imported",
        actor="system" if upload.imported_by is None else f"person:{upload.imported_by}",
        subject=f"sample_import:{upload.id}",
        campaign_id=upload.campaign_id,
        details={"sha256": upload.sha256, "accepted": upload.accepted, "refused": upload.refused},
        now=now,
    )


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    waiting = iter(items)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
