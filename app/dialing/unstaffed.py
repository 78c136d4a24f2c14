"""Which lects nobody of a campaign serves, and how many cases wait for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import UnknownLect
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import LanguageRules
from app.dialing.demand import MOST_DAYS, speakers_of
from app.dialing.domain import NOT_A_LECT, Arm
from app.dialing.endings import STILL_OPEN
from app.dialing.models import Case, Pool
from app.dialing.routing import rank_of
from app.dialing.supply import Gap, Speaker, match_for
from app.languages.domain import Level, Match, Understanding, match_of
from app.languages.models import Lect
from app.languages.service import load_understanding
from app.staffing.roster import Member, staff_of
from app.staffing.service import presences_in

# Pools whose cases wait for a lect, and not for a certain interviewer.
WAITS_FOR_LECT: Final = (Pool.arm == Arm.MATCHED, Pool.person_id.is_(None), Pool.lect.not_in(NOT_A_LECT))
_LECTS: Final = select(Pool.lect).where(Pool.campaign_id == bindparam("campaign_id"), *WAITS_FOR_LECT).distinct()
_COUNT: Final = (
    select(Lect, func.count(Case.id))
    .join(Pool, Pool.lect == Lect.tag)
    .join(Case, Case.pool_id == Pool.id)
    .where(
        Pool.campaign_id == bindparam("campaign_id"),
        Pool.lect.in_(bindparam("lects", expanding=True)),
        *WAITS_FOR_LECT,
        Case.campaign_id == bindparam("campaign_id"),
        Case.state.in_(STILL_OPEN),
    )
    .group_by(Lect.tag)
    .order_by(func.count(Case.id).desc(), Lect.tag)
)


@dataclass(frozen=True)
class Lack:
    """What a lect lacks: `certified` interviewers of the campaign are a full match, `partial` ones match in part."""

    gap: Gap
    certified: int
    partial: int


@dataclass(frozen=True)
class UnstaffedLect:
    """A lect that nobody serves, with its waiting cases; those on a screen are not among them."""

    lect: str
    name_zh: str
    name_en: str
    cases: int
    lack: Lack


@dataclass(frozen=True)
class _Staff:
    """The interviewers of a campaign as far as their lects, their shifts ahead and their being at work go."""

    speakers: Sequence[Speaker]
    at_work: frozenset[int]
    understanding: Understanding
    anyone_unknown: bool

    def lack_of(self, lect: str) -> Lack | None:
        """Name what a lect lacks, None where it is served.

        That nobody is rostered says something only in a campaign that keeps a roster.
        """
        matches = [
            (one, match_for(one, lect, self.understanding, anyone_unknown=self.anyone_unknown)) for one in self.speakers
        ]
        full = [one for one, match in matches if match is Match.FULL]
        partial = sum(match is Match.PARTIAL for _, match in matches)
        if not full:
            return Lack(Gap.NOBODY_CERTIFIED, 0, partial)
        keeps_roster = any(one.shifts for one in self.speakers)
        if keeps_roster and not any(one.shifts or one.person_id in self.at_work for one in full):
            return Lack(Gap.NOBODY_ROSTERED, len(full), partial)
        return None


def unstaffed_lects(session: Session, campaign: Campaign, *, now: datetime) -> tuple[UnstaffedLect, ...]:
    """Return the lects with waiting cases that nobody of the campaign serves, the most wanted first.

    Somebody serves a lect who is certified to interview in it and, where the campaign keeps a roster, is on it at any
    time ahead or at work now.
    """
    staff = _staff(session, campaign, now=now)
    lacks = {lect: staff.lack_of(lect) for lect in session.scalars(_LECTS, {"campaign_id": campaign.id})}
    wanted = [lect for lect, lack in lacks.items() if lack is not None]
    counted = session.execute(_COUNT, {"campaign_id": campaign.id, "lects": wanted}).all() if wanted else []
    return tuple(
        UnstaffedLect(lect.tag, lect.name_zh, lect.name_en, cases, lack)
        for lect, cases in counted
        if (lack := lacks[lect.tag]) is not None
    )


def _staff(session: Session, campaign: Campaign, *, now: datetime) -> _Staff:
    return _Staff(
        speakers_of(session, campaign.id, start=now, end=now + timedelta(days=MOST_DAYS)),
        frozenset(person.id for person, _ in presences_in(session, campaign.id)),
        load_understanding(session),
        rules_of(session, campaign).language.unknown_lect == UnknownLect.ANYONE,
    )


def lects_nobody_serves(
    session: Session, campaign_id: int, lects: Collection[str], *, rules: LanguageRules
) -> frozenset[str]:
    """Return those of the lects that no interviewer of the campaign may take a case in, not even as a partial match.

    Whether somebody is on duty does not matter here; cases of no known lect lack no staff.
    """
    staff, understanding = staff_of(session, campaign_id), load_understanding(session)
    return frozenset(
        lect
        for lect in lects
        if lect not in NOT_A_LECT and not any(_serves(one, lect, understanding, rules=rules) for one in staff)
    )


def _serves(member: Member, lect: str, understanding: Understanding, *, rules: LanguageRules) -> bool:
    if Level.INTERVIEWS not in member.levels.values():
        return False
    takes_unknown = rules.unknown_lect == UnknownLect.ANYONE or member.does_triage
    match = match_of(member.levels, lect, understanding)
    return rank_of(match, Arm.MATCHED, rules, takes_unknown=takes_unknown) is not None
