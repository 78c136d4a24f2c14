"""The record of every act, which nobody may rewrite."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base


class AuditEntry(Base):
    """One act of one person, client or the system itself, chained to the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"info": APPEND_ONLY},)

    # The campaign's id, or 0 for the installation. No foreign key: the record outlives what it tells of.
    chain: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
