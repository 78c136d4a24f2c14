"""Which lects nobody of a campaign serves."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.campaigns.domain import UnknownLect
from app.campaigns.rules import LanguageRules
from app.dialing.domain import NOT_A_LECT, Arm
from app.dialing.routing import rank_of
from app.languages.domain import Level, Understanding, match_of
from app.languages.service import load_understanding
from app.staffing.roster import Member, staff_of


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
