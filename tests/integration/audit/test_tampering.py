"""What is recorded stays: the application may not touch it, and its owner cannot do so unseen."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.audit.service import ChainReport, record, verify
from app.core.embedded import DatabaseUrls

CHAIN = 8_001
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def owner(database: DatabaseUrls) -> Iterator[Engine]:
    """Become the owner of the tables, and take this file's committed rows away again."""
    engine = create_engine(database.owner)
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE chain = :chain"), {"chain": CHAIN})
    engine.dispose()


def record_acts(engine: Engine, count: int) -> None:
    for number in range(count):
        with Session(engine) as session, session.begin():
            record(session, "case.taken", actor="person:1", subject=f"case:{number}", campaign_id=CHAIN, now=MORNING)


def report_of(engine: Engine) -> ChainReport:
    with Session(engine) as session:
        return next(report for report in verify(session) if report.chain == CHAIN)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = 'person:2' WHERE chain = :chain AND position = 2", 2),
        ("UPDATE audit_entry SET details = '{\"x\": 1}' WHERE chain = :chain AND position = 3", 3),
        ("UPDATE audit_entry SET at = at + interval '1 second' WHERE chain = :chain AND position = 1", 1),
        ("DELETE FROM audit_entry WHERE chain = :chain AND position = 2", 2),
        ("UPDATE audit_entry SET chain = chain + 1 WHERE chain = :chain AND position = 4", None),
    ],
)
def test_a_tampered_row_is_found(owner: Engine, engine: Engine, tampering: str, broken_at: int | None) -> None:
    record_acts(engine, 4)
    head = report_of(engine).head
    with owner.connect() as connection:
        connection.execute(text(tampering), {"chain": CHAIN})
        with Session(connection) as session:
            report = next(found for found in verify(session) if found.chain == CHAIN)
        connection.rollback()
    # Cutting the end off leaves no break, but another head than the one written down.
    assert report.broken_at == broken_at
    assert report.head != head


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry"])
def test_the_application_can_rewrite_nothing(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))


def test_acts_at_the_same_moment_queue_up_without_a_gap(owner: Engine, engine: Engine) -> None:
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda _: record_acts(engine, 5), range(4)))
    report = report_of(engine)
    assert report.is_whole
    assert report.entries == 20
