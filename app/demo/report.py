"""What a played day came to, as a table for people and as data for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.dialing.models import Attempt
from app.interviewing.domain import misread_kinds
from app.staffing.domain import PresenceState
from app.staffing.models import PresenceChange

SECONDS_IN_MINUTE: Final = 60


@dataclass(frozen=True)
class DayReport:
    """The figures of a played day; `minutes` are interviewers' minutes at their desks."""

    interviewers: int
    seed: int
    dials: int
    contacts: int
    completes: int
    minutes: int
    misread: dict[str, int]
    completes_by_lect: dict[str, dict[str, int]]
    pulled: int

    @property
    def every_complete_pulled_once(self) -> bool:
        """Tell whether the REST interface gave out exactly the completes that were coded."""
        return self.pulled == self.completes


def report_of(
    session: Session, campaign_id: int, responses: Sequence[dict[str, Any]], *, interviewers: int, seed: int
) -> DayReport:
    """Count the day from the database, and set it beside what a client pulled."""
    tried = select(func.count(), func.count(Attempt.answered_at)).where(Attempt.campaign_id == campaign_id)
    dials, contacts = session.execute(tried).one()
    coded = session.scalars(select(Attempt.outcome).where(Attempt.campaign_id == campaign_id).order_by(Attempt.id))
    outcomes = [code for code in coded if code]
    complete = [response for response in responses if response["status"] == "complete"]
    return DayReport(
        interviewers=interviewers,
        seed=seed,
        dials=dials,
        contacts=contacts,
        completes=outcomes.count("complete"),
        minutes=round(_time_at_desks(session, campaign_id).total_seconds() / SECONDS_IN_MINUTE),
        misread=dict(sorted(Counter(kind.value for kind in misread_kinds(outcomes)).items())),
        completes_by_lect=_by_lect_and_match(complete),
        pulled=len({response["response_uid"] for response in complete}),
    )


def _by_lect_and_match(responses: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    table: dict[str, Counter[str]] = {}
    for response in responses:
        language = response["language"]
        table.setdefault(language["used"], Counter())[language["match"]] += 1
    return {lect: dict(sorted(table[lect].items())) for lect in sorted(table)}


def _time_at_desks(session: Session, campaign_id: int) -> timedelta:
    changes = session.scalars(
        select(PresenceChange)
        .where(PresenceChange.campaign_id == campaign_id)
        .order_by(PresenceChange.person_id, PresenceChange.id)
    ).all()
    worked = [
        later.at - earlier.at
        for earlier, later in pairwise(changes)
        if earlier.person_id == later.person_id and earlier.state != PresenceState.OFF
    ]
    return sum(worked, timedelta())


def table_of(report: DayReport) -> Table:
    """Lay the figures out for a terminal."""
    table = Table(title=f"{report.interviewers} interviewers, seed {report.seed}", show_header=False)
    table.add_column("figure")
    table.add_column("count", justify="right")
    table.add_row("dials", str(report.dials))
    table.add_row("contacts", str(report.contacts))
    table.add_row("completes", str(report.completes))
    table.add_row("minutes of fieldwork", str(report.minutes))
    table.add_section()
    for kind, times in report.misread.items():
        table.add_row(f"misread: {kind.replace('_', ' ')}", str(times))
    table.add_section()
    for lect, matches in report.completes_by_lect.items():
        for match, times in matches.items():
            table.add_row(f"completes in {lect}, match {match}", str(times))
    table.add_section()
    table.add_row("completes pulled through REST", str(report.pulled))
    return table
