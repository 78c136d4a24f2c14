"""Close the cases of a lect that nobody of the campaign serves, and open them again where somebody is found.

The decision is a row of its own; its cases follow in batches, the first at once and the others with the ticks. What a
case was stays in its row while it is closed, so that taking the decision back loses nothing but its appointments.
"""

from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import case as sql_case
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState, OutcomeGroup
from app.campaigns.models import Campaign
from app.campaigns.outcomes import NO_INTERVIEWER
from app.campaigns.rule_book import rules_of
from app.core.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from app.core.live import announce, campaign_topic
from app.dialing.domain import NOT_A_LECT, CaseState, ClosureState, Priority, final_outcome
from app.dialing.endings import Ending, calls_of, close_cases, lock_open_cases, open_cases
from app.dialing.models import Case, CaseEvent, LectClosure, Pool
from app.dialing.release import patience_ends
from app.dialing.score import LEVEL_STEP
from app.dialing.supply import Gap
from app.dialing.unstaffed import WAITS_FOR_LECT, UnstaffedLect, unstaffed_lects
from app.languages.service import find_lect
from app.sampling.contacts import units_not_to_call

BATCH: Final = 2_000
NOBODY_SPEAKS: Final = "No interviewer of the campaign holds interviews in its lect, so a supervisor gave it up."
NOBODY_ROSTERED: Final = "Nobody who holds interviews in its lect is on the roster, so a supervisor gave it up."
TAKEN_UP_AGAIN: Final = "It had been given up for want of staff, and a supervisor took it up again."
_WHY: Final = {Gap.NOBODY_CERTIFIED: NOBODY_SPEAKS, Gap.NOBODY_ROSTERED: NOBODY_ROSTERED}
_UNDER_WAY: Final = (ClosureState.CLOSING, ClosureState.REOPENING)


class UnknownClosureError(NotFoundError):
    """This campaign has no such closure of a lect."""


def close_for_want_of_staff(
    session: Session, campaign: Campaign, lect: str, *, reason: str, actor: str, now: datetime
) -> LectClosure:
    """Close every open case that waits for a lect which nobody of the campaign serves.

    Their outcome is `no_interviewer` (AAPOR 2.333, Standard Definitions: language barrier for want of an interviewer),
    unless an earlier call was more telling: who has refused stays a refusal. Cases in the hands of an interviewer stay,
    and so do those kept for somebody by name and those of the random arm, which wait for no lect. `lect` is a tag, name
    or alias. Raises ConflictError while somebody serves it or no case waits for it, InvalidInputError where no lect is
    known that could be missing, or no reason is given.
    """
    tag = find_lect(session, lect).tag
    if tag in NOT_A_LECT:
        fault = Fault("lect", "Choose a lect that interviewers can be missing for.")
        raise InvalidInputError("These cases cannot be closed.", (fault,))
    _require_reason(reason)
    _lock(session, campaign)
    lacking = _lacking(session, campaign, tag, now=now)
    closure = LectClosure(
        campaign_id=campaign.id,
        lect=tag,
        gap=lacking.lack.gap,
        state=ClosureState.CLOSING,
        reason=reason.strip(),
        actor=actor,
        at=now,
        closed_cases=0,
        reopened_cases=0,
    )
    session.add(closure)
    session.flush()
    _close_some(session, closure, now=now)
    details = {"lect": tag, "gap": closure.gap, "cases": lacking.cases, "reason": closure.reason}
    _record(session, "cases.closed_for_want_of_staff", closure, actor=actor, details=details, now=now)
    return closure


def reopen_closure(
    session: Session, campaign: Campaign, closure_id: int, *, reason: str, actor: str, now: datetime
) -> LectClosure:
    """Take a closure back while the field is open: its cases wait again, due at once or when they were due before.

    Those whose number has come onto the do-not-call list stay closed. Raises UnknownClosureError, and ConflictError
    when it was taken back before or the field is not open.
    """
    _require_reason(reason)
    _lock(session, campaign)
    closure = session.get(LectClosure, closure_id, populate_existing=True)
    if closure is None or closure.campaign_id != campaign.id:
        raise UnknownClosureError
    if closure.state not in {ClosureState.CLOSING, ClosureState.CLOSED}:
        raise ConflictError("This lect has been taken up again already.")
    closure.state, closure.reopen_reason = ClosureState.REOPENING, reason.strip()
    closure.reopened_by, closure.reopened_at = actor, now
    _reopen_some(session, closure, campaign, now=now)
    details = {
        "lect": closure.lect,
        "closure": closure.id,
        "cases": closure.closed_cases,
        "reason": closure.reopen_reason,
    }
    _record(session, "cases.reopened", closure, actor=actor, details=details, now=now)
    return closure


def closures_of(session: Session, campaign_id: int) -> list[LectClosure]:
    """Return what a campaign has closed for want of staff, the newest first."""
    wanted = select(LectClosure).where(LectClosure.campaign_id == campaign_id).order_by(LectClosure.id.desc())
    return list(session.scalars(wanted))


