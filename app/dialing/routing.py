"""Which pools an interviewer serves, the best match first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState, UnknownLect
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import LanguageRules, Rules
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

# What an interviewer's reach in the row `campaign` rests on, as one text: while it stays the same, so does the reach.
BASIS: Final = """
    CAST(json_build_array(
        campaign.rules_hash,
        (SELECT token FROM registry_revision),
        EXISTS (SELECT FROM interviewer WHERE person_id = %(person)s AND does_triage),
        (SELECT json_object_agg(lect, level ORDER BY lect) FROM interviewer_lect WHERE person_id = %(person)s),
        (
            SELECT json_agg(id ORDER BY id) FROM pool
            WHERE campaign_id = campaign.id AND (person_id = %(person)s OR person_id IS NULL)
        )
    ) AS text)
"""
_REACH: Final = f"""
    SELECT campaign.id, campaign.state, campaign.rules_version, campaign.rules_hash, {BASIS} AS basis,
        (
            SELECT json_agg(json_build_array(pool.id, lect, arm, person_id))
            FROM pool
            WHERE pool.campaign_id = campaign.id AND (person_id = %(person)s OR person_id IS NULL)
        ) AS pools
    FROM campaign WHERE campaign.id = %(campaign)s
"""


@dataclass(frozen=True)
class _Read:
    id: int
    state: str
    rules_version: int
    rules_hash: str
    basis: str
    pools: list[list[Any]] | None


@dataclass(frozen=True)
class ServedPool:
    """A pool that an interviewer may take cases from; of a worse match only those that have waited long enough."""

    pool_id: int
    lect: str
    match: Match
    arm: Arm
    rank: int
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
        self.understanding = understanding
        self._skills, self._rules = skills, rules
        self._takes_unknown = rules.unknown_lect == UnknownLect.ANYONE or does_triage

    def __missing__(self, pool: tuple[str, str]) -> tuple[Match, int | None]:
        """Work out one lect in one arm."""
        lect, arm = pool
        match = self.match_in(lect)
        rank = rank_of(match, Arm(arm), self._rules, takes_unknown=self._takes_unknown)
        self[pool] = match, rank
        return self[pool]

    def match_in(self, lect: str) -> Match:
        """Tell how well the interviewer serves respondents of a lect."""
        return match_of(self._skills, lect, self.understanding)


@dataclass(frozen=True)
class Known:
    """What a basis stands for: what the interviewer is good for, and the campaign's rules."""

    abilities: Abilities
    rules: Rules


@dataclass(frozen=True)
class Reach:
    """The pools of a campaign that an interviewer serves, also those that are shut, and what that rests on."""

    person_id: int
    campaign_id: int
    basis: str = ""
    known: Known | None = None
    pools: Sequence[ServedPool] = ()

    @cached_property
    def document(self) -> str:
        """How each pool is served, for a statement that reads from the pools themselves how they are now."""
        names = ("pool_id", "rank", "match", "only_patient")
        return json.dumps([{name: getattr(pool, name) for name in names} for pool in self.pools])


# For each database, by interviewer: the reach last read. Never stale, for whoever uses it compares the basis first.
_remembered: Final[WeakKeyDictionary[Engine, dict[int, Reach]]] = WeakKeyDictionary()


def last_reach(engine: Engine, person_id: int) -> Reach | None:
    """Return what was last read of an interviewer's reach; it holds where its basis is still that of its campaign."""
    return _remembered.get(engine, {}).get(person_id)


def reach_in(session: Session, person_id: int, campaign_id: int) -> Reach:
    """Return what was last read of an interviewer's reach in this campaign; one without a basis, which never holds."""
    last = last_reach(session.get_bind().engine, person_id)
    return last if last is not None and last.campaign_id == campaign_id else Reach(person_id, campaign_id)


def read_reach(session: Session, person_id: int, campaign_id: int) -> Reach:
    """Read which pools this interviewer serves; raises ConflictError unless the campaign is open for calls."""
    [read] = rows(session, _Read, _REACH, person=person_id, campaign=campaign_id)
    if read.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    last = reach_in(session, person_id, campaign_id)
    known = last.known if last.basis == read.basis else None
    if known is None:
        known = _known_by(session, read)
    pools = _served_of(read.pools or (), known.abilities) if known.abilities.can_interview else []
    reach = Reach(person_id, campaign_id, read.basis, known, pools)
    remembered = _remembered.setdefault(session.get_bind().engine, {})
    if len(remembered) >= MOST_REMEMBERED:
        remembered.clear()
    remembered[person_id] = reach
    return reach


def _known_by(session: Session, read: _Read) -> Known:
    _hash, revision, triage, skills, _pools = json.loads(read.basis)
    levels = {lect: Level(level) for lect, level in (skills or {}).items()}
    understanding, rules = understanding_at(session, revision), rules_of(session, read)
    return Known(Abilities(levels, understanding, rules.language, does_triage=triage), rules)


def _served_of(pools: Sequence[Sequence[Any]], abilities: Abilities) -> list[ServedPool]:
    served = []
    for pool_id, lect, arm, kept_for in pools:
        match, rank = abilities[lect, arm]
        place = rank if kept_for is None else OWN
        if place is not None:
            waits = match is Match.PARTIAL and place == RANK[Match.PARTIAL]
            served.append(ServedPool(pool_id, lect, match, Arm(arm), place, waits))
    return served


def served_as(session: Session, person_id: int, pool: Pool, *, rules: LanguageRules) -> ServedPool | None:
    """Tell how an interviewer serves one pool, None where they do not."""
    skills, understanding = skills_of(session, person_id), load_understanding(session)
    abilities = Abilities(skills, understanding, rules, does_triage=does_triage(session, person_id))
    if not abilities.can_interview or pool.person_id not in {None, person_id}:
        return None
    return next(iter(_served_of([(pool.id, pool.lect, pool.arm, pool.person_id)], abilities)), None)


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
