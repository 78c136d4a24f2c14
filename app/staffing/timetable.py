"""Read a roster as people write it: who works from when until when, in the campaign's time zone."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from app.core.errors import Fault, InvalidInputError

LONGEST_SHIFT: Final = timedelta(hours=16)
WRONG_TIME: Final = "%(text)s is not a time. Write it as 2026-11-23 09:00."
WRONG_DAY: Final = "%(text)s is not a date. Write it as 2026-11-23."
WRONG_CLOCK: Final = "%(text)s is not a time of day. Write it as 09:00."
NO_SUCH_TIME: Final = "The clocks are put forward over this time, so it does not exist. Choose another one."
ENDS_FIRST: Final = "The shift ends before it starts."
TOO_LONG: Final = "The shift is longer than 16 hours. Correct its times."
EMPTY: Final = "The cell is empty. Fill it in."
NO_LOGIN_COLUMN: Final = "No column holds sign-in names. Name one login."
NO_TIME_COLUMNS: Final = "Name the columns of the times starts and ends, or date, from and until."

# Headers are compared after NFKC, without case, blanks and underscores.
_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "login": frozenset({"login", "signin", "登录名", "用户名", "访问员"}),
    "starts": frozenset({"starts", "startsat", "start", "开始", "开始时间"}),
    "ends": frozenset({"ends", "endsat", "end", "结束", "结束时间"}),
    "date": frozenset({"date", "day", "日期"}),
    "from": frozenset({"from", "从", "上班", "上班时间"}),
    "until": frozenset({"until", "to", "到", "至", "下班", "下班时间"}),
}
_WHOLE: Final = ("starts", "ends")
_SPLIT: Final = ("date", "from", "until")
_SLASHES: Final = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?")
_SHORT_CLOCK: Final = re.compile(r"\b(\d):(\d{2})")
_MIDNIGHT: Final = frozenset({"24:00", "24:00:00", "00:00", "00:00:00"})


class SourceRow(Protocol):
    """A row of a table, numbered as a spreadsheet numbers it; `damage` says why it is unreadable."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def damage(self) -> Fault | None: ...  # noqa: D102


class SourceTable(Protocol):
    """A table of text with column names, whoever has read it from whatever file."""

    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def header(self) -> tuple[str, ...]: ...  # noqa: D102
    def records(self) -> Iterator[tuple[SourceRow, Mapping[str, str]]]: ...  # noqa: D102


@dataclass(frozen=True)
class PlannedShift:
    """One good row: somebody's sign-in name and a stretch of time in UTC; `place` names the cell to correct."""

    row: int
    login: str
    starts_at: datetime
    ends_at: datetime
    login_place: str
    time_place: str


def read_shifts(table: SourceTable, time_zone: str) -> Iterator[PlannedShift | Fault]:
    """Yield for each row its shift, or what is wrong with it.

    Columns: login, starts, ends; or login, date, from, until. A time without an offset of its own is meant in
    `time_zone`; until 24:00 is the end of the day. Raises InvalidInputError when columns are missing.
    """
    columns = _columns_of(table.header)
    zone = ZoneInfo(time_zone)
    for row, cells in table.records():
        yield row.damage or _read_row(_Cells(row.number, cells, columns), zone)


def _columns_of(header: Sequence[str]) -> dict[str, str]:
    """Return the column of each meaning; raises InvalidInputError for what is missing."""
    columns: dict[str, str] = {}
    for name in header:
        key = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", name).casefold())
        for meaning, names in _COLUMNS.items():
            if key in names:
                columns.setdefault(meaning, name)
    faults = []
    if "login" not in columns:
        faults.append(Fault("login", NO_LOGIN_COLUMN))
    if not any(all(meaning in columns for meaning in form) for form in (_WHOLE, _SPLIT)):
        faults.append(Fault("starts", NO_TIME_COLUMNS))
    if faults:
        raise InvalidInputError("The columns of the roster do not fit.", tuple(faults))
    return columns


