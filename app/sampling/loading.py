"""Write the accepted rows of a list into the database, by COPY: 100,000 of them take seconds and not a minute."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.privacy import Vault, mask_number
from app.sampling.models import SampleImport, SampleUnit
from app.sampling.reading import ReadRow

_UNIT_COLUMNS = (
    "campaign_id", "import_id", "area_code", "area_source", "place_name", "time_zone", "declared_lect", "columns",
    "predicted_place_mismatch",
)  # fmt: skip
_NUMBER_COLUMNS = ("sample_unit_id", "campaign_id", "position", "fingerprint", "ciphertext", "masked", "kind")
_NAME_COLUMNS = ("sample_unit_id", "ciphertext")


def insert_units(session: Session, upload: SampleImport, rows: Sequence[ReadRow], *, vault: Vault) -> None:
    """Add a sample unit for each row, in the order of the list, with its numbers and its name."""
    _copy(session, "sample_unit", _UNIT_COLUMNS, rows=(_unit(row, upload) for row in rows))
    # COPY gives ids in the order of its rows but returns none of them.
    ids = session.scalars(select(SampleUnit.id).where(SampleUnit.import_id == upload.id).order_by(SampleUnit.id))
    pairs = list(zip(ids, rows, strict=True))
    numbers = (number for unit_id, row in pairs for number in _numbers(unit_id, row, upload.campaign_id, vault=vault))
    _copy(session, "phone_number", _NUMBER_COLUMNS, rows=numbers)
    names = ((unit_id, vault.encrypt(row.name)) for unit_id, row in pairs if row.name)
    _copy(session, "respondent_name", _NAME_COLUMNS, rows=names)


def _copy(session: Session, table: str, columns: Sequence[str], *, rows: Iterable[Sequence[Any]]) -> None:
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101  a session in a transaction has its connection
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _unit(row: ReadRow, upload: SampleImport) -> tuple[Any, ...]:
    return (
        upload.campaign_id,
        upload.id,
        row.area.code if row.area else None,
        row.area_source,
        row.place_name,
        row.time_zone,
        row.lect,
        Jsonb(dict(row.columns)),
        row.place_differs,
    )


def _numbers(unit_id: int, row: ReadRow, campaign_id: int, *, vault: Vault) -> Iterator[tuple[Any, ...]]:
    for position, found in enumerate(row.numbers, 1):
        e164 = found.number.e164
        yield (
            unit_id,
            campaign_id,
            position,
            found.fingerprint,
            vault.encrypt(e164),
            mask_number(e164),
            str(found.number.kind),
        )
