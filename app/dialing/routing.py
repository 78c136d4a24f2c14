"""Which pools an interviewer serves, the best match first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState, UnknownLect
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import LanguageRules
from app.core.errors import ConflictError
from app.core.straight import rows
from app.dialing.domain import Arm
from app.dialing.models import Pool
from app.languages.domain import Level, Match, Understanding, match_of
from app.languages.service import load_understanding, understanding_at
from app.staffing.service import does_triage, skills_of

# Smaller is served first among cases of one level.
RANK: Final = {Match.FULL: 0, Match.UNKNOWN: 1, Match.PARTIAL: 2}
OWN: Final = -1  # kept for this very interviewer
RANDOM: Final = 0  # in the random arm a lect neither helps nor hinders
FULL_CELL: Final = -1
MOST_REMEMBERED: Final = 1_000

# All that decides who serves what, in one round trip: it stands before every case that is taken.
_REACH: Final = """
    SELECT campaign.id, campaign.state, campaign.rules_version, campaign.rules_hash,
        (SELECT token FROM registry_revision) AS revision,
        EXISTS (SELECT FROM interviewer WHERE person_id = %(person)s AND does_triage) AS does_triage,
        (
            SELECT CAST(json_object_agg(lect, level ORDER BY lect) AS text)
            FROM interviewer_lect WHERE person_id = %(person)s
        ) AS skills,
        (
            SELECT json_agg(json_build_array(pool.id, lect, arm, person_id, need, is_open))
            FROM pool
            WHERE pool.campaign_id = campaign.id AND (person_id = %(person)s OR person_id IS NULL)
                AND (%(also_shut)s OR (is_open AND need > -1))
        ) AS pools
    FROM campaign WHERE campaign.id = %(campaign)s
"""


@dataclass(frozen=True)
class _Reach:
    id: int
    state: str
    rules_version: int
    rules_hash: str
    revision: str | None
    does_triage: bool
    skills: str | None
    pools: list[list[Any]] | None


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


class Abilities(dict[tuple[str, str], tuple[Match, int | None]]):
    """What an interviewer is good for: for a pool's lect and arm, the match and the rank, None where not served.

    Worked out when first asked for, so that it can be remembered for as long as nothing it rests on changes.
    """

    def __init__(
        self, skills: Mapping[str, Level], understanding: Understanding, rules: LanguageRules, *, does_triage: bool
    ) -> None:
        super().__init__()
        self.can_interview = Level.INTERVIEWS in skills.values()
        self._skills, self._understanding, self._rules = skills, understanding, rules
        self._takes_unknown = rules.unknown_lect == UnknownLect.ANYONE or does_triage

    def __missing__(self, pool: tuple[str, str]) -> tuple[Match, int | None]:
        """Work out one lect in one arm."""
        lect, arm = pool
        match = match_of(self._skills, lect, self._understanding)
        rank = rank_of(match, Arm(arm), self._rules, takes_unknown=self._takes_unknown)
        self[pool] = match, rank
        return self[pool]


# What they rest on -> abilities. Revision and hashes change with their content, so this can never be stale.
_remembered: Final[dict[tuple[str | None, str, str | None, bool], Abilities]] = {}


def pools_served_by(session: Session, person_id: int, campaign_id: int, *, also_shut: bool = False) -> list[ServedPool]:
    """Return the campaign's pools that this interviewer serves: those open now, or all of them.

    Raises ConflictError unless the campaign is open for calls.
    """
    [reach] = rows(session, _Reach, _REACH, person=person_id, campaign=campaign_id, also_shut=also_shut)
    if reach.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    abilities = _abilities_at(session, reach)
    return _served_of(reach.pools or (), abilities) if abilities.can_interview else []


def _abilities_at(session: Session, reach: _Reach) -> Abilities:
    key = (reach.revision, reach.rules_hash, reach.skills, reach.does_triage)
    known = _remembered.get(key)
    if known is None:
        skills = {lect: Level(level) for lect, level in json.loads(reach.skills or "{}").items()}
        understanding, rules = understanding_at(session, reach.revision), rules_of(session, reach).language
        known = Abilities(skills, understanding, rules, does_triage=reach.does_triage)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        if reach.revision is not None:
            _remembered[key] = known
    return known


def _served_of(pools: Sequence[Sequence[Any]], abilities: Abilities) -> list[ServedPool]:
    served = []
    for pool_id, lect, arm, kept_for, need, is_open in pools:
        match, rank = abilities[lect, arm]
        place = rank if kept_for is None else OWN
        if place is not None:
            waits = match is Match.PARTIAL and place == RANK[Match.PARTIAL]
            is_reachable = is_open and need != FULL_CELL
            served.append(ServedPool(pool_id, lect, match, Arm(arm), place, need, is_reachable, waits))
    return served


def served_as(session: Session, person_id: int, pool: Pool, *, rules: LanguageRules) -> ServedPool | None:
    """Tell how an interviewer serves one pool, None where they do not."""
    skills, understanding = skills_of(session, person_id), load_understanding(session)
    abilities = Abilities(skills, understanding, rules, does_triage=does_triage(session, person_id))
    if not abilities.can_interview or pool.person_id not in {None, person_id}:
        return None
    row = (pool.id, pool.lect, pool.arm, pool.person_id, pool.need, pool.is_open)
    return next(iter(_served_of([row], abilities)), None)


def rank_of(match: Match, arm: Arm, rules: LanguageRules, *, takes_unknown: bool) -> int | None:
    """Return the place of a pool among those an interviewer serves, None where it is not served at all."""
    if arm == Arm.RANDOM:
        return RANDOM
    if match is Match.UNKNOWN and not takes_unknown:
        return None
    if match is Match.PARTIAL and not rules.serve_partial:
        return None
    return RANK.get(match)


def match_with(session: Session, person_id: int, lect: str) -> tuple[Match, Level | None]:
    """Return how well an interviewer serves a respondent of `lect`, and the interviewer's own level in it."""
    skills = skills_of(session, person_id)
    return match_of(skills, lect, load_understanding(session)), skills.get(lect)
