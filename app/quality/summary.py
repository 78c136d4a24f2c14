"""How a campaign's interviews stand: how many were looked at and flagged, how listening goes, how far codings agree."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.service import names_of
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.dialing.intervals import Interval, share_of
from app.quality.agreement import Agreement
from app.quality.comparing import CodedInterview, agreement_over, coded_interviews
from app.quality.domain import FlagKind
from app.quality.flagged import flag_counts
from app.quality.models import InterviewCheck, InterviewFlag, RelistenItem
from app.quality.queue import ItemState

_GIVEN_BACK: Final = select(func.count()).where(
    RelistenItem.state == ItemState.WAITING, func.cardinality(RelistenItem.put_back_by) > 0
)


@dataclass(frozen=True)
class KindRow:
    """How many of the interviews that were looked at have a kind of flag."""

    kind: FlagKind
    interviews: int
    share: Interval | None


@dataclass(frozen=True)
class InterviewerRow:
    """How far an interviewer's codes agree with what was heard, over all that was heard of theirs."""

    person_id: int
    display_name: str
    interviews: int
    agreement: Agreement


@dataclass(frozen=True)
class QualitySummary:
    """The figures of one campaign; agreement over the drawn interviews alone speaks for all of them."""

    checked: int
    flagged: int
    by_kind: tuple[KindRow, ...]
    queue: Mapping[ItemState, int]
    given_back: int  # of those that wait; each waits for somebody who has not given it back
    drawn: Agreement
    flagged_agreement: Agreement
    by_interviewer: tuple[InterviewerRow, ...]
    agreement_answers: int


def summary_of(session: Session, campaign: Campaign) -> QualitySummary:
    """Count what there is now; it changes nothing."""
    checked = _count(session, select(func.count()).where(InterviewCheck.campaign_id == campaign.id))
    flagged = select(func.count(InterviewFlag.interview_id.distinct())).where(InterviewFlag.campaign_id == campaign.id)
    counts, coded = flag_counts(session, campaign.id), coded_interviews(session, campaign.id)
    least = rules_of(session, campaign).quality.agreement_answers
    return QualitySummary(
        checked=checked,
        flagged=_count(session, flagged),
        by_kind=tuple(KindRow(kind, counts.get(kind, 0), share_of(counts.get(kind, 0), checked)) for kind in FlagKind),
        queue=queue_counts(session, campaign.id),
        given_back=_count(session, _GIVEN_BACK.where(RelistenItem.campaign_id == campaign.id)),
        drawn=agreement_over(one for one in coded if one.is_drawn),
        flagged_agreement=agreement_over(one for one in coded if not one.is_drawn),
        by_interviewer=_by_interviewer(session, coded, least=least),
        agreement_answers=least,
    )


def _count(session: Session, counted: Select[int]) -> int:
    return session.scalar(counted) or 0


def queue_counts(session: Session, campaign_id: int) -> dict[ItemState, int]:
    """Count the queue by state."""
    counted = (
        select(RelistenItem.state, func.count())
        .where(RelistenItem.campaign_id == campaign_id)
        .group_by(RelistenItem.state)
    )
    found = {ItemState(state): number for state, number in session.execute(counted)}
    return {state: found.get(state, 0) for state in ItemState}


def _by_interviewer(session: Session, coded: list[CodedInterview], *, least: int) -> tuple[InterviewerRow, ...]:
    """Leave out whoever has too few answers that were heard: their figure would be chance."""
    found: dict[int, list[CodedInterview]] = defaultdict(list)
    for interview in coded:
        found[interview.interviewer_id].append(interview)
    names = names_of(session, found)
    rows = (
        InterviewerRow(person_id, names[person_id], len(interviews), agreement_over(interviews))
        for person_id, interviews in found.items()
    )
    return tuple(sorted((row for row in rows if row.agreement.answers >= least), key=lambda row: row.display_name))
