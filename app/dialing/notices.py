"""Tell people by message that they will be called: once, in time, and never so that a case waits for ever.

A case that is to be told waits from the day it is made. Its notice is sent when its turn is near; it may be called a
while after the message is out, at once when none can be had, and in any case when its wait is over: the time until
which a case waits is its due time, so the scheduler lets it go whatever becomes of messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from app.campaigns.domain import CampaignState
from app.campaigns.identity import identity_of
from app.campaigns.models import Campaign
from app.campaigns.notices import Words, texts_of
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import Rules
from app.campaigns.service import lects_of_campaign
from app.campaigns.slots import filled
from app.core.privacy import Vault
from app.dialing.codes import code_of, spaced
from app.dialing.domain import CaseState
from app.dialing.models import Attempt, Case, Notice, Pool
from app.dialing.notice_ends import MOST_TRIES, TRY_AGAIN, NoticeState, Skip, skip_notice
from app.dialing.number_health import choose
from app.dialing.numbers import standings_of
from app.dialing.release import patience_ends
from app.dialing.trace import note_step
from app.languages.numbers import NumberKind
from app.sampling.contacts import is_do_not_call, numbers_of, wants_no_messages
from app.sampling.models import PhoneNumber
from app.telephony.messages import MessageOrder
from app.telephony.models import MessageRequest

BATCH: Final = 50
PUSHED: Final = 2_000
TOLD: Final = "A message tells the respondent that a call will come."


@dataclass(frozen=True)
class Ready:
    """What a notice needs beside its case: the campaign's texts, its rules, and who calls."""

    campaign: Campaign
    rules: Rules
    texts: Sequence[Words]
    order: Sequence[str]  # the lects as the campaign's plan orders them
    sender: str | None
    address: str


def plan_notices(session: Session, campaign: Campaign, case_ids: Sequence[int], *, now: datetime) -> None:
    """Let new cases wait for their notice."""
    if not case_ids:
        return
    rules = rules_of(session, campaign)
    until = now + timedelta(minutes=rules.measures.notice_wait_minutes)
    rows = [
        {
            "case_id": case_id,
            "campaign_id": campaign.id,
            "state": NoticeState.PLANNED,
            "not_before": now,
            "waits_until": until,
        }
        for case_id in case_ids
    ]
    session.execute(insert(Notice), rows)
    _let_wait(session, case_ids, until, rules=rules)


def _let_wait(session: Session, case_ids: Sequence[int], until: datetime, *, rules: Rules) -> None:
    waiting = {"state": CaseState.WAITING, "due_at": until, "partial_from": patience_ends(until, rules)}
    for start in range(0, len(case_ids), PUSHED):
        some = Case.id.in_(case_ids[start : start + PUSHED])
        untouched = Case.state.in_((CaseState.READY, CaseState.WAITING))
        session.execute(
            update(Case).where(some, untouched).values(waiting).execution_options(synchronize_session=False)
        )


def keep_places(session: Session, *, now: datetime) -> int:
    """Let cases whose turn to be told has not come wait on; without this, each waits no longer than the rules say."""
    kept = 0
    for campaign in _in_the_field(session):
        rules = rules_of(session, campaign)
        wait = timedelta(minutes=rules.measures.notice_wait_minutes)
        near = select(Notice).where(
            Notice.campaign_id == campaign.id, Notice.state == NoticeState.PLANNED, Notice.waits_until < now + wait / 2
        )
        notices = session.scalars(near.limit(PUSHED).with_for_update(skip_locked=True)).all()
        waiting = select(Case.id).where(
            Case.id.in_([notice.case_id for notice in notices]), Case.state == CaseState.WAITING, Case.due_at > now
        )
        still = set(session.scalars(waiting.with_for_update(skip_locked=True)))
        for notice in notices:
            notice.waits_until = now + wait
        session.flush()
        _let_wait(session, sorted(still), now + wait, rules=rules)
        kept += len(still)
    return kept


def due_orders(session: Session, vault: Vault, *, address: str, now: datetime) -> list[MessageOrder]:
    """Write down the notices whose turn it is, or why there is none, and return the messages to ask for."""
    orders = []
    for campaign in _in_the_field(session):
        ready = _ready(session, campaign, address=address, now=now)
        room = ready.rules.measures.notice_ahead - _told_and_not_called(session, campaign.id)
        for notice in _next_planned(session, campaign.id, most=min(BATCH, room), now=now):
            order = _decide(session, notice, ready, vault=vault, now=now)
            if order is not None:
                orders.append(order)
    return orders


def _in_the_field(session: Session) -> Sequence[Campaign]:
    planned = exists().where(Notice.campaign_id == Campaign.id, Notice.state == NoticeState.PLANNED)
    return session.scalars(
        select(Campaign).where(Campaign.state == CampaignState.OPEN, planned).order_by(Campaign.id)
    ).all()


def _ready(session: Session, campaign: Campaign, *, address: str, now: datetime) -> Ready:
    healthy = choose(standings_of(session, campaign, now=now))
    return Ready(
        campaign,
        rules_of(session, campaign),
        texts_of(session, campaign.id),
        [row.lect for row in lects_of_campaign(session, campaign.id)],
        healthy.number if healthy else None,
        address,
    )


