"""Turn sheets into tables with known columns, and say where a cell is not what it looks like."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.errors import Fault
from app.questionnaires.excel import CellValue, column_letters
from app.questionnaires.tags import TagError, tag_of

# Excel keeps 15 digits of a number; the rest of a longer code is gone.
LARGEST_EXACT: Final = 1e15
LONGEST_CELL: Final = 5_000

TRANSLATED: Final[Mapping[str, frozenset[str]]] = {
    "survey": frozenset({"label", "hint", "constraint_message", "required_message", "another", "media::audio"}),
    "choices": frozenset({"label"}),
    "settings": frozenset(),
}
PLAIN: Final[Mapping[str, frozenset[str]]] = {
    "survey": frozenset(
        {"type", "name", "required", "relevant", "constraint", "calculation", "default", "bind::cati:dkref"}
        | {"choice_filter", "repeat_count", "read_only", "trigger", "parameters", "appearance"}
        | {"quality::battery", "quality::same_as", "quality::reverse_of", "quality::quickest", "quality::slowest"}
    ),
    "choices": frozenset({"list_name", "name"}),
    "settings": frozenset({"form_title", "form_id", "version", "default_language", "namespaces"}),
}
_ALIASES: Final = {
    "calculate": "calculation",
    "relevance": "relevant",
    "list name": "list_name",
    "readonly": "read_only",
    "audio": "media::audio",
}
_EXPRESSIONS: Final = frozenset(
    {"relevant", "constraint", "calculation", "default", "choice_filter", "repeat_count", "required", "trigger"}
    | {"parameters"}
)
# Further columns of the choices are there for filters and look-ups.
_FURTHER: Final = re.compile(r"[A-Za-z_][\w.-]*")
_AUDIO: Final = re.compile(r"^\s*media\s*::\s*audio\s*::", re.IGNORECASE)
_CURLY: Final = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True)
class Column:
    """A column by its XLSForm name; `language` is the heading's `中文 (cmn-x-putonghu)`, `tag` its BCP 47 tag."""

    name: str
    letters: str
    language: str | None = None
    tag: str | None = None
    is_further: bool = False

    @property
    def heading(self) -> str:
        """Return the heading as pyxform knows it."""
        return self.name if self.language is None else f"{self.name}::{self.language}"


@dataclass(frozen=True)
class Row:
    """One row; cells by column, only those that hold something."""

    sheet: str
    number: int
    cells: Mapping[Column, str]
    numeric: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """Return what stands in a column without language."""
        return next((text for column, text in self.cells.items() if column.name == name and not column.tag), "")

    def where(self, column: Column | None) -> str:
        """Name a cell as Excel does; the row's first one when the column is not there."""
        return f"{self.sheet}!{column.letters if column else 'A'}{self.number}"

    def texts(self, name: str) -> dict[str, str]:
        """Return the texts of a translated column by tag."""
        return {column.tag: text for column, text in self.cells.items() if column.name == name and column.tag}


