"""Tiny questionnaires, written as tables in the tests."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import openpyxl
import pytest

from app.core.errors import InvalidInputError
from app.questionnaires.form import Form, parse_form
from app.questionnaires.session import InterviewState
from app.questionnaires.workbook import EXAMPLES, compile_workbook

EN = "label::English (en)"
MakeWorkbook = Callable[..., bytes]
MakeForm = Callable[..., Form]


def rows_of(table: str) -> list[list[str | None]]:
    lines = [line.strip() for line in table.strip().splitlines()]
    return [[cell.strip() or None for cell in line.strip("|").split("|")] for line in lines]


def workbook_of(cells: Mapping[str, object] | None = None, **sheets: str) -> bytes:
    """Build an .xlsx from tables of |; `cells` overwrites single cells with values that are no text."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, table in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows_of(table):
            sheet.append(row)
    for where, value in (cells or {}).items():
        name, _, cell = where.partition("!")
        workbook[name][cell] = value
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


@pytest.fixture(scope="session")
def make_workbook() -> MakeWorkbook:
    return workbook_of


@pytest.fixture(scope="session")
def make_form(make_workbook: MakeWorkbook) -> MakeForm:
    return lambda **sheets: parse_form(compile_workbook(make_workbook(**sheets), "tiny.xlsx").xform)


@pytest.fixture
def faults_of(make_workbook: MakeWorkbook) -> Callable[..., dict[str, str]]:
    """Compile a bad workbook and return what is wrong, by cell."""

    def compile_bad(**sheets: object) -> dict[str, str]:
        with pytest.raises(InvalidInputError) as caught:
            compile_workbook(make_workbook(**sheets), "bad.xlsx")
        words: dict[str, list[str]] = {}
        for fault in caught.value.faults:
            words.setdefault(fault.where, []).append(fault.words())
        return {where: " ".join(lines) for where, lines in words.items()}

    return compile_bad


@pytest.fixture
def state() -> InterviewState:
    return InterviewState({}, seed=1, started_at=datetime(2026, 11, 23, 10, 30, tzinfo=UTC), lect="en")


@pytest.fixture(scope="session")
def example() -> Form:
    source = (EXAMPLES / "public-safety.xlsx").read_bytes()
    return parse_form(compile_workbook(source, "public-safety.xlsx").xform)
