"""What a supervisor decides about cases by hand: call one now, give up those that nobody here can interview."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Membership, Person
from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.campaigns.outcomes import NO_INTERVIEWER
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.core.live import announce, campaign_topic
from app.dialing.domain import NOT_A_LECT, Arm, CaseState, Priority
from app.dialing.models import Case, CaseEvent, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.release import patience_ends
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import note_step
from app.languages.domain import Level
from app.languages.service import find_lect
from app.sampling.contacts import is_do_not_call
from app.staffing.models import InterviewerLect

BATCH: Final = 2_000
ASKED_NOW: Final = "A supervisor asked for it to be called now."
NOBODY_SPEAKS: Final = "No interviewer of the campaign holds interviews in its lect, so a supervisor gave it up."
_OPEN: Final = (CaseState.READY, CaseState.WAITING)


def call_now(session: Session, campaign: Campaign, case_id: int, *, actor: str, now: datetime) -> Case:
    """Put an open case before all others of its pool, at once; the pool still keeps the calling hours.

    A case that was kept for one interviewer goes to anybody of its lect. Raises ConflictError when the case is held
    or closed, when its number may not be called any more, or when the campaign is not in the field.
    """
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    _require_callable(session, campaign, case)
    was = case.state
    case.priority = Priority.SUPERVISOR * LEVEL_STEP + case.priority % LEVEL_STEP
    if case.state == CaseState.WAITING:
        case.state, case.takes_partial = CaseState.READY, False
        case.partial_from = patience_ends(now, rules_of(session, campaign))
    case.due_at = min(case.due_at, now)
    if case.ready_until is not None and case.ready_until <= now:
        case.ready_until = None
    _share(session, case)
    details = {"was": was, "due_at": case.due_at.isoformat()}
    note_step(session, case, "called_now", actor=actor, reason=ASKED_NOW, details=details, now=now)
    session.flush()
    subject = f"case:{case.id}"
    audit.record(session, "case.called_now", actor=actor, subject=subject, campaign_id=campaign.id,
                 details=details, now=now)  # fmt: skip
    announce(session, campaign_topic(campaign.id))
    return case


def _require_callable(session: Session, campaign: Campaign, case: Case) -> None:
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The campaign is not open for calls.")
    if case.state == CaseState.HELD:
        raise ConflictError("An interviewer has this case already.")
    if case.state == CaseState.CLOSED:
        raise ConflictError("This case is closed and is not called again.")
    if is_do_not_call(session, case.sample_unit_id):
        raise ConflictError("This number is on the do-not-call list and is not called again.")


def _share(session: Session, case: Case) -> None:
    """Move a case that is kept for one interviewer to the pool of all who serve its lect."""
    here = conditions_of(session.get_one(Pool, case.pool_id))
    if here.person_id is not None:
        case.pool_id = pool_for(session, replace(here, person_id=None))


def close_for_want_of_staff(session: Session, campaign: Campaign, lect: str, *, actor: str, now: datetime) -> int:
    """Close every open case that waits for a lect which nobody of the campaign interviews in; returns how many.

    Their outcome is `no_interviewer` (AAPOR 2.333, Standard Definitions: language barrier for want of an
    interviewer). Cases in the hands of an interviewer stay, and so do those of the random arm, which wait for no lect.
    `lect` is a tag, name or alias. Raises ConflictError while somebody certified to interview in it has a role in the
    campaign, InvalidInputError where no lect is known that could be missing.
    """
    tag = find_lect(session, lect).tag
    if tag in NOT_A_LECT:
        raise InvalidInputError(
            "These cases cannot be closed.", (Fault("lect", "Choose a lect that interviewers can be missing for."),)
        )
    speakers = _interviewers_in(session, campaign.id, tag)
    if speakers:
        raise ConflictError("%(number)s interviewers of the campaign hold interviews in this lect.",
                            number=str(speakers))  # fmt: skip
    pools = select(Pool.id).where(Pool.campaign_id == campaign.id, Pool.lect == tag, Pool.arm == Arm.MATCHED)
    pool_ids = list(session.scalars(pools))
    closed = 0
    while batch := _close_batch(session, pool_ids, actor=actor, now=now):
        closed += batch
    details = {"lect": tag, "cases": closed, "outcome": NO_INTERVIEWER}
    subject = f"campaign:{campaign.id}"
    audit.record(session, "cases.closed_for_want_of_staff", actor=actor, subject=subject, campaign_id=campaign.id,
                 details=details, now=now)  # fmt: skip
    announce(session, campaign_topic(campaign.id))
    return closed


def _interviewers_in(session: Session, campaign_id: int, lect: str) -> int:
    certified = (
        select(Person.id)
        .join(InterviewerLect, InterviewerLect.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.is_active,
            InterviewerLect.lect == lect,
            InterviewerLect.level == Level.INTERVIEWS,
            Membership.role == Role.INTERVIEWER,
            or_(Membership.campaign_id == campaign_id, Membership.campaign_id.is_(None)),
        )
    )
    return len(set(session.scalars(certified)))


def _close_batch(session: Session, pool_ids: list[int], *, actor: str, now: datetime) -> int:
    """Close some of the open cases in these pools and write the step of each; a held one is passed over."""
    wanted = (
        select(Case.id)
        .where(Case.pool_id.in_(pool_ids), Case.state.in_(_OPEN))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    closing: dict[str, Any] = {"state": CaseState.CLOSED, "outcome": NO_INTERVIEWER, "closed_at": now}
    moved = update(Case).where(Case.id.in_(wanted.scalar_subquery())).values(closing).returning(Case.id)
    closed = list(session.scalars(moved, execution_options={"synchronize_session": "fetch"}))
    if closed:
        step = {"at": now, "actor": actor, "kind": "closed", "state": CaseState.CLOSED, "reason": NOBODY_SPEAKS}
        details = {"outcome": NO_INTERVIEWER}
        session.execute(insert(CaseEvent), [{**step, "case_id": case_id, "details": details} for case_id in closed])
    return len(closed)