def _told_and_not_called(session: Session, campaign_id: int) -> int:
    called = exists().where(Attempt.case_id == Notice.case_id)
    told = (
        select(func.count())
        .select_from(Notice)
        .join(Case, Case.id == Notice.case_id)
        .where(
            Notice.campaign_id == campaign_id,
            Notice.state == NoticeState.ASKED,
            Case.state != CaseState.CLOSED,
            ~called,
        )
    )
    return session.scalar(told) or 0


def _next_planned(session: Session, campaign_id: int, *, most: int, now: datetime) -> Sequence[Notice]:
    """Return those whose cases come first, where messages may be sent at this hour: the hours of calls."""
    wanted = (
        select(Notice)
        .join(Case, Case.id == Notice.case_id)
        .join(Pool, Pool.id == Case.pool_id)
        .where(
            Notice.campaign_id == campaign_id,
            Notice.state == NoticeState.PLANNED,
            Notice.not_before <= now,
            Pool.is_open,
        )
        .order_by(Case.priority.desc(), Case.id)
        .limit(max(most, 0))
        .with_for_update(of=Notice, skip_locked=True)
    )
    return session.scalars(wanted).all()


def _decide(session: Session, notice: Notice, ready: Ready, *, vault: Vault, now: datetime) -> MessageOrder | None:
    case = session.get_one(Case, notice.case_id, with_for_update=True, populate_existing=True)
    number = next(iter(numbers_of(session, case.sample_unit_id)))
    texts = _texts_for(case.lect, ready)
    skip = _reason_to_skip(session, case, number, has_text=bool(texts))
    if skip is None and ready.sender is None:
        _later(session, notice, case, ready=ready, reason=Skip.NO_NUMBER, now=now)
        return None
    if skip is not None:
        skip_notice(session, notice, case, reason=skip, rules=ready.rules, now=now)
        return None
    return _ask(session, notice, case, number=number, ready=ready, texts=texts, vault=vault, now=now)


def _reason_to_skip(session: Session, case: Case, number: PhoneNumber, *, has_text: bool) -> Skip | None:
    if case.state != CaseState.WAITING or session.scalar(select(exists().where(Attempt.case_id == case.id))):
        return Skip.CALLED_FIRST
    if is_do_not_call(session, case.sample_unit_id):
        return Skip.NOT_CALLED
    if number.kind == NumberKind.FIXED:
        return Skip.LANDLINE
    if wants_no_messages(session, number.fingerprint):
        return Skip.OPTED_OUT
    return None if has_text else Skip.NO_TEXT


def _texts_for(lect: str, ready: Ready) -> list[Words]:
    """Return the texts in the case's lect, in every script; else those of the first lect that has any."""
    for wanted in (lect, *ready.order):
        found = [words for words in ready.texts if words.lect == wanted]
        if found:
            return found
    return list(ready.texts[:1])


def _ask(
    session: Session, notice: Notice, case: Case, *, number: PhoneNumber, ready: Ready, texts: Sequence[Words],
    vault: Vault, now: datetime,
) -> MessageOrder:  # fmt: skip
    wait = timedelta(minutes=ready.rules.measures.notice_wait_minutes)
    notice.state, notice.asked_at, notice.tries = NoticeState.ASKED, now, notice.tries + 1
    notice.phone_number_id, notice.lect = number.id, texts[0].lect
    notice.texts = [[words.script, words.version] for words in texts]
    notice.waits_until = case.due_at = now + wait
    session.flush()
    details = {"lect": texts[0].lect, "texts": notice.texts, "try": notice.tries}
    note_step(session, case, "notice_asked", actor="system", reason=TOLD, details=details, now=now)
    text = message_text(session, case, ready=ready, texts=texts)
    return MessageOrder(notice.id, vault.decrypt(number.ciphertext), ready.sender or "", text)


def message_text(session: Session, case: Case, *, ready: Ready, texts: Sequence[Words]) -> str:
    """Return the words that one case gets, one script below the other."""
    about, code = identity_of(session, ready.campaign), code_of(session, case.id) or ""
    values: Mapping[str, str] = {
        "organisation": about.organisation_zh,
        "organisation_en": about.organisation_en,
        "survey": about.survey_zh,
        "survey_en": about.survey_en,
        "number": ready.sender or "",
        "address": ready.address,
        "code": spaced(code),
    }
    return "\n".join(filled(words.text, values) for words in texts)


def order_again(session: Session, notice_id: int, vault: Vault) -> MessageOrder:
    """Return what a message was asked for, to ask about it; the words play no part in that."""
    notice, request = session.get_one(Notice, notice_id), session.get_one(MessageRequest, notice_id)
    number = session.get_one(PhoneNumber, notice.phone_number_id)
    return MessageOrder(notice_id, vault.decrypt(number.ciphertext), request.sender, "")


def _later(session: Session, notice: Notice, case: Case, *, ready: Ready, reason: Skip, now: datetime) -> None:
    notice.tries += 1
    notice.not_before = now + TRY_AGAIN
    if notice.tries >= MOST_TRIES:
        skip_notice(session, notice, case, reason=reason, rules=ready.rules, now=now)
    session.flush()
