"""Give the next case on the event loop, where the usual way would only take longer."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request, Response
from psycopg import OperationalError
from pydantic import TypeAdapter
from sqlalchemy import Engine

from app.accounts.access import signed_in_at_once
from app.accounts.domain import Permission
from app.core.alone import OnTheLoop
from app.dialing.routing import last_reach
from app.interviewing.cards import CaseCard
from app.interviewing.scene import Scene
from app.interviewing.taking import take_at_once
from app.interviewing.view import case_card

logger = logging.getLogger(__name__)

NEXT_CASE: Final = ("POST", "/desk/next-case")
_CARD: Final = TypeAdapter(CaseCard)


@dataclass(frozen=True)
class Desks:
    """What one web process serves its desks with: a connection of their own, and the engine that reaches belong to."""

    loop: OnTheLoop
    engine: Engine

    async def take_next(self, request: Request, *, now: datetime) -> Scene | None:
        """Take the next case for whoever asks; None where nothing was done. Raises NoCaseDueError with the causes."""
        person_id = await signed_in_at_once(request, self.loop, Permission.TAKE_CASE, now=now)
        reach = None if person_id is None else last_reach(self.engine, person_id)
        return None if reach is None else await take_at_once(self.loop, reach, now=now)


async def next_case_at_once(request: Request) -> Response | None:
    """Answer as the route does, for whoever is signed in by a session and needs but a case, or to know why not."""
    desks: Desks | None = request.app.state.desks
    if desks is None:
        return None
    now: datetime = request.app.state.clock()
    try:
        scene = await desks.take_next(request, now=now)
    except OperationalError as error:  # the database is away: the usual way finds it, or says so
        logger.warning("no next case at once: %s", type(error).__name__)
        return None
    if scene is None:
        return None
    return Response(_CARD.dump_json(case_card(scene, now=now)), media_type="application/json")