class _BadCellError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True)
class _Cells:
    """One row by meaning."""

    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]

    def place(self, meaning: str) -> str:
        return f"row {self.number}, column {self.columns[meaning]}"

    def text(self, meaning: str) -> str:
        text = unicodedata.normalize("NFKC", self.cells[self.columns[meaning]]).strip()
        if not text:
            raise self.wrong(meaning, EMPTY)
        return text

    def wrong(self, meaning: str, message: str, **values: str) -> _BadCellError:
        return _BadCellError(Fault(self.place(meaning), message, tuple(values.items())))


def _read_row(cells: _Cells, zone: ZoneInfo) -> PlannedShift | Fault:
    try:
        login = cells.text("login").casefold()
        is_whole = all(meaning in cells.columns for meaning in _WHOLE)
        starts_at, ends_at = _whole(cells, zone) if is_whole else _split(cells, zone)
        last = _WHOLE[-1] if is_whole else _SPLIT[-1]
        if ends_at <= starts_at:
            raise cells.wrong(last, ENDS_FIRST)
        if ends_at - starts_at > LONGEST_SHIFT:
            raise cells.wrong(last, TOO_LONG)
    except _BadCellError as error:
        return error.fault
    first = _WHOLE[0] if is_whole else _SPLIT[1]
    return PlannedShift(cells.number, login, starts_at, ends_at, cells.place("login"), cells.place(first))


def _whole(cells: _Cells, zone: ZoneInfo) -> tuple[datetime, datetime]:
    starts_at, ends_at = (_instant(cells, meaning, zone) for meaning in _WHOLE)
    return starts_at, ends_at


def _instant(cells: _Cells, meaning: str, zone: ZoneInfo) -> datetime:
    text = cells.text(meaning)
    try:
        read = datetime.fromisoformat(_iso(text))
    except ValueError:
        raise cells.wrong(meaning, WRONG_TIME, text=text) from None
    return read.astimezone(UTC) if read.tzinfo else _in_zone(cells, meaning, read, zone=zone)


def _split(cells: _Cells, zone: ZoneInfo) -> tuple[datetime, datetime]:
    text = cells.text("date")
    try:
        day = datetime.fromisoformat(_iso(text)).date()
    except ValueError:
        raise cells.wrong("date", WRONG_DAY, text=text) from None
    starts = _clock(cells, "from")
    ends = time.min if cells.text("until") in _MIDNIGHT else _clock(cells, "until")
    last_day = day + timedelta(days=1) if ends == time.min else day
    return (
        _in_zone(cells, "from", datetime.combine(day, starts), zone=zone),
        _in_zone(cells, "until", datetime.combine(last_day, ends), zone=zone),
    )


def _clock(cells: _Cells, meaning: str) -> time:
    text = cells.text(meaning)
    try:
        read = time.fromisoformat(_iso(text))
    except ValueError:
        raise cells.wrong(meaning, WRONG_CLOCK, text=text) from None
    if read.tzinfo is not None:
        raise cells.wrong(meaning, WRONG_CLOCK, text=text)
    return read


def _iso(text: str) -> str:
    """Write 2026/11/3 9:00 and 2026年11月3日 9:00 as ISO 8601 does."""
    dated = _SLASHES.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", text)
    return _SHORT_CLOCK.sub(r"0\1:\2", dated)


def _in_zone(cells: _Cells, meaning: str, local: datetime, *, zone: ZoneInfo) -> datetime:
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != local:
        raise cells.wrong(meaning, NO_SUCH_TIME)
    return instant


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends in a zone, as instants; it may have 23 or 25 hours."""
    zone = ZoneInfo(time_zone)
    begins, ends = (datetime.combine(day + timedelta(days=ahead), time.min, zone) for ahead in (0, 1))
    return begins.astimezone(UTC), ends.astimezone(UTC)
