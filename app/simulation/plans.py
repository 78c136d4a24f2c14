"""The plan of a simulated campaign: the shipped one, and what a file or an option puts in its place."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.campaigns.domain import CallingHours
from app.core.errors import Fault, InvalidInputError
from app.core.parameters import faults_of
from app.languages.domain import Level
from app.languages.numbers import NumberKind
from app.quotas.plans import QuotaPlan, References, check_plan
from app.quotas.tables import TableRow, read_plan
from app.simulation.index import IndexPlan

REFUSED: Final = "The plan cannot be used."
UNREADABLE: Final = "This file is no TOML document: %(reason)s."
NO_ZONE: Final = "There is no time zone of that name. Use a name such as Asia/Shanghai."
OF_SYNTHETIC_SAMPLES: Final = "This belongs to a synthetic sample, but the campaign has its own. Leave it out."
# What a plan may say of a campaign of the installation; everything else the campaign knows better.
OF_ANY_CAMPAIGN: Final = frozenset(
    {"starts_at", "days", "interviewers", "repertoires", "quotas", "index", "ring_seconds"}
)
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Repertoire(_Part):
    """The lects of an interviewer; `hours` are those of the desk as calling hours are written, None for all of them."""

    lects: dict[str, Level] = Field(min_length=1)
    triage: bool = True
    hours: dict[str, list[tuple[str, str]]] | None = None


class QuotaTable(_Part):
    """A quota as the page of quotas reads it from a file: columns by name, one row per cell."""

    name: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str | int, ...], ...]


class Plan(_Part):
    """All that is assumed about a campaign; `places` are (area code, share), `repertoires` are taken in turn."""

    starts_at: AwareDatetime
    days: int = Field(ge=1, le=90)
    time_zone: str
    ring_seconds: int = Field(ge=15, le=90)
    attempts: int = Field(ge=1, le=100)
    offered: tuple[str, ...] = Field(min_length=1)
    places: tuple[tuple[str, Share], ...] = Field(min_length=1)
    numbers: int = Field(ge=1, le=100_000)
    two_numbers: Share
    second_kinds: dict[NumberKind, Share] = Field(min_length=1)
    interviewers: int = Field(ge=1, le=200)
    repertoires: tuple[Repertoire, ...] = Field(min_length=1)
    index: IndexPlan
    quotas: tuple[QuotaTable, ...] = ()


@dataclass(frozen=True)
class WrittenPlan:
    """A plan, and which of its fields somebody wrote instead of leaving the shipped ones."""

    plan: Plan
    written: frozenset[str]


def read_plan_of(path: Path | None = None, options: Mapping[str, Any] | None = None) -> WrittenPlan:
    """Read the shipped plan with a file's fields in place of its own, and the options that are not None over both.

    Raises InvalidInputError that names every wrong field.
    """
    chosen = {name: value for name, value in (options or {}).items() if value is not None}
    written = (_values(_read_file(path)) if path else {}) | chosen
    try:
        plan = Plan.model_validate(_shipped() | written)
    except ValidationError as error:
        raise InvalidInputError(REFUSED, faults_of([dict(wrong) for wrong in error.errors()])) from error
    faults = [*_zone_faults(plan), *_hours_faults(plan)]
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    return WrittenPlan(plan, frozenset(written))


def refuse_what_the_campaign_knows(plan: WrittenPlan) -> None:
    """Raise InvalidInputError for fields that a campaign of the installation has itself."""
    faults = tuple(Fault(name, OF_SYNTHETIC_SAMPLES) for name in sorted(plan.written - OF_ANY_CAMPAIGN))
    if faults:
        raise InvalidInputError(REFUSED, faults)


def quotas_of(plan: Plan, references: References) -> tuple[QuotaPlan, ...]:
    """Read and check the plan's quotas as the product does; raises InvalidInputError by place."""
    return tuple(_quota_of(number, table, references) for number, table in enumerate(plan.quotas))


def _quota_of(number: int, table: QuotaTable, references: References) -> QuotaPlan:
    rows = [
        TableRow(row, dict(zip(table.columns, map(str, cells), strict=False)))
        for row, cells in enumerate(table.cells, start=1)
    ]
    read = None
    try:
        read = read_plan(table.name, table.columns, _whole(rows, table.columns))
        return check_plan(read.plan, references)
    except InvalidInputError as error:
        found = error if read is None else read.at_rows(error)
        faults = tuple(replace(fault, where=f"quotas[{number}], {fault.where}") for fault in found.faults)
        raise InvalidInputError(found.message, faults) from error


def _whole(rows: Sequence[TableRow], columns: Sequence[str]) -> list[TableRow]:
    return [TableRow(row.number, {**dict.fromkeys(columns, ""), **row.cells}) for row in rows]


def _zone_faults(plan: Plan) -> Iterator[Fault]:
    if plan.time_zone not in available_timezones():
        yield Fault("time_zone", NO_ZONE)


def _hours_faults(plan: Plan) -> Iterator[Fault]:
    for number, repertoire in enumerate(plan.repertoires):
        if repertoire.hours is None:
            continue
        try:
            CallingHours.read(repertoire.hours)
        except InvalidInputError as error:
            for fault in error.faults:
                where = fault.where.replace("calling_hours", f"repertoires.{number}.hours")
                yield replace(fault, where=where)


def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = _values(
        tomllib.loads(files("app.simulation").joinpath("data/fieldwork.toml").read_text("utf-8"))
    )
    return shipped


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except ValueError as error:  # no UTF-8, or no TOML
        raise InvalidInputError(REFUSED, (Fault(path.name, UNREADABLE, (("reason", str(error)),)),)) from error


def _values(entry: Any) -> Any:
    """Drop marks and sources, which are for readers."""
    if isinstance(entry, dict):
        return entry["value"] if "value" in entry else {key: _values(inner) for key, inner in entry.items()}
    return [_values(inner) for inner in entry] if isinstance(entry, list) else entry
