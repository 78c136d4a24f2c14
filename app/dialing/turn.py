"""When the turn of a ready case comes: what stands before it in its pool, and who of those at work serves it."""

from typing import Final

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.orm import Session

from app.campaigns.rules import LanguageRules
from app.dialing.domain import CaseState
from app.dialing.explained import Server, Turn
from app.dialing.models import Case, Pool
from app.dialing.routing import ServedPool, served_as
from app.dialing.sentences import Who
from app.staffing.domain import PresenceState
from app.staffing.service import presences_in

MOST_COUNTED: Final = 1_000  # whoever stands further back need not know by how much
_EARLIER: Final = (
    (Case.priority > bindparam("priority"))
    | ((Case.priority == bindparam("priority")) & (Case.due_at < bindparam("due_at")))
    | ((Case.priority == bindparam("priority")) & (Case.due_at == bindparam("due_at")) & (Case.id < bindparam("id")))
)
_BEFORE: Final = select(func.count()).select_from(
    select(literal(1))
    .where(
        Case.pool_id == bindparam("pool_id"),
        Case.state == CaseState.READY,
        # Repeats what follows, in the form that lets the queue's index end the scan.
        Case.priority >= bindparam("priority"),
        _EARLIER,
    )
    .limit(MOST_COUNTED + 1)
    .subquery()
)


def turn_of(session: Session, case: Case, pool: Pool, *, rules: LanguageRules) -> Turn:
    """Return where a case stands in its pool and who of the interviewers at work may take it, the best match first."""
    before = cases_before(session, case)
    found: list[tuple[int, Server]] = []
    at_work = presences_in(session, case.campaign_id)
    for person, presence in at_work:
        served = served_as(session, person.id, pool, rules=rules)
        if served is not None and person.id != case.barred_id:
            found.append((served.rank, _server(Who(person.id, person.display_name), presence.state, served)))
    found.sort(key=lambda ranked: (ranked[0], ranked[1].state != PresenceState.READY, ranked[1].who.display_name))
    servers = tuple(server for _rank, server in found)
    return Turn(min(before, MOST_COUNTED), before > MOST_COUNTED, servers, len(at_work) - len(servers))


def cases_before(session: Session, case: Case) -> int:
    """Count the ready cases that come before this one in its pool, up to one more than MOST_COUNTED."""
    place = {"pool_id": case.pool_id, "priority": case.priority, "due_at": case.due_at, "id": case.id}
    return session.scalars(_BEFORE, place).one()


def _server(who: Who, state: str, served: ServedPool) -> Server:
    return Server(who, state, served.match, served.only_patient)
