"""Whatever a supervisor asks the list of cases for, a page reads what it shows and walks over no other case."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import pytest
from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, Outcome
from app.core.embedded import DatabaseUrls
from app.dialing.case_list import CaseFilter, list_cases
from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.dialing.pools import Conditions, pool_for
from tests.stage import Survey

CASES: Final = 30_000
PAGE: Final = 50
# Values with their shares: what is rare is what a scan would walk long for.
LECTS: Final = {"cmn-x-putonghu": 0.6, "yue": 0.397, "za": 0.002, "hmn": 0.001}
OUTCOMES: Final = {"no_answer": 0.7, "": 0.297, "refused_hard": 0.002, "complete": 0.001}
STATES: Final = {"waiting": 0.5, "closed": 0.3, "ready": 0.199, "held": 0.001}
ASKED: Final = [
    CaseFilter(CaseState(state) if state else None, lect, outcome)
    for state, lect, outcome in product([None, "closed", "held"], [None, "yue", "za"], [None, "no_answer", "complete"])
]
UNITS: Final = """
    INSERT INTO sample_unit (campaign_id, import_id, place_name, time_zone, columns, predicted_place_mismatch)
    SELECT CASE WHEN i % 2 = 0 THEN :ours ELSE :other END, :import, '', 'Asia/Shanghai', '{}', false
    FROM generate_series(1, :cases) AS i
"""
FILL: Final = """
    INSERT INTO survey_case (campaign_id, sample_unit_id, pool_id, state, priority, due_at, attempts_counted, outcome)
    SELECT campaign_id, id, drawn(id, 1, CAST(:pools AS text[]), :lect_edges)::bigint,
           drawn(id, 2, CAST(:states AS text[]), :state_edges), 0, now(), 1,
           nullif(drawn(id, 3, CAST(:outcomes AS text[]), :outcome_edges), '')
    FROM sample_unit ORDER BY id
"""
DRAWN: Final = """
    CREATE FUNCTION drawn(id bigint, seed bigint, names text[], edges float8[]) RETURNS text LANGUAGE sql AS
    $$ SELECT names[width_bucket((hashint8extended(id, seed) & 65535) / 65536.0::float8, edges)] $$
"""
IMPORT: Final = """
    INSERT INTO sample_import (campaign_id, file_name, sha256, mapping, imported_at, accepted, refused, report)
    VALUES (:ours, 'drawn', '', '{}', now(), 0, 0, '{}') RETURNING id
"""
Plan = dict[str, Any]


@pytest.fixture
def make_session(own_engine: Engine) -> Callable[[], Session]:
    return lambda: Session(own_engine)


@pytest.fixture
def filled(survey: Survey, other_campaign: Campaign, empty_database: DatabaseUrls) -> Survey:
    """Tens of thousands of cases, every other one of another campaign."""
    session, ours = survey.session, survey.campaign.id
    pools = [str(pool_for(session, Conditions(ours, lect, "Asia/Shanghai"))) for lect in LECTS]
    session.commit()
    given = {"ours": ours, "other": other_campaign.id, "cases": CASES, "pools": pools}
    shares = {"lect_edges": LECTS, "outcome_edges": OUTCOMES, "state_edges": STATES}
    given |= {name: edges(table) for name, table in shares.items()}
    owner = create_engine(empty_database.owner)
    with owner.begin() as connection:
        given["import"] = connection.execute(text(IMPORT), given).scalar_one()
        for statement in (DRAWN, UNITS, FILL, "ANALYZE"):
            connection.execute(text(statement), given | {"states": list(STATES), "outcomes": list(OUTCOMES)})
    owner.dispose()
    return survey


def edges(shares: dict[str, float]) -> list[float]:
    """Return where the share of each begins."""
    counts = list(shares.values())
    return [sum(counts[:place], 0.0) for place in range(len(counts))]


def steps_of(engine: Engine, campaign_id: int, wanted: CaseFilter, *, after: int) -> list[Plan]:
    """Read a page, then ask for each of its statements how it is run; returns the steps of all of them."""
    seen: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        seen.append((given[2], given[3]))

    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", note)
        list_cases(Session(connection), campaign_id, wanted, after=after, limit=PAGE)
        event.remove(connection, "before_cursor_execute", note)
        told = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
            for statement, values in seen
        ]
    return [node for [plan] in told for node in nodes_of(plan["Plan"])]


def nodes_of(plan: Plan) -> Iterator[Plan]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes_of(inner)


def most_probes(session: Session, campaign: Campaign, wanted: CaseFilter) -> int:
    """Count the combinations of values that a page may have to look for."""
    outcomes = session.scalars(select(Outcome.code).where(Outcome.campaign_id == campaign.id)).all()
    if wanted.lect is None and wanted.outcome is None:
        return len(CaseState)
    return (
        (1 if wanted.state else len(CaseState))
        * (1 if wanted.lect else len(LECTS))
        * (1 if wanted.outcome else len(outcomes) + 1)
    )


@pytest.mark.parametrize("after", [0, CASES - 1_000])
def test_a_page_reads_no_case_that_it_does_not_list(filled: Survey, own_engine: Engine, after: int) -> None:
    for wanted in ASKED:
        steps = steps_of(own_engine, filled.campaign.id, wanted, after=after)
        read = [step for step in steps if step.get("Relation Name") == "survey_case"]
        assert {step["Node Type"] for step in read} <= {"Index Scan", "Index Only Scan"}, wanted
        assert sum(step.get("Rows Removed by Filter", 0) for step in steps) == 0, wanted
        rows = sum(step["Actual Rows"] * step["Actual Loops"] for step in read)
        assert rows <= most_probes(filled.session, filled.campaign, wanted) * (PAGE + 1) + PAGE, wanted


def listed(session: Session, campaign: Campaign, wanted: CaseFilter) -> list[int]:
    """Page through the whole list."""
    ids: list[int] = []
    has_more = True
    while has_more:
        page = list_cases(session, campaign.id, wanted, after=ids[-1] if ids else 0, limit=997)
        ids += [row.id for row in page.rows]
        has_more = page.has_more
    return ids


def test_the_pages_of_every_filter_are_the_cases_that_fit(filled: Survey) -> None:
    plain = select(Case.id, Case.state, Pool.lect, Case.outcome).join(Pool).order_by(Case.id)
    cases = filled.session.execute(plain.where(Case.campaign_id == filled.campaign.id)).all()
    for wanted in ASKED:
        fits = [
            case.id
            for case in cases
            if wanted.state in {None, case.state}
            and wanted.lect in {None, case.lect}
            and wanted.outcome in {None, case.outcome}
        ]
        assert listed(filled.session, filled.campaign, wanted) == fits


def test_the_list_knows_the_lect_of_whoever_moved_the_case(filled: Survey) -> None:
    session = filled.session
    [first, *_] = listed(session, filled.campaign, CaseFilter(lect="yue"))
    case = session.get_one(Case, first)
    case.pool_id = pool_for(session, Conditions(filled.campaign.id, "za", "Asia/Shanghai"))
    session.flush()
    assert case.lect == "za"
    assert first in listed(session, filled.campaign, CaseFilter(lect="za"))
    assert first not in listed(session, filled.campaign, CaseFilter(lect="yue"))