@dataclass(frozen=True)
class Table:
    """One sheet with its known columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column(self, name: str) -> Column | None:
        """Find a column without language."""
        return next((column for column in self.columns if column.name == name and not column.tag), None)

    def where(self, row: Row, name: str) -> str:
        """Name the cell of a row in the first column of this name."""
        return row.where(next((column for column in self.columns if column.name == name), None))


def read_table(name: str, grid: Sequence[Sequence[CellValue]], faults: list[Fault]) -> Table:
    """Read one sheet; adds a fault for every column and cell that cannot be used."""
    if not grid:
        return Table(name, (), ())
    columns = _read_columns(name, grid[0], faults)
    rows = [
        row
        for number, cells in enumerate(grid[1:], 2)
        if (row := _read_row(name, number, list(cells), columns=columns, faults=faults)).cells
    ]
    known = tuple(column for column in columns.values() if column is not None)
    return Table(name, known, tuple(rows))


def _read_columns(sheet: str, headings: Sequence[CellValue], faults: list[Fault]) -> dict[int, Column | None]:
    """Return columns by place; None where the heading is at fault and its cells need no further words."""
    columns: dict[int, Column | None] = {}
    for place, value in enumerate(headings):
        heading = str(value).strip()
        if not heading:
            continue
        where = f"{sheet}!{column_letters(place + 1)}1"
        found = _read_heading(sheet, heading, where=where, faults=faults)
        if found is not None and any(
            one is not None and (one.name, one.tag) == (found.name, found.tag) for one in columns.values()
        ):
            faults.append(Fault(where, "The column %(heading)s is there twice.", (("heading", heading),)))
            found = None
        columns[place] = found
    return columns


def _read_heading(sheet: str, heading: str, *, where: str, faults: list[Fault]) -> Column | None:
    letters = where.rpartition("!")[2].rstrip("1")
    name, mark, language = (part.strip() for part in _AUDIO.sub("audio::", heading).partition("::"))
    plain = _ALIASES.get(heading.lower(), heading.lower())
    if plain in PLAIN[sheet]:
        return Column(plain, letters)
    name = name.lower().replace(" ", "_")
    name = _ALIASES.get(name, name)
    if name in TRANSLATED[sheet]:
        return _read_translated(Column(name, letters, language if mark else ""), where=where, faults=faults)
    if sheet == "choices" and _FURTHER.fullmatch(heading):
        return Column(heading, letters, is_further=True)
    faults.append(unknown_column(sheet, heading, where=where))
    return None


def unknown_column(sheet: str, heading: str, *, where: str) -> Fault:
    """Say that nothing reads a column."""
    return Fault(
        where,
        "The column %(heading)s is not supported. Correct the name or delete the column. Known: %(known)s.",
        (("heading", heading), ("known", ", ".join(sorted(PLAIN[sheet] | TRANSLATED[sheet])))),
    )


def _read_translated(column: Column, *, where: str, faults: list[Fault]) -> Column | None:
    try:
        tag = tag_of(column.language or column.name)
    except TagError as error:
        faults.append(Fault(where, error.message, error.values))
        return None
    return Column(column.name, column.letters, column.language, tag)


def _read_row(
    sheet: str, number: int, cells: list[CellValue], *, columns: Mapping[int, Column | None], faults: list[Fault]
) -> Row:
    texts: dict[Column, str] = {}
    numeric: set[str] = set()
    for place, value in enumerate(cells):
        if value == "" or (isinstance(value, str) and not value.strip()):
            continue
        where = f"{sheet}!{column_letters(place + 1)}{number}"
        if place not in columns:
            faults.append(Fault(where, "This cell has no column heading. Give the column one or empty the cell."))
            continue
        column = columns[place]
        if column is not None:
            texts[column] = _cell_text(value, column.name, where=where, faults=faults)
            if isinstance(value, float):
                numeric.add(column.name)
    return Row(sheet, number, texts, frozenset(numeric))


def _cell_text(value: CellValue, name: str, *, where: str, faults: list[Fault]) -> str:
    """Write a cell's value as its author meant it, or say what Excel did to it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return _number_text(value, name, where=where, faults=faults)
    if not isinstance(value, str):
        message = "Excel changed this cell into a date or time. Format it as text and type it again."
        faults.append(Fault(where, message))
        return str(value)
    if len(value) > LONGEST_CELL:
        message = "The text is longer than %(most)s characters. Shorten it."
        faults.append(Fault(where, message, (("most", str(LONGEST_CELL)),)))
        return ""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\ue000-\ue003]", "", value).strip()
    # Word processors curl the quotes of an expression; in a text they are meant.
    return text.translate(_CURLY) if name in _EXPRESSIONS else text


def _number_text(value: float, name: str, *, where: str, faults: list[Fault]) -> str:
    whole = float(value).is_integer()
    if name == "name" and (not whole or abs(value) >= LARGEST_EXACT):
        message = "Excel holds this code as a number it cannot keep. Format the cell as text and type the code again."
        faults.append(Fault(where, message))
    return str(int(value)) if whole and abs(value) < LARGEST_EXACT else repr(float(value))
