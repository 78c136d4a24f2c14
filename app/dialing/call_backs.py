"""Who calls back, and what becomes of their case where no interviewer takes the call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.models import CallerNumber, Campaign, CampaignNumber
from app.campaigns.rule_book import rules_of
from app.core.live import announce, campaign_topic
from app.core.privacy import Vault
from app.dialing.appointments import FARTHEST, open_appointment_of, ready_for
from app.dialing.domain import APPOINTMENT_LEVEL, OWN_WORD, RESPONDENT, AppointmentKind, CaseState, FactKind
from app.dialing.facts import state_fact
from app.dialing.life import Move
from app.dialing.models import Appointment, Case, Pool
from app.dialing.refusals import close_cases_of
from app.dialing.release import Lead, move, patience_ends, step_on
from app.dialing.score import LEVEL_STEP
from app.dialing.trace import note_step
from app.sampling.contacts import add_do_not_call
from app.sampling.models import PhoneNumber
from app.telephony.inbound.models import InboundCall

SOURCE: Final = "call-back line"
SOON: Final = timedelta(minutes=2)  # until whoever calls back has put the telephone down
WISH_HOLDS: Final = timedelta(days=1)
_OUR_NUMBER: Final = select(CallerNumber.id).where(CallerNumber.number.in_(bindparam("spellings", expanding=True)))
_CAMPAIGNS: Final = (
    select(Campaign)
    .join(CampaignNumber, CampaignNumber.campaign_id == Campaign.id)
    .where(CampaignNumber.caller_number_id == bindparam("number_id"), Campaign.state == CampaignState.OPEN)
    .order_by(Campaign.id.desc())
)
# A case that can still be called stands before one that is closed, the newer campaign before the older.
_CASES: Final = (
    select(Case, PhoneNumber.id)
    .join(PhoneNumber, PhoneNumber.sample_unit_id == Case.sample_unit_id)
    .join(Campaign, Campaign.id == Case.campaign_id)
    .join(CampaignNumber, CampaignNumber.campaign_id == Campaign.id)
    .where(
        PhoneNumber.fingerprint == bindparam("fingerprint"),
        CampaignNumber.caller_number_id == bindparam("number_id"),
        Campaign.state == CampaignState.OPEN,
    )
    .order_by(Case.state == CaseState.CLOSED, Campaign.id.desc())
    .limit(1)
)


class Result(StrEnum):
    """What a call that came in came to."""

    NO_CHOICE = "no_choice"  # hung up before anything was decided
    CONNECTED = "connected"  # an interviewer took it
    BOOKED = "booked"  # a time was chosen by key
    CALL_AGAIN = "call_again"  # will be called again soon
    IN_HAND = "in_hand"  # somebody was working on the case at that moment
    FINISHED = "finished"  # the case is closed
    DO_NOT_CALL = "do_not_call"  # wants no more calls
    TOLD = "told"  # belongs to no case, and heard who we are


CALLED_IN: Final = "The respondent called the call-back line."
CHOSE_LECT: Final = "The respondent chose this lect by key on the call-back line."
BOOKED: Final = "The respondent chose this time by key on the call-back line."
CALL_AGAIN: Final = "The respondent called back, and asked to be called again."
CHECKED: Final = "The respondent checked the call by its code on the call-back line, and it was confirmed."
STOPPED: Final = "The respondent asked on the call-back line not to be called again."


@dataclass(frozen=True)
class Caller:
    """Whoever called one of our numbers: the case is theirs by their number alone."""

    number_id: int | None = None
    campaign: Campaign | None = None
    case: Case | None = None
    phone_number_id: int | None = None


def find_caller(session: Session, called: str, caller: str | None, *, vault: Vault) -> Caller:
    """Match a call by the number that was called and, by its keyed hash, the one it came from (E.164, None withheld).

    Several campaigns may know the number: of those in the field that use the number that was called, one whose case
    is still open counts before the others, and the newest before older ones.
    """
    spellings = [called, called.removeprefix("+"), f"+{called.removeprefix('+')}"]
    number_id = session.scalar(_OUR_NUMBER, {"spellings": spellings})
    if number_id is None:
        return Caller()
    newest = session.scalars(_CAMPAIGNS, {"number_id": number_id}).first()
    if caller is None:
        return Caller(number_id, newest)
    wanted = {"number_id": number_id, "fingerprint": vault.fingerprint(caller)}
    found = session.execute(_CASES, wanted).one_or_none()
    if found is None:
        return Caller(number_id, newest)
    case, phone_number_id = found
    return Caller(number_id, session.get_one(Campaign, case.campaign_id), case, phone_number_id)


def begin_call(session: Session, call_id: str, caller: Caller, *, now: datetime) -> InboundCall:
    """Write down that a call came in."""
    call = InboundCall(
        call_id=call_id,
        caller_number_id=caller.number_id,
        campaign_id=caller.campaign.id if caller.campaign else None,
        case_id=caller.case.id if caller.case else None,
        phone_number_id=caller.phone_number_id,
        offered=[],
        times=[],
        silences=0,
        codes_tried=0,
        is_confirmed=False,
        result=Result.NO_CHOICE if caller.case else Result.TOLD,
        began_at=now,
    )
    session.add(call)
    session.flush()
    if caller.case is not None:
        _note(session, caller.case, "called_in", reason=CALLED_IN, now=now)
    return call


def locked_case(session: Session, case_id: int) -> Case:
    """Return a case, locked and as it is now."""
    return session.get_one(Case, case_id, with_for_update=True, populate_existing=True)


def declare_lect(session: Session, call: InboundCall, case: Case, *, lect: str, now: datetime) -> None:
    """Keep the lect that the respondent chose by key: their own word."""
    call.lect = lect
    kind, confidence = FactKind.DECLARED, OWN_WORD
    state_fact(session, case, kind, lect=lect, confidence=confidence, source=SOURCE, actor=RESPONDENT, now=now)
    _note(session, case, "chose_lect", reason=CHOSE_LECT, details={"lect": lect}, now=now)


def note_checked(session: Session, case: Case, *, now: datetime) -> None:
    """Note that the respondent made sure the call was ours."""
    _note(session, case, "checked", reason=CHECKED, now=now)


def book_by_key(session: Session, case: Case, starts_at: datetime, *, lect: str | None, now: datetime) -> None:
    """Book an exact time that was offered; the case, locked and held by nobody, waits for it."""
    _promise(session, case, AppointmentKind.HARD, starts_at=starts_at, lect=lect, now=now)
    details = {"starts_at": starts_at.isoformat(), "due_at": case.due_at.isoformat()}
    _note(session, case, "booked_by_key", reason=BOOKED, details=details, now=now)


def call_again(session: Session, case: Case, *, lect: str | None, now: datetime) -> None:
    """Let the case, locked and held by nobody, be called as soon as calls are allowed where the respondent lives."""
    campaign = session.get_one(Campaign, case.campaign_id)
    zone = session.get_one(Pool, case.pool_id).time_zone
    starts_at = rules_of(session, campaign).calling_hours.next_opening(now + SOON, zone)
    if open_appointment_of(session, case.id) is None:  # a time that was agreed on is worth more than "soon"
        _promise(session, case, AppointmentKind.SOFT, starts_at=starts_at, lect=lect, now=now)
    _note(session, case, "call_again", reason=CALL_AGAIN, details={"due_at": case.due_at.isoformat()}, now=now)


def forbid_caller(session: Session, case: Case | None, caller: str, *, vault: Vault, now: datetime) -> None:
    """Put the caller's own number on the do-not-call list, be it sampled or not, and close what waits for it."""
    if case is not None:
        _note(session, case, "stopped", reason=STOPPED, now=now)
    reason = "asked on the call-back line not to be called again"
    add_do_not_call(session, caller, reason, region="ZZ", vault=vault, added_by=None, now=now)
    close_cases_of(session, vault.fingerprint(caller), now=now)


