"""The flags of one interview, and of a campaign's, newest first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.dialing.sentences import Sentence
from app.interviewing.models import Interview
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
class FlaggedInterview:
    """One interview with its flags; `done_item` is the listening to it, once that is over."""

    interview_id: int
    response_uid: UUID
    case_id: int
    ended_at: datetime | None
    flags: tuple[KeptFlag, ...]
    done_item: int | None


@dataclass(frozen=True)
class FlaggedPage:
    """Some flagged interviews, the newest first."""

    rows: tuple[FlaggedInterview, ...]
    has_more: bool


def flags_in(session: Session, interview_id: int) -> list[KeptFlag]:
    """Return the flags of an interview in the order of their kinds."""
    wanted = select(InterviewFlag).where(InterviewFlag.interview_id == interview_id).order_by(InterviewFlag.id)
    return [_kept(row) for row in session.scalars(wanted)]


def flags_of_response(session: Session, campaign_id: int, response_uid: UUID) -> list[KeptFlag]:
    """Return the flags of an interview by its response; raises NotFoundError for one that was not looked at yet."""
    wanted = (
        select(InterviewCheck.interview_id)
        .join(Interview, Interview.id == InterviewCheck.interview_id)
        .where(Interview.uid == response_uid, Interview.campaign_id == campaign_id)
    )
    interview_id = session.scalar(wanted)
    if interview_id is None:
        raise NotFoundError("There is no response %(uid)s in this campaign.", uid=str(response_uid))
    return flags_in(session, interview_id)


def list_flagged(session: Session, campaign_id: int, *, before: int = 0, limit: int) -> FlaggedPage:
    """Return the interviews with flags and an id below `before` (0 for the newest), at most so many."""
    ids = (
        select(InterviewFlag.interview_id)
        .where(InterviewFlag.campaign_id == campaign_id)
        .group_by(InterviewFlag.interview_id)
        .order_by(InterviewFlag.interview_id.desc())
        .limit(limit + 1)
    )
    found = list(session.scalars(ids.where(InterviewFlag.interview_id < before) if before else ids))
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
    rows = tuple(_flagged(interview, item, flags[interview.id]) for interview, item in session.execute(wanted))
    return FlaggedPage(rows, has_more=len(found) > limit)


def _flagged(interview: Interview, item: RelistenItem | None, flags: list[KeptFlag]) -> FlaggedInterview:
    return FlaggedInterview(
        interview_id=interview.id,
        response_uid=interview.uid,
        case_id=interview.case_id,
        ended_at=interview.ended_at,
        flags=tuple(flags),
        done_item=item.id if item is not None and item.state == ItemState.DONE else None,
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
