"""Every act is chained to the one before it, campaign by campaign."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.service import record, verify


def test_acts_of_a_campaign_form_their_own_chain(session: Session, now: datetime) -> None:
    record(session, "case.taken", actor="person:1", subject="case:5", campaign_id=7_001, now=now)
    record(session, "session.opened", actor="person:1", subject="person:1", now=now)
    record(session, "case.closed", actor="person:1", subject="case:5", campaign_id=7_001, now=now)

    acts = select(AuditEntry.position, AuditEntry.act).where(AuditEntry.chain == 7_001).order_by(AuditEntry.position)
    assert [tuple(row) for row in session.execute(acts)] == [(1, "case.taken"), (2, "case.closed")]
    assert {report.chain for report in verify(session) if report.is_whole} >= {0, 7_001}


def test_details_survive_the_database_unchanged(session: Session, now: datetime) -> None:
    details = {"words": "样本 “导入”", "share": 0.1, "rows": [1, 2, {"deep": None}], "when": now, "large": 10**18}
    record(session, "sample.imported", actor="system", subject="import:1", campaign_id=7_002, details=details, now=now)
    session.expire_all()
    assert [r.broken_at for r in verify(session) if r.chain == 7_002] == [None]


def test_a_long_chain_is_checked_page_by_page(session: Session, now: datetime) -> None:
    for number in range(1_005):
        record(session, "case.taken", actor="person:1", subject=f"case:{number}", campaign_id=7_003, now=now)
    reports = {report.chain: report for report in verify(session)}
    assert reports[7_003].is_whole
    assert reports[7_003].entries == 1_005


def test_an_act_that_is_rolled_back_leaves_no_record(session: Session, now: datetime) -> None:
    with session.begin_nested() as savepoint:
        record(session, "case.taken", actor="person:1", subject="case:5", campaign_id=7_004, now=now)
        savepoint.rollback()
    assert session.scalar(select(AuditEntry).where(AuditEntry.chain == 7_004)) is None
