"""Areas: find them, walk up to their province, import trees of other countries."""

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.languages.gazetteer import Gazetteer, Place
from app.languages.models import Area, AreaAlias, AreaLevel
from app.languages.numbers import NumberPlace
from app.languages.tables import BadRowError, ImportReport, Row, Tally, read_rows

BAD_CODE: Final = "%(code)s cannot be an area code. Use up to 20 letters, digits and hyphens."
UNKNOWN_PARENT: Final = "No area has the code %(parent)s. Import the area above this one, or correct the code."
UNKNOWN_LEVEL: Final = "%(level)s is not a level. Use one of %(levels)s, or leave the cell empty."
CIRCLE: Final = "%(code)s would lie within itself. Correct the area above it."
REPEATED: Final = "%(code)s stands in an earlier row of this file. Keep one of them."
_CODE: Final = re.compile(r"^[A-Za-z0-9-]{1,20}$")
_LEVELS: Final = tuple(AreaLevel)


def load_gazetteer(session: Session) -> Gazetteer:
    """Read all areas and aliases; for imports, which ask for thousands of names."""
    places = session.execute(select(Area.code, Area.name_zh, Area.parent_code, Area.level))
    aliases = session.execute(select(AreaAlias.alias, AreaAlias.area_code))
    return Gazetteer((Place(*place) for place in places), dict(aliases.all()))


def find_area(session: Session, text: str) -> Area:
    """Find an area by code, former code, or name (贵阳市, 贵州省贵阳市, 毕节地区).

    Raises `UnknownAreaError` when none or several answer to it, or a spreadsheet spoiled the code.
    """
    code = text.strip()
    area = session.get(Area, code) if _CODE.match(code) else None
    return area if area is not None else session.get_one(Area, load_gazetteer(session).find(text))


def area_path(session: Session, code: str) -> list[Area]:
    """Return the areas from the province down to this one; empty for an unknown code."""
    path: list[Area] = []
    area = session.get(Area, code)
    while area is not None:
        path.insert(0, area)
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return path


def place_code(session: Session, place: NumberPlace) -> str | None:
    """Return the code of the one prefecture or city that a number tells; None where it names several or none."""
    return load_gazetteer(session).place_of(place.name_zh)


def import_areas(session: Session, source: bytes) -> ImportReport:
    """Add or rename areas from a CSV table with the columns code, name_zh, name_en, parent, level.

    Parents may stand anywhere in the file or be there already. An empty level is the one below the parent's.
    """
    tally = Tally()
    rows = _keep_well_formed(source, tally)
    parents: dict[str, str | None] = dict(session.execute(select(Area.code, Area.parent_code)).all())
    levels: dict[str, str] = dict(session.execute(select(Area.code, Area.level)).all())
    parents |= {code: row.cells.get("parent") or None for code, row in rows.items()}
    taken: dict[str, dict[str, str | None]] = {}
    for code in sorted(rows, key=lambda code: len(_line_of(code, parents))):
        try:
            taken[code] = _area_values(rows[code], code, parents=parents, levels=levels)
        except BadRowError as error:
            tally.faults.append(error.fault)
            continue
        levels[code] = taken[code]["level"] or ""
    _write_areas(session, taken)
    tally.accepted = len(taken)
    return tally.report()


def _keep_well_formed(source: bytes, tally: Tally) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in read_rows(source, columns=("code", "name_zh", "parent")):
        tally.rows += 1
        try:
            code = row.required("code")
            row.required("name_zh")
            if not _CODE.match(code):
                raise BadRowError(row.fault("code", BAD_CODE, code=code))  # noqa: TRY301  one way out for all faults
            if code in rows:
                raise BadRowError(row.fault("code", REPEATED, code=code))  # noqa: TRY301
        except BadRowError as error:
            tally.faults.append(error.fault)
            continue
        rows[code] = row
    return rows


def _area_values(
    row: Row, code: str, *, parents: Mapping[str, str | None], levels: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the columns to write; `levels` holds only areas that are there or were taken before."""
    parent = parents[code]
    if code in _line_of(parent, parents):
        raise BadRowError(row.fault("parent", CIRCLE, code=code))
    if parent is not None and parent not in levels:
        raise BadRowError(row.fault("parent", UNKNOWN_PARENT, parent=parent))
    level = row.cells.get("level") or _level_below(levels[parent] if parent else None)
    if level not in _LEVELS:
        raise BadRowError(row.fault("level", UNKNOWN_LEVEL, level=level, levels=", ".join(_LEVELS)))
    return {
        "code": code,
        "name_zh": row.required("name_zh"),
        "name_en": row.cells.get("name_en", ""),
        "parent_code": parent,
        "level": level,
    }


def _line_of(code: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """Return the code and all above it; stops where a circle closes."""
    line: list[str] = []
    while code is not None and code not in line:
        line.append(code)
        code = parents.get(code)
    return line


def _level_below(level: str | None) -> str:
    if level is None:
        return AreaLevel.PROVINCE
    below = _LEVELS.index(AreaLevel(level)) + 1
    return _LEVELS[min(below, len(_LEVELS) - 1)]


def _write_areas(session: Session, taken: Mapping[str, Mapping[str, str | None]]) -> None:
    if not taken:
        return
    statement = insert(Area)
    renamed = {name: statement.excluded[name] for name in ("name_zh", "name_en", "parent_code", "level")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=renamed), [dict(row) for row in taken.values()]
    )
    session.expire_all()
