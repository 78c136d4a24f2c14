"""The flags of one interview, and the interviews of a campaign that were flagged or listened to, newest first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.dialing.sentences import Sentence
from app.interviewing.models import Interview, ResponseSnapshot
from app.quality.domain import FlagKind
from app.quality.models import InterviewCheck, InterviewFlag, RelistenItem
from app.quality.queue import ItemState
from app.quality.words import sentence_of


@dataclass(frozen=True)
class KeptFlag:
    """One flag as it was kept, with the version of the rules that raised it."""

    kind: FlagKind
    figure: float
    threshold: float
    questions: tuple[str, ...]
    rules_version: int
    at: datetime

    @property
    def sentence(self) -> Sentence:
        """Say it in words."""
        return sentence_of(self.kind, self.figure, self.threshold, questions=self.questions)


@dataclass(frozen=True)
class ReviewedInterview:
    """One interview with its flags, of which there may be none where it was listened to.

    `listened_item` is the listening to it, once that is over; only then `is_drawn` tells whether it was drawn, because
    whoever reviews may listen too. `problem` says why it cannot be listened to, an English gettext id.
    """

    interview_id: int
    response_uid: UUID
    case_id: int
    ended_at: datetime | None
    flags: tuple[KeptFlag, ...]
    listened_item: int | None
    is_drawn: bool | None
    problem: str | None


@dataclass(frozen=True)
class ReviewedPage:
    """Some of them, the newest first."""

    rows: tuple[ReviewedInterview, ...]
    has_more: bool


def flags_in(session: Session, interview_id: int) -> list[KeptFlag]:
    """Return the flags of an interview in the order of their kinds."""
    wanted = select(InterviewFlag).where(InterviewFlag.interview_id == interview_id).order_by(InterviewFlag.id)
    return [_kept(row) for row in session.scalars(wanted)]


def flags_of_response(session: Session, campaign_id: int, response_uid: UUID) -> list[KeptFlag]:
    """Return the flags of an interview by its response; raises NotFoundError also for one that was not looked at."""
    wanted = (
        select(Interview.id, InterviewCheck.interview_id)
        .join(ResponseSnapshot, ResponseSnapshot.interview_id == Interview.id)
        .outerjoin(InterviewCheck, InterviewCheck.interview_id == Interview.id)
        .where(Interview.uid == response_uid, Interview.campaign_id == campaign_id)
        .limit(1)
    )
    found = session.execute(wanted).first()
    if found is None:
        raise NotFoundError("There is no response %(uid)s in this campaign.", uid=str(response_uid))
    interview_id, checked = found
    if checked is None:
        raise NotFoundError("The response %(uid)s was not looked at yet. Ask again in a minute.", uid=str(response_uid))
    return flags_in(session, interview_id)


def list_reviewed(session: Session, campaign_id: int, *, before: int = 0, limit: int) -> ReviewedPage:
    """Return the interviews with flags or listened to, an id below `before` (0 for the newest), at most so many."""
    found = list(session.scalars(_reviewed_ids(campaign_id, before=before).limit(limit + 1)))
    flags: dict[int, list[KeptFlag]] = defaultdict(list)
    raised = select(InterviewFlag).where(InterviewFlag.interview_id.in_(found[:limit])).order_by(InterviewFlag.id)
    for row in session.scalars(raised):
        flags[row.interview_id].append(_kept(row))
    wanted = (
        select(Interview, RelistenItem)
        .outerjoin(RelistenItem, RelistenItem.interview_id == Interview.id)
        .where(Interview.id.in_(found[:limit]))
        .order_by(Interview.id.desc())
    )
    rows = tuple(_reviewed(interview, item, flags[interview.id]) for interview, item in session.execute(wanted))
    return ReviewedPage(rows, has_more=len(found) > limit)


def _reviewed_ids(campaign_id: int, *, before: int) -> Select[int]:
    flagged = select(InterviewFlag.interview_id).where(InterviewFlag.campaign_id == campaign_id)
    heard = select(RelistenItem.interview_id).where(
        RelistenItem.campaign_id == campaign_id, RelistenItem.state == ItemState.DONE
    )
    ids = select(Interview.id).where(Interview.id.in_(flagged.union(heard))).order_by(Interview.id.desc())
    return ids.where(Interview.id < before) if before else ids


def _reviewed(interview: Interview, item: RelistenItem | None, flags: list[KeptFlag]) -> ReviewedInterview:
    done = item if item is not None and item.state == ItemState.DONE else None
    return ReviewedInterview(
        interview_id=interview.id,
        response_uid=interview.uid,
        case_id=interview.case_id,
        ended_at=interview.ended_at,
        flags=tuple(flags),
        listened_item=done.id if done else None,
        is_drawn=done.is_drawn if done else None,
        problem=item.problem if item else None,
    )


def _kept(row: InterviewFlag) -> KeptFlag:
    return KeptFlag(FlagKind(row.kind), row.figure, row.threshold, tuple(row.questions), row.rules_version, row.at)


def flag_counts(session: Session, campaign_id: int) -> dict[FlagKind, int]:
    """Count the interviews with each kind of flag."""
    counted = (
        select(InterviewFlag.kind, func.count(InterviewFlag.interview_id.distinct()))
        .where(InterviewFlag.campaign_id == campaign_id)
        .group_by(InterviewFlag.kind)
    )
    return {FlagKind(kind): number for kind, number in session.execute(counted)}
