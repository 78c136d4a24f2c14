"""Attempts to hang calls on, with whatever rows the schema wants beneath them."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Column, Table, insert
from sqlalchemy.orm import Session

from app.core.db import Base

# Calls need an attempt's id and nothing else of it, so the rows beneath are filled from the schema alone.
_serial = count(1)


def _filled(column: Column[Any], now: datetime) -> object:
    number = next(_serial)
    fillings: dict[type, object] = {
        str: f"x-{number}",
        int: number,
        float: 1.0,
        bool: True,
        bytes: str(number).encode(),
        datetime: now,
        date: now.date(),
        object: {},  # what SQLAlchemy says of JSONB
    }
    return fillings[column.type.python_type]


def _insert_row(session: Session, table: Table, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable or column.identity is not None or column.server_default is not None:
            continue
        target = next(iter(column.foreign_keys), None)
        if target is None:
            values[column.name] = _filled(column, now)
        else:
            values[column.name] = _insert_row(session, target.column.table, now)[target.column.name]
    row = session.execute(insert(table).values(values).returning(table)).one()
    return dict(row._mapping)


@pytest.fixture
def make_attempt(session: Session, now: datetime) -> Callable[[], int]:
    table = Base.metadata.tables["attempt"]
    pattern = _insert_row(session, table, now)
    del pattern["id"]

    def make() -> int:
        return int(session.scalars(insert(table).values(pattern).returning(table.c.id)).one())

    return make


@pytest.fixture
def attempt_id(make_attempt: Callable[[], int]) -> int:
    return make_attempt()
