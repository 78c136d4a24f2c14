"""Lists as CSV files and recordings that come beside the workbook, in one .zip with it."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from app.core.archives import UNREADABLE
from app.core.errors import Fault, InvalidInputError
from app.questionnaires.excel import MOST_BYTES, NOT_PUBLISHED

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 30
MOST_FILES: Final = 20
MOST_TEXT: Final = 5_000_000
MOST_PACKAGE: Final = 20_000_000
MOST_RECORDINGS: Final = 1_000
LARGEST_RECORDING: Final = 2_000_000
SOUNDS: Final = (".mp3", ".wav", ".ogg", ".opus", ".m4a")  # what browsers play
LONGEST_CELL: Final = 500
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_COLUMN: Final = re.compile(r"[A-Za-z_][\w.-]*|label::.+")


@dataclass(frozen=True)
class Attachment:
    """One list: its columns and its rows, all of them text as it stands in the file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Package:
    """What was uploaded: a workbook, and the lists and recordings that came with it, these by file name."""

    workbook: bytes
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    recordings: Mapping[str, bytes] = field(default_factory=dict)


def unpack(source: bytes) -> Package:
    """Take a .zip of one workbook and CSV files apart; a workbook alone is a package as well.

    Raises InvalidInputError, with the file and the row for a place, for what cannot be used.
    """
    if len(source) > MOST_PACKAGE:
        return Package(source)  # whoever reads workbooks says so
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            entries = {name: archive.getinfo(name) for name in archive.namelist() if _is_part(name)}
            workbooks = [name for name in entries if name.lower().endswith(".xlsx")]
            if not workbooks:
                return Package(source)
            lists = [name for name in entries if name.lower().endswith(".csv")]
            if len(workbooks) > 1 or len(lists) >= MOST_FILES:
                raise _refused("file", "A .zip holds one workbook and at most %(most)s lists, in 5 MB.", MOST_FILES)
            workbook = _read(archive, workbooks[0], most=MOST_BYTES)
            sounds = [name for name in entries if name not in lists and name != workbooks[0]]
            return Package(workbook, _read_lists(archive, lists), _read_recordings(archive, sounds))
    except UNREADABLE:
        return Package(source)  # whoever reads workbooks says what is wrong with it


def _read_lists(archive: zipfile.ZipFile, names: list[str]) -> dict[str, Attachment]:
    """Read the lists, which have one allowance of bytes together."""
    left, found = MOST_TEXT, {}
    for name in names:
        content = _read(archive, name, most=left)
        left -= len(content)
        one = _read_list(name, content)
        found[one.name] = one
    return found


def _read_recordings(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    """Read the recordings; the folder that one lies in makes no difference, as in ODK."""
    if len(names) > MOST_RECORDINGS:
        raise _refused("file", "A .zip holds at most %(most)s recordings.", MOST_RECORDINGS)
    left, found = MOST_PACKAGE, {}
    for name in names:
        content = _read(archive, name, most=min(left, LARGEST_RECORDING))
        left -= len(content)
        short = PurePath(name).name
        if short in found:
            raise _refused(name, "Two recordings have this file name. Give each a name of its own.")
        found[short] = content
    return found


def _is_part(name: str) -> bool:
    """Pass over folders that systems put into archives, and what is neither a workbook nor a list nor a recording."""
    path = PurePath(name)
    is_hidden = any(part.startswith((".", "__", "~$")) for part in path.parts)
    return not is_hidden and path.suffix.lower() in (".xlsx", ".csv", *SOUNDS)


def _read(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    with archive.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise _refused(PurePath(name).name, "The file is larger than %(most)s bytes.", most)
    return content


def _refused(where: str, message: str, most: int | None = None) -> InvalidInputError:
    values = () if most is None else (("most", str(most)),)
    return InvalidInputError(NOT_PUBLISHED, faults=(Fault(where, message, values),))


def _read_list(path: str, content: bytes) -> Attachment:
    file = PurePath(path).name
    name = PurePath(path).stem
    if not _NAME.fullmatch(name):
        raise _refused(file, "Name the file with Latin letters, digits and underscores, a letter first.")
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise _refused(file, "The file is not in UTF-8. Save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise _refused(file, "The file is no CSV. Save it as CSV UTF-8.") from error
    if not lines or len(lines) > MOST_ROWS or len(lines[0]) > MOST_COLUMNS:
        raise _refused(file, "A list has a row of headings, at most %(most)s rows and 30 columns.", MOST_ROWS)
    columns = tuple(heading.strip() for heading in lines[0])
    _check_columns(file, columns)
    filled = ((place, cells) for place, cells in enumerate(lines[1:], 2) if any(cells))
    rows = tuple(_row(f"{file}!{place}", cells, columns=columns) for place, cells in filled)
    return Attachment(name, columns, rows)


def _check_columns(file: str, columns: tuple[str, ...]) -> None:
    for place, column in enumerate(columns):
        if not _COLUMN.fullmatch(column) or column in columns[:place]:
            message = "Give every column a name of its own, of letters, digits, point, hyphen or underscore."
            raise _refused(f"{file}!1", message)


def _row(where: str, cells: list[str], *, columns: tuple[str, ...]) -> dict[str, str]:
    if len(cells) > len(columns):
        raise _refused(where, "The row has more cells than there are headings.")
    if max(map(len, cells)) > LONGEST_CELL:
        raise _refused(where, "A cell is longer than %(most)s characters.", LONGEST_CELL)
    return {column: _plain(cell) for column, cell in zip(columns, cells, strict=False)}


def _plain(cell: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", cell).strip()
