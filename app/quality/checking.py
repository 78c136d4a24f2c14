"""Look at the interviews that ended, once each, in background work: flag them, and put them where they are heard again.

Whatever reads the outcome of an interview reads nothing of this, and nothing here writes to an interview.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.interviewing.models import AnswerEvent, ChangeCounter, Interview, ResponseSnapshot
from app.quality.design import design_of
from app.quality.flags import flags_of
from app.quality.models import InterviewCheck, InterviewFlag, QualityProgress, RelistenItem
from app.quality.queue import ItemState, close_unheard
from app.quality.reading import CampaignTimes, read_held
from app.questionnaires.service import load_form

BATCH: Final = 50
log = structlog.get_logger()
_DUE: Final = (
    select(ChangeCounter.campaign_id)
    .outerjoin(QualityProgress, QualityProgress.campaign_id == ChangeCounter.campaign_id)
    .where(or_(QualityProgress.campaign_id.is_(None), QualityProgress.last_sequence < ChangeCounter.last_sequence))
    .order_by(ChangeCounter.campaign_id)
)
# Sequences become visible in their own order, so what lies beyond the last one was not looked at yet.
_NEWS: Final[Select[int, int]] = (
    select(ResponseSnapshot.change_sequence, ResponseSnapshot.interview_id)
    .where(
        ResponseSnapshot.campaign_id == bindparam("campaign_id"), ResponseSnapshot.change_sequence > bindparam("after")
    )
    .order_by(ResponseSnapshot.change_sequence)
    .limit(BATCH)
)


def campaigns_due(session: Session) -> list[int]:
    """Return the campaigns in which interviews ended that nobody has looked at."""
    return list(session.scalars(_DUE))


def check_campaign(session: Session, campaign_id: int, *, now: datetime) -> int:
    """Look at a batch of a campaign's ended interviews; returns how many, 0 also while another process does it.

    Each is looked at once: a later version of its response, or of the rules, changes no flag. One that cannot be
    looked at is logged and passed over; trouble of the database itself is raised, and the batch comes again.
    """
    session.execute(insert(QualityProgress).values(campaign_id=campaign_id, last_sequence=0).on_conflict_do_nothing())
    own = select(QualityProgress).where(QualityProgress.campaign_id == campaign_id)
    progress = session.scalar(own.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if progress is None:
        return 0
    news = session.execute(_NEWS, {"campaign_id": campaign_id, "after": progress.last_sequence}).all()
    campaign = session.get_one(Campaign, campaign_id)
    fresh = _unchecked(session, [interview_id for _, interview_id in news])
    times = CampaignTimes(session, campaign, judged=[interview.id for interview in fresh])
    looked_at = [one.id for one in fresh if _try_to_check(session, campaign, one, times=times, now=now)]
    # What is being recorded or fetched waits; what was never recorded is not offered to anybody.
    close_unheard(session, RelistenItem.interview_id.in_(looked_at), now=now)
    if news:
        progress.last_sequence = news[-1].change_sequence
    session.flush()
    return len(looked_at)


def _unchecked(session: Session, interview_ids: Sequence[int]) -> list[Interview]:
    was_checked = exists().where(InterviewCheck.interview_id == Interview.id)
    wanted = select(Interview).where(Interview.id.in_(interview_ids), ~was_checked).order_by(Interview.id)
    return list(session.scalars(wanted))


def _try_to_check(
    session: Session, campaign: Campaign, interview: Interview, *, times: CampaignTimes, now: datetime
) -> bool:  # fmt: skip
    interview_id = interview.id
    try:
        with session.begin_nested():
            _check(session, campaign, interview, times=times, now=now)
    except (InterfaceError, InternalError, OperationalError):
        raise
    except Exception:  # whatever is wrong with one interview keeps no other from being looked at
        log.exception("interview not looked at", campaign=campaign.id, interview=interview_id)
        return False
    return True


def _check(session: Session, campaign: Campaign, interview: Interview, *, times: CampaignTimes, now: datetime) -> None:
    form = load_form(session, interview.questionnaire_version_id)
    held = read_held(session, interview, times)
    flags = flags_of(held, design_of(form), times.rules)
    seen = {
        "campaign_id": campaign.id,
        "interview_id": interview.id,
        "rules_version": campaign.rules_version,
        "at": now,
    }
    session.add(InterviewCheck(**seen))
    session.add_all(
        InterviewFlag(
            **seen, kind=flag.kind, figure=flag.figure, threshold=flag.threshold, questions=list(flag.questions)
        )
        for flag in flags
    )
    is_drawn = draw(campaign.seed, interview.case_id) < times.rules.relisten_share
    # Where nothing was answered there is nothing to be coded anew.
    if held.items and (flags or is_drawn):
        _queue(session, campaign, interview, is_drawn=is_drawn)


def _queue(session: Session, campaign: Campaign, interview: Interview, *, is_drawn: bool) -> None:
    spoken = select(func.array_agg(AnswerEvent.lect.distinct())).where(AnswerEvent.interview_id == interview.id)
    session.add(
        RelistenItem(
            campaign_id=campaign.id,
            interview_id=interview.id,
            is_drawn=is_drawn,
            lects=session.scalar(spoken) or [interview.lect],
            state=ItemState.WAITING,
        )
    )


def draw(campaign_seed: int, case_id: int) -> float:
    """Return a number from 0 up to 1 that belongs to the case: those below the share are listened to again."""
    digest = hashlib.sha256(f"relisten/{campaign_seed}/{case_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