def _promise(
    session: Session, case: Case, kind: AppointmentKind, *, starts_at: datetime, lect: str | None, now: datetime
) -> None:
    rules = rules_of(session, session.get_one(Campaign, case.campaign_id))
    earlier = open_appointment_of(session, case.id)
    if earlier is not None:
        earlier.superseded_at = now
        session.flush()
    session.add(
        Appointment(
            campaign_id=case.campaign_id,
            case_id=case.id,
            kind=kind,
            starts_at=starts_at,
            ends_at=min(starts_at + WISH_HOLDS, now + FARTHEST) if kind == AppointmentKind.SOFT else None,
            lect=lect,
            booked_by=None,
            booked_at=now,
        )
    )
    step_on(case, Move.PROMISE)
    case.due_at = max(ready_for(kind, starts_at, rules.appointments), now)
    case.priority = APPOINTMENT_LEVEL[kind] * LEVEL_STEP + case.priority % LEVEL_STEP
    case.ready_until, case.takes_partial = None, False
    case.partial_from = patience_ends(case.due_at, rules)
    move(session, case, Lead(lect))


def _note(
    session: Session, case: Case, kind: str, *, reason: str, details: Mapping[str, object] | None = None, now: datetime
) -> None:
    note_step(session, case, kind, actor=RESPONDENT, reason=reason, details=details, now=now)
    announce(session, campaign_topic(case.campaign_id))
