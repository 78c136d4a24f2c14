"""List the cases of a campaign, a page at a time, without anything that tells who the respondent is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Text, TextClause, bindparam, select, text
from sqlalchemy.orm import Session

from app.campaigns.models import Outcome
from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.sampling.models import SampleUnit

NO_OUTCOME: Final = ""
# A page is found by one probe of an index for each combination of values that was asked for: what is not asked for is
# every value there is, a handful of states, some dozen outcomes and lects. A filter behind an ordered scan would read
# all of a campaign for the few cases of a rare outcome. Each probe is bounded by rows of the index on both sides: by
# equal columns and an order by id, the planner may as well walk the primary key and filter.
_PAGE: Final = """
    SELECT probe.id
    FROM unnest(:states) AS in_state(state),
    LATERAL (SELECT id FROM survey_case
             WHERE (campaign_id, state, id) > (:campaign_id, in_state.state, :after)
               AND (campaign_id, state) <= (:campaign_id, in_state.state)
             ORDER BY campaign_id, state, id LIMIT :most) AS probe
    ORDER BY probe.id LIMIT :most
"""
_BY_STATE: Final = text(_PAGE).bindparams(bindparam("states", type_=ARRAY(Text)))
_LAST_OF_PAGE: Final = text(f"SELECT max(id) FROM ({_PAGE}) AS page").bindparams(
    bindparam("states", type_=ARRAY(Text))
)  # fmt: skip
_BY_ALL: Final = text(
    """
    SELECT probe.id
    FROM unnest(:lects) AS of_lect(lect), unnest(:outcomes) AS with_outcome(outcome),
         unnest(:states) AS in_state(state),
    LATERAL (SELECT id FROM survey_case
             WHERE (campaign_id, lect, COALESCE(outcome, ''), state, id)
                   > (:campaign_id, of_lect.lect, with_outcome.outcome, in_state.state, :after)
               AND (campaign_id, lect, COALESCE(outcome, ''), state)
                   <= (:campaign_id, of_lect.lect, with_outcome.outcome, in_state.state)
             ORDER BY campaign_id, lect, COALESCE(outcome, ''), state, id LIMIT :most) AS probe
    ORDER BY probe.id LIMIT :most
    """
).bindparams(
    bindparam("lects", type_=ARRAY(Text)),
    bindparam("outcomes", type_=ARRAY(Text)),
    bindparam("states", type_=ARRAY(Text)),
)
_ROWS: Final = (
    select(
        Case.id,
        Case.state,
        Pool.lect,
        Pool.time_zone,
        Pool.arm,
        SampleUnit.place_name.label("place"),
        Case.due_at,
        Case.attempts_counted,
        Case.priority,
        Case.outcome,
        Case.closed_at,
    )
    .join(Pool, Pool.id == Case.pool_id)
    .join(SampleUnit, SampleUnit.id == Case.sample_unit_id)
    .where(Case.id.in_(bindparam("ids", expanding=True)))
    .order_by(Case.id)
)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases are wanted; None and empty for all."""

    state: CaseState | None = None
    lect: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class CaseRow:
    """One case of a list."""

    id: int
    state: CaseState
    lect: str
    time_zone: str
    arm: str
    place: str
    due_at: datetime
    attempts_counted: int
    priority: int
    outcome: str | None
    closed_at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """A page of cases in the order of their ids, and whether there are more behind the last one."""

    rows: Sequence[CaseRow]
    has_more: bool


def list_cases(session: Session, campaign_id: int, wanted: CaseFilter, *, after: int, limit: int) -> CasePage:
    """Return the cases behind id `after`, by key: a page costs the same whatever is asked for and however far back."""
    found = {"campaign_id": campaign_id, "after": after, "most": limit + 1}
    ids = session.scalars(_probe(wanted), found | _values(session, campaign_id, wanted)).all()
    rows = session.execute(_ROWS, {"ids": ids[:limit]}).mappings()
    return CasePage([CaseRow(**{**row, "state": CaseState(row["state"])}) for row in rows], len(ids) > limit)


def end_of_page(session: Session, campaign_id: int, *, after: int, limit: int) -> int | None:
    """Return the last id of a page of all cases, to go through them in parts; None when no case is behind `after`."""
    found = {"campaign_id": campaign_id, "after": after, "most": limit, "states": [state.value for state in CaseState]}
    last: int | None = session.scalar(_LAST_OF_PAGE, found)
    return last


def _probe(wanted: CaseFilter) -> TextClause:
    return _BY_ALL if wanted.lect or wanted.outcome else _BY_STATE


def _values(session: Session, campaign_id: int, wanted: CaseFilter) -> dict[str, list[str]]:
    """Return what may stand in each column of the index."""
    states = [state.value for state in ([wanted.state] if wanted.state is not None else CaseState)]
    if not (wanted.lect or wanted.outcome):
        return {"states": states}
    outcomes = [wanted.outcome] if wanted.outcome else [NO_OUTCOME, *_outcomes(session, campaign_id)]
    lects = [wanted.lect] if wanted.lect else lects_waited_for(session, campaign_id)
    return {"states": states, "outcomes": outcomes, "lects": lects}


def _outcomes(session: Session, campaign_id: int) -> Sequence[str]:
    return session.scalars(select(Outcome.code).where(Outcome.campaign_id == campaign_id)).all()


def lects_waited_for(session: Session, campaign_id: int) -> list[str]:
    """Return the lects that the campaign's pools are of, for a filter."""
    return list(
        session.scalars(select(Pool.lect).where(Pool.campaign_id == campaign_id).distinct().order_by(Pool.lect))
    )
