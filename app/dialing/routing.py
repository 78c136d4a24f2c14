"""Which pools an interviewer serves, the best match first."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import UnknownLect
from app.campaigns.rules import LanguageRules
from app.dialing.domain import Arm
from app.dialing.models import Pool
from app.languages.domain import Level, Match, match_of
from app.languages.service import load_understanding
from app.staffing.service import does_triage, skills_of

# Smaller is served first among cases of one level.
RANK: Final = {Match.FULL: 0, Match.UNKNOWN: 1, Match.PARTIAL: 2}
OWN: Final = -1  # kept for this very interviewer
RANDOM: Final = 0  # in the random arm a lect neither helps nor hinders
FULL_CELL: Final = -1

# Columns and not objects: an interviewer asks for every pool of a campaign at each claim.
_POOLS: Final = select(Pool.id, Pool.lect, Pool.arm, Pool.person_id, Pool.need, Pool.is_open).where(
    Pool.campaign_id == bindparam("campaign_id"),
    (Pool.person_id == bindparam("person_id")) | Pool.person_id.is_(None),
)
_PoolRow = Row[int, str, str, int | None, int, bool] | Pool


@dataclass(frozen=True)
class ServedPool:
    """A pool that an interviewer may take cases from; of a worse match only those that have waited long enough."""

    pool_id: int
    lect: str
    match: Match
    arm: Arm
    rank: int
    need: int
    is_open: bool
    only_patient: bool


def pools_served_by(session: Session, person_id: int, campaign_id: int, *, rules: LanguageRules) -> list[ServedPool]:
    """Return the campaign's pools that this interviewer serves, open or shut."""
    skills = skills_of(session, person_id)
    if Level.INTERVIEWS not in skills.values():
        return []
    understanding = load_understanding(session)
    takes_unknown = rules.unknown_lect == UnknownLect.ANYONE or does_triage(session, person_id)
    matches: dict[str, Match] = {}
    served = []
    for pool in session.execute(_POOLS, {"campaign_id": campaign_id, "person_id": person_id}):
        match = matches.get(pool.lect)
        if match is None:
            match = matches[pool.lect] = match_of(skills, pool.lect, understanding)
        rank = _rank(pool, match, rules, takes_unknown=takes_unknown)
        if rank is not None:
            served.append(_served(pool, match, rank=rank))
    return served


def served_as(session: Session, person_id: int, pool: Pool, *, rules: LanguageRules) -> ServedPool | None:
    """Tell how an interviewer serves one pool, None where they do not."""
    skills = skills_of(session, person_id)
    if Level.INTERVIEWS not in skills.values() or pool.person_id not in {None, person_id}:
        return None
    match = match_of(skills, pool.lect, load_understanding(session))
    takes_unknown = rules.unknown_lect == UnknownLect.ANYONE or does_triage(session, person_id)
    rank = _rank(pool, match, rules, takes_unknown=takes_unknown)
    return None if rank is None else _served(pool, match, rank=rank)


def _rank(pool: _PoolRow, match: Match, rules: LanguageRules, *, takes_unknown: bool) -> int | None:
    return OWN if pool.person_id is not None else rank_of(match, Arm(pool.arm), rules, takes_unknown=takes_unknown)


def rank_of(match: Match, arm: Arm, rules: LanguageRules, *, takes_unknown: bool) -> int | None:
    """Return the place of a pool among those an interviewer serves, None where it is not served at all."""
    if arm == Arm.RANDOM:
        return RANDOM
    if match is Match.UNKNOWN and not takes_unknown:
        return None
    if match is Match.PARTIAL and not rules.serve_partial:
        return None
    return RANK.get(match)


def _served(pool: _PoolRow, match: Match, *, rank: int) -> ServedPool:
    waits = match is Match.PARTIAL and rank == RANK[Match.PARTIAL]
    return ServedPool(
        pool.id, pool.lect, match, Arm(pool.arm), rank, pool.need, pool.is_open and pool.need != FULL_CELL, waits
    )


def match_with(session: Session, person_id: int, lect: str) -> tuple[Match, Level | None]:
    """Return how well an interviewer serves a respondent of `lect`, and the interviewer's own level in it."""
    skills = skills_of(session, person_id)
    return match_of(skills, lect, load_understanding(session)), skills.get(lect)
