"""What a phone list is, which of its columns mean what, and what becomes of each of its rows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.core.errors import Fault, InvalidInputError


@dataclass(frozen=True)
class Row:
    """One row under the header, numbered as a spreadsheet numbers it; `damage` says why it is unreadable."""

    number: int
    cells: tuple[str, ...]
    damage: Fault | None = None


@dataclass(frozen=True)
class Table:
    """A phone list as text: every row has one cell per column of the header, blank where none was given."""

    file_name: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def records(self) -> Iterator[tuple[Row, Mapping[str, str]]]:
        """Yield each row with its cells by column name."""
        for row in self.rows:
            yield row, dict(zip(self.header, row.cells, strict=False))


@dataclass(frozen=True)
class ColumnMapping:
    """Which column of a phone list means what; a case may have several telephone numbers."""

    phone: tuple[str, ...]
    area: str | None = None
    name: str | None = None
    time_zone: str | None = None
    language: str | None = None
    further: tuple[str, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """Return every mapped column."""
        single = (self.area, self.name, self.time_zone, self.language)
        return (*self.phone, *(column for column in single if column), *self.further)

    def check(self, header: Sequence[str]) -> None:
        """Raise InvalidInputError when a column is missing, mapped twice, or no column holds numbers."""
        faults = [
            Fault(f"column {column}", "The file has no column of this name. Choose one of: %(columns)s.", (known,))
            for known in [("columns", ", ".join(header))]
            for column in self.columns()
            if column not in header
        ]
        faults += [
            Fault(f"column {column}", "This column is used twice. Give it one meaning.")
            for column, times in Counter(self.columns()).items()
            if times > 1
        ]
        if not self.phone:
            faults.append(Fault("phone", "No column holds telephone numbers. Choose at least one."))
        if faults:
            raise InvalidInputError("The columns of the phone list do not fit.", faults=tuple(faults))


# Headers are compared after NFKC, without case, blanks, hyphens and underscores.
_PHONE: Final = re.compile(
    r".{0,6}(电话|手机|座机|固话|联系方式)(号|号码)?\d*"
    r"|(home|work|mobile|cell|contact|tele|numero|número)?"
    r"(phone|mobile|cell|tel|telephone|cellphone|landline|msisdn|tel[eé]fono|celular|m[oó]vil)(number|no|nr)?\d*"
)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AREA: Final = _names(
    "地区代码 行政区划代码 行政区划 区划代码 区划 区县代码 县区代码 地区 区县 县区 所在地 "
    "area areacode admincode region regioncode county countycode district gb2260"
)
_NAME: Final = _names("姓名 名字 受访者 受访者姓名 联系人 name fullname respondent contact nombre")
_TIME_ZONE: Final = _names("时区 timezone tz zonahoraria")
_LANGUAGE: Final = _names("语言 方言 母语 使用语言 language lect dialect lang idioma lengua")


def guess_mapping(header: Sequence[str]) -> ColumnMapping:
    """Propose a mapping from the column names; a person confirms it before anything is imported."""
    keys = {column: _header_key(column) for column in header}
    phone = tuple(column for column, key in keys.items() if _PHONE.fullmatch(key))
    rest = [column for column in header if column not in phone]

    def first_of(names: frozenset[str]) -> str | None:
        return next((column for column in rest if keys[column] in names), None)

    chosen = (first_of(_AREA), first_of(_NAME), first_of(_TIME_ZONE), first_of(_LANGUAGE))
    return ColumnMapping(phone, *chosen, further=tuple(column for column in rest if column not in chosen))


def _header_key(text: str) -> str:
    return re.sub(r"[\s_\-./]+", "", unicodedata.normalize("NFKC", text).casefold())


# A mainland mobile number or an identity card number, as a whole cell.
_IDENTIFIES: Final = re.compile(r"(\+?86)?1[3-9]\d{9}|\d{17}[\dXx]")
_SAMPLED_CELLS: Final = 1_000


def refuse_identifying_columns(table: Table, mapping: ColumnMapping) -> None:
    """Raise InvalidInputError when a further column is mostly telephone or identity card numbers.

    Further columns are stored in clear beside the case, so such a column must not slip in as one.
    """
    faults = tuple(
        Fault(
            f"column {column}",
            "This column holds telephone or identity card numbers. Map it as a telephone number or leave it out.",
        )
        for column in mapping.further
        if _mostly_identifying(record[column] for _row, record in table.records() if record.get(column))
    )
    if faults:
        raise InvalidInputError("The columns of the phone list do not fit.", faults=faults)


def _mostly_identifying(cells: Iterator[str]) -> bool:
    sample = [cell for cell, _ in zip(cells, range(_SAMPLED_CELLS), strict=False)]
    hits = sum(1 for cell in sample if _IDENTIFIES.fullmatch(re.sub(r"[\s-]", "", cell)))
    return hits * 2 > len(sample)


_LONG_NUMBER: Final = 7
_CELL_LENGTH: Final = 40
_DIGIT_RUN: Final = re.compile(r"\d[\d\s.\-()/]*\d")


def mask_cell(text: str) -> str:
    """Hide letters, and all digits of a long number but the first three and the last two.

    Short numbers (110, 12340) identify nobody and stay readable, so that the reason can be understood.
    """
    folded = unicodedata.normalize("NFKC", text).strip()[:_CELL_LENGTH]
    return _hide_digits("".join("*" if character.isalpha() else character for character in folded))


def mask_digits(text: str) -> str:
    """Hide every long number within a text; the words stay."""
    return _DIGIT_RUN.sub(lambda run: _hide_digits(run[0]), text)


def _hide_digits(text: str) -> str:
    positions = [index for index, character in enumerate(text) if character.isdecimal()]
    hidden = set(positions[3:-2]) if len(positions) >= _LONG_NUMBER else set()
    return "".join("*" if index in hidden else character for index, character in enumerate(text))


@dataclass(frozen=True)
class RowVerdict:
    """What becomes of one row: the reason when refused, remarks on what was left out when accepted."""

    row: int
    accepted: bool
    reason: Fault | None = None
    remarks: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """Every row's verdict in the order of the file; holds no telephone number and no name in clear."""

    verdicts: tuple[RowVerdict, ...]

    @property
    def accepted(self) -> int:
        """Count the rows that become cases."""
        return sum(1 for verdict in self.verdicts if verdict.accepted)

    @property
    def refused(self) -> int:
        """Count the rows that do not."""
        return len(self.verdicts) - self.accepted

    @property
    def reasons(self) -> dict[str, int]:
        """Count the refused rows by reason, most frequent first."""
        counts = Counter(verdict.reason.message for verdict in self.verdicts if verdict.reason)
        return dict(counts.most_common())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return every reason and remark, each with its row and column."""
        return tuple(fault for verdict in self.verdicts for fault in _faults_of(verdict))

    def as_json(self) -> dict[str, object]:
        """Return the form that is stored: each message once, each noted row as a short list."""
        messages = {fault.message: index for index, fault in enumerate(_by_message(self.faults))}
        rows = [
            [verdict.row, int(verdict.accepted), messages[fault.message], fault.where, dict(fault.values)]
            for verdict in self.verdicts
            for fault in _faults_of(verdict)
        ]
        return {"messages": list(messages), "reasons": self.reasons, "rows": rows}


def stored_faults(report: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return the reasons and remarks of a report written by `ImportReport.as_json`."""
    messages = report["messages"]
    return tuple(
        Fault(where, messages[message], tuple(values.items()))
        for _row, _accepted, message, where, values in report["rows"]
    )


def _faults_of(verdict: RowVerdict) -> tuple[Fault, ...]:
    return (*((verdict.reason,) if verdict.reason else ()), *verdict.remarks)


def _by_message(faults: Iterable[Fault]) -> list[Fault]:
    return list({fault.message: fault for fault in faults}.values())
