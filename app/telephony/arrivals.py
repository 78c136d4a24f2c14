"""Keep each report of a provider once, before anything is made of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from app.core.alone import Alone
from app.core.straight import run
from app.telephony.domain import CallEventKind

# In the order of their tokens, so that two processes that were sent the same ones never wait for each other.
_KEEP: Final = """
    WITH brought AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(%(arrivals)s AS json)) AS brought(
            token text, attempt bigint, call_id text, sequence int, status text, kind text, fields jsonb, at timestamptz
        )
    ), kept AS (
        INSERT INTO provider_report (token, attempt_id, call_id, sequence, status, fields, received_at)
        SELECT token, attempt, call_id, sequence, status, fields, at FROM brought ORDER BY token
        ON CONFLICT DO NOTHING RETURNING id, token, attempt_id, sequence
    )
    INSERT INTO waiting_report (report_id, attempt_id, sequence, kind)
    SELECT id, attempt_id, kept.sequence, kind
    FROM kept JOIN (SELECT DISTINCT ON (token) token, kind FROM brought ORDER BY token) AS first USING (token)
"""


class Reported(Protocol):
    """What a provider says about one call, whoever the provider is."""

    @property
    def call_id(self) -> str:
        """The provider's own name of the call."""

    @property
    def sequence(self) -> int:
        """Its place among the reports of the call, from 1."""

    @property
    def status(self) -> str:
        """The provider's own word."""

    @property
    def kind(self) -> CallEventKind:
        """What it reports."""

    @property
    def fields(self) -> Mapping[str, str]:
        """What is kept of it; it names nobody."""


@dataclass(frozen=True)
class Arrival:
    """One report about an attempt, by the name of its delivery."""

    attempt_id: int
    report: Reported
    token: str
    at: datetime

    def as_row(self) -> dict[str, object]:
        """Write it as the statement reads it."""
        return {
            "token": self.token,
            "attempt": self.attempt_id,
            "call_id": self.report.call_id,
            "sequence": self.report.sequence,
            "status": self.report.status,
            "kind": self.report.kind.value,
            "fields": dict(self.report.fields),
            "at": self.at.isoformat(),
        }


def keep_reports(session: Session, arrivals: Sequence[Arrival]) -> None:
    """Keep reports by one statement; one that was kept before, and so has the same token, changes nothing."""
    run(session, _KEEP, arrivals=_document(arrivals))


async def keep_reports_alone(alone: Alone, arrivals: Sequence[Arrival]) -> None:
    """Keep them as `keep_reports` does, for good at once."""
    await alone.run(_KEEP, arrivals=_document(arrivals))


def _document(arrivals: Sequence[Arrival]) -> str:
    return json.dumps([arrival.as_row() for arrival in arrivals])
