"""Keep each report about a call that came in once, and what it was answered with."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.db import append
from app.telephony.inbound.domain import Heard
from app.telephony.inbound.models import InboundAnswer, InboundCall, InboundReport


def keep_report(session: Session, heard: Heard, fields: Mapping[str, str], *, now: datetime) -> None:
    """Keep a report as it came, but for whose number it was; the same one again changes nothing."""
    row = {"token": heard.token, "call_id": heard.call_id, "step": heard.step, "fields": dict(fields)}
    session.execute(insert(InboundReport).values(**row, received_at=now).on_conflict_do_nothing())


def reports_of(session: Session, call_id: str) -> int:
    """Count the reports about a call."""
    wanted = select(func.count()).select_from(InboundReport).where(InboundReport.call_id == call_id)
    return session.scalars(wanted).one()


def answer_to(session: Session, token: str) -> str | None:
    """Return the document that a report was answered with, None before it was."""
    return session.scalar(select(InboundAnswer.document).where(InboundAnswer.token == token))


def keep_answer(session: Session, token: str, document: str, *, now: datetime) -> None:
    """Keep what a report is answered with."""
    append(session, InboundAnswer, token=token, document=document, answered_at=now)


def locked_call(session: Session, call_id: str) -> InboundCall | None:
    """Return a call that came in, locked: whatever is heard of it is taken one after the other."""
    wanted = select(InboundCall).where(InboundCall.call_id == call_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def attempt_of_call(session: Session, call_id: str) -> int | None:
    """Return the attempt under which an interviewer took a call that came in; None for every other call."""
    return session.scalar(select(InboundCall.attempt_id).where(InboundCall.call_id == call_id))
