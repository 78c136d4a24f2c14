"""When a field has closed: every case that is still open gets its right final outcome, a batch at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState, OutcomeGroup
from app.campaigns.models import Campaign
from app.campaigns.outcomes import NO_INTERVIEWER, NOT_ATTEMPTED
from app.campaigns.rule_book import rules_of
from app.core.live import announce, campaign_topic
from app.dialing.domain import Arm, CaseState, FactKind, final_outcome
from app.dialing.endings import Ending, OpenCase, close_cases, lock_open_cases, open_cases
from app.dialing.models import Case, LanguageFact, Pool
from app.dialing.unstaffed import lects_nobody_serves
from app.languages.domain import Match

BATCH: Final = 2_000
NEVER_CALLED: Final = "The field has closed, and the case was never called."
MOST_TELLING: Final = "The field has closed: the most telling call decides what the case came to."
NOBODY_COULD: Final = "The field has closed, and nobody of the campaign could have interviewed in its lect."
_MATCHING: Final = frozenset({Match.FULL, Match.PARTIAL})
_UNSETTLED: Final = (
    select(Campaign).where(Campaign.state == CampaignState.CLOSED, Campaign.settled_at.is_(None)).order_by(Campaign.id)
)
_LEFT: Final = (
    select(Case.id)
    .where(
        Case.campaign_id == bindparam("campaign_id"),
        Case.state.in_((CaseState.READY, CaseState.WAITING, CaseState.HELD)),
    )
    .limit(1)
)


def end_fields(session: Session, *, now: datetime) -> int:
    """Close up to a batch of the cases that closed fields have left open; returns how many.

    A held case stays with its holder, and is ended with a later batch once it is coded or given back. When the last
    one is closed the campaign is settled.
    """
    ended = 0
    for campaign in session.scalars(_UNSETTLED).all():
        ended += _end_some(session, campaign, limit=BATCH - ended, now=now)
        if ended == BATCH:
            break
        if session.scalar(_LEFT, {"campaign_id": campaign.id}) is None:
            campaign.settled_at = now
            announce(session, campaign_topic(campaign.id))
    session.flush()
    return ended


def _end_some(session: Session, campaign: Campaign, *, limit: int, now: datetime) -> int:
    cases = lock_open_cases(session, open_cases(campaign.id, limit=limit))
    if not cases:
        return 0
    language = rules_of(session, campaign).language
    missing = lects_nobody_serves(session, campaign.id, {case.lect for case in cases}, rules=language)
    known = _known_since(session, [case.id for case in cases if case.lect in missing])
    endings = [ending_of(case, known_since=known.get(case.id)) for case in cases]
    close_cases(session, endings, actor="system", now=now)
    announce(session, campaign_topic(campaign.id))
    return len(endings)


def ending_of(case: OpenCase, *, known_since: datetime | None) -> Ending:
    """Say what an open case comes to when its field closes.

    `known_since` is given where nobody of the campaign serves its lect: since when that lect was stated or heard. The
    place alone proves no want of staff, and neither does a case that somebody who matched has called since then.
    Sources: AAPOR Standard Definitions 3.11 (not attempted), 2.333 (no interviewer for the language), and the
    hierarchy by which the most telling call counts.
    """
    history = case.history
    if known_since is not None and _is_unstaffed(case, known_since):
        history.append((NO_INTERVIEWER, OutcomeGroup.LANGUAGE))
        outcome = final_outcome(history)
        return Ending(case.id, outcome, NOBODY_COULD if outcome == NO_INTERVIEWER else MOST_TELLING)
    if not history:
        return Ending(case.id, NOT_ATTEMPTED, NEVER_CALLED)
    return Ending(case.id, final_outcome(history), MOST_TELLING)


def _is_unstaffed(case: OpenCase, known_since: datetime) -> bool:
    if case.arm == Arm.RANDOM or case.person_id is not None:
        return False
    return not any(call.match in _MATCHING and call.at > known_since for call in case.calls)


def _known_since(session: Session, case_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Return since when the lect that each case waits for has been more than a guess from its place."""
    if not case_ids:
        return {}
    stated = (
        select(LanguageFact.case_id, func.min(LanguageFact.at))
        .join(Case, Case.id == LanguageFact.case_id)
        .join(Pool, (Pool.id == Case.pool_id) & (Pool.lect == LanguageFact.lect))
        .where(LanguageFact.case_id.in_(case_ids), LanguageFact.kind != FactKind.PREDICTED)
        .group_by(LanguageFact.case_id)
    )
    return dict(session.execute(stated).all())
