"""Which pools an interviewer serves, the best match first."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.dialing.models import Pool
from app.languages.domain import Level, Match, match_of
from app.languages.service import load_understanding
from app.staffing.service import skills_of

# Smaller is served first among cases of equal priority; a pool that is no match is not served at all.
RANK: Final = {Match.FULL: 0, Match.UNKNOWN: 1, Match.PARTIAL: 2}
_POOLS: Final = select(Pool).where(Pool.campaign_id == bindparam("campaign_id"))


@dataclass(frozen=True)
class ServedPool:
    """A pool that an interviewer may take cases from."""

    pool_id: int
    lect: str
    match: Match
    is_open: bool

    @property
    def rank(self) -> int:
        """Order among cases of equal priority."""
        return RANK[self.match]


def pools_served_by(session: Session, person_id: int, campaign_id: int) -> list[ServedPool]:
    """Return the campaign's pools that fit the interviewer's certified lects, open or shut."""
    skills = skills_of(session, person_id)
    if Level.INTERVIEWS not in skills.values():
        return []
    understanding = load_understanding(session)
    pools = session.scalars(_POOLS, {"campaign_id": campaign_id})
    matched = [(pool, match_of(skills, pool.lect, understanding)) for pool in pools]
    return [ServedPool(pool.id, pool.lect, match, pool.is_open) for pool, match in matched if match in RANK]


def match_with(session: Session, person_id: int, lect: str) -> tuple[Match, Level | None]:
    """Return how well an interviewer serves a respondent of `lect`, and the interviewer's own level in it."""
    skills = skills_of(session, person_id)
    return match_of(skills, lect, load_understanding(session)), skills.get(lect)