def go_on_with_closures(session: Session, *, now: datetime) -> int:
    """Close or open a further batch of every closure that is not through; returns how many cases moved.

    A field that closes meanwhile ends its cases by itself, and nothing is opened in it any more.
    """
    under_way = select(LectClosure, Campaign).join(Campaign, Campaign.id == LectClosure.campaign_id)
    moved = 0
    for closure, campaign in session.execute(under_way.where(LectClosure.state.in_(_UNDER_WAY))).all():
        if campaign.state != CampaignState.OPEN:
            closure.state = _through(closure)
        elif closure.state == ClosureState.CLOSING:
            moved += _close_some(session, closure, now=now)
        else:
            moved += _reopen_some(session, closure, campaign, now=now)
    session.flush()
    return moved


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError("The cases stay as they are.", (Fault("reason", "Say why, for the record."),))


def _lock(session: Session, campaign: Campaign) -> None:
    # Two supervisors may press the button at once: the second one finds it done. Calls under way need not wait.
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.state != CampaignState.OPEN:
        raise ConflictError("The field of the campaign is not open.")


def _lacking(session: Session, campaign: Campaign, lect: str, *, now: datetime) -> UnstaffedLect:
    found = next((one for one in unstaffed_lects(session, campaign, now=now) if one.lect == lect), None)
    if found is None:
        raise ConflictError("Somebody of the campaign serves this lect, or no case waits for it.")
    return found


def _through(closure: LectClosure) -> ClosureState:
    return ClosureState.CLOSED if closure.state == ClosureState.CLOSING else ClosureState.REOPENED


def _close_some(session: Session, closure: LectClosure, *, now: datetime) -> int:
    wanted = open_cases(closure.campaign_id, limit=BATCH).where(Pool.lect == closure.lect, *WAITS_FOR_LECT)
    cases = lock_open_cases(session, wanted)
    why, details = _WHY[Gap(closure.gap)], {"why": closure.reason}
    last = (NO_INTERVIEWER, OutcomeGroup.LANGUAGE)
    endings = [Ending(case.id, final_outcome([*case.history, last]), why, details) for case in cases]
    close_cases(session, endings, actor=closure.actor, closure_id=closure.id, now=now)
    closure.closed_cases += len(cases)
    if len(cases) < BATCH:
        closure.state = _through(closure)
    announce(session, campaign_topic(closure.campaign_id))
    return len(cases)


def _reopen_some(session: Session, closure: LectClosure, campaign: Campaign, *, now: datetime) -> int:
    wanted = select(Case.id, Case.sample_unit_id).where(Case.closure_id == closure.id).limit(BATCH)
    units: dict[int, int] = dict(session.execute(wanted.with_for_update(skip_locked=True)).all())
    forbidden = units_not_to_call(session, units.values())
    stay = [case_id for case_id, unit_id in units.items() if unit_id in forbidden]
    if stay:
        session.execute(update(Case).where(Case.id.in_(stay)).values(closure_id=None))
    opened = [case_id for case_id, unit_id in units.items() if unit_id not in forbidden]
    _open(session, opened, closure, patience=patience_ends(now, rules_of(session, campaign)), now=now)
    closure.reopened_cases += len(opened)
    if len(units) < BATCH:
        closure.state = _through(closure)
    announce(session, campaign_topic(closure.campaign_id))
    return len(opened)


def _open(
    session: Session, case_ids: list[int], closure: LectClosure, *, patience: datetime | None, now: datetime
) -> None:
    """Let cases wait again with the outcome of their last call; an appointment they had is over, its level too."""
    if not case_ids:
        return
    calls = calls_of(session, case_ids)
    by_outcome: defaultdict[str | None, list[int]] = defaultdict(list)
    for case_id in case_ids:
        by_outcome[calls[case_id][-1].outcome if case_id in calls else None].append(case_id)
    is_started = Case.priority.between(Priority.STARTED * LEVEL_STEP, (Priority.STARTED + 1) * LEVEL_STEP - 1)
    waiting = {
        "state": CaseState.WAITING,
        "closed_at": None,
        "closure_id": None,
        "due_at": func.greatest(Case.due_at, now),
        "priority": sql_case((is_started, Case.priority), else_=Case.priority % LEVEL_STEP),
        "takes_partial": False,
        "partial_from": func.greatest(Case.partial_from, patience) if patience else None,
    }
    for outcome, some in by_outcome.items():
        session.execute(update(Case).where(Case.id.in_(some)).values(**waiting, outcome=outcome))
    step = {
        "at": now,
        "actor": closure.reopened_by,
        "kind": "reopened",
        "state": CaseState.WAITING,
        "reason": TAKEN_UP_AGAIN,
        "details": {"why": closure.reopen_reason},
    }
    session.execute(insert(CaseEvent), [{**step, "case_id": case_id} for case_id in case_ids])


def _record(
    session: Session, act: str, closure: LectClosure, *, actor: str, details: dict[str, object], now: datetime
) -> None:
    session.flush()
    subject = f"lect_closure:{closure.id}"
    audit.record(session, act, actor=actor, subject=subject, campaign_id=closure.campaign_id, details=details, now=now)
