"""Take the next case: desk, claim, trace and notice in one statement, and what the screen shows where wanted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.core.alone import OnTheLoop
from app.core.live import CHANNEL, campaign_topic
from app.core.straight import rows
from app.dialing.causes import causes_of
from app.dialing.claim import Claimed, claim_values, claiming
from app.dialing.counted import Counted, counting_for
from app.dialing.queue import NoCaseDueError, claim_in_reach
from app.dialing.routing import Reach
from app.interviewing.scene import Scene, SceneRow, scene_from, scene_query
from app.staffing.service import WAITING_DESK, previewing

_TAKE: Final = f"""
    WITH desk AS MATERIALIZED ({WAITING_DESK}),
    {claiming(condition="EXISTS (SELECT FROM desk)")},
    {previewing("taken")}
    SELECT EXISTS (SELECT FROM basis) AS holds, (SELECT id FROM taken) AS case_id,
        (SELECT CAST(pg_notify(%(channel)s, %(topic)s) AS text) FROM taken) AS notice
"""
_TAKE_AND_SHOW: Final = f"{_TAKE}, ({scene_query('(SELECT id FROM taken)')}) AS scene"


@dataclass(frozen=True)
class _Taken(Claimed):
    """What a claim says, of a desk that still waits; `scene` is what its screen then shows."""

    notice: str | None
    scene: dict[str, Any] | None = None


def take(session: Session, person_id: int, campaign_id: int, *, now: datetime) -> int:
    """Put the best ready case on a desk that waits and is locked by this transaction; returns its id.

    Raises NoCaseDueError with the causes counted, ConflictError unless the campaign is open for calls.
    """

    def claim(reach: Reach) -> Claimed:
        [taken] = rows(session, _Taken, _TAKE, **_values(reach, now=now))
        return taken

    return claim_in_reach(session, person_id, campaign_id, claim=claim)


async def take_at_once(loop: OnTheLoop, reach: Reach, *, now: datetime) -> Scene | None:
    """Do the same for good at once, and return what the screen shows.

    None where nothing was done: the desk does not wait in that campaign, or the reach holds no more.
    Raises NoCaseDueError with the causes counted.
    """
    [taken] = await loop.rows(_Taken, _TAKE_AND_SHOW, **_values(reach, now=now))
    if not taken.holds:
        return None
    if taken.scene is None:
        statement, values = counting_for(reach)
        raise NoCaseDueError(causes_of(await loop.rows(Counted, statement, **values), reach))
    return _scene_of(taken.scene, reach)


def _values(reach: Reach, *, now: datetime) -> dict[str, object]:
    topic = campaign_topic(reach.campaign_id)
    return {**claim_values(reach, now=now), "channel": CHANNEL, "topic": topic}


def _scene_of(read: dict[str, Any], reach: Reach) -> Scene:
    assert reach.known is not None  # noqa: S101  a reach that holds is known
    return scene_from(SceneRow(**read), reach.known.rules, reach.known.abilities.understanding)
