"""The call-back line: whoever was called hears who it was, and is put through, booked, called again or spared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.core.db import SessionFactory
from app.core.errors import InvalidInputError
from app.core.privacy import Vault
from app.dialing.call_backs import Caller, begin_call, find_caller
from app.dialing.calls import deliver_events
from app.interviewing.line_menu import Menu, lects_to_offer
from app.interviewing.line_talk import Talk
from app.interviewing.putting_through import Taken, taken_of
from app.languages.numbers import read_number
from app.telephony.gateway import Gateway
from app.telephony.inbound.domain import Act, Heard, shown_number
from app.telephony.inbound.kept import answer_to, keep_answer, keep_report, locked_call, reports_of
from app.telephony.inbound.models import InboundCall

# One report of a call is answered at a time, also before there is a row to lock.
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:call_id, 0))")


@dataclass(frozen=True)
class CallBackLine:
    """Answers what callers do; `write` makes the document of what they hear and of the number of the question."""

    make_session: SessionFactory
    gateway: Gateway
    vault: Vault
    region: str
    write: Callable[[Sequence[Act], int], str]

    def hear(self, heard: Heard, fields: Mapping[str, str], *, now: datetime) -> str:
        """Keep the report, act on it once, and return the document; the same report again gets the same one."""
        with self.make_session() as session, session.begin():
            keep_report(session, heard, fields, now=now)
        with self.make_session() as session, session.begin():
            session.execute(_ONE_AT_A_TIME, {"call_id": heard.call_id})
            document = answer_to(session, heard.token)
            if document is not None:
                taken = taken_of(session, heard.call_id)
            else:
                acts, taken = self._talk(session, heard, now=now).hear(heard.step, heard.keys)
                document = self.write(acts, reports_of(session, heard.call_id))
                keep_answer(session, heard.token, document, now=now)
        if taken is not None:
            # Also for a report that comes again: whoever answered it first may have died before this.
            self._put_through(heard.call_id, taken, now=now)
        return document

    def _put_through(self, call_id: str, taken: Taken, *, now: datetime) -> None:
        self.gateway.adopt(attempt_id=taken.attempt_id, call_id=call_id, room=taken.room, now=now)
        deliver_events(self.make_session, self.gateway, now=now, attempt_id=taken.attempt_id)

    def _talk(self, session: Session, heard: Heard, *, now: datetime) -> Talk:
        number = self._number(heard.caller)
        call = locked_call(session, heard.call_id)
        if call is None:
            caller = find_caller(session, heard.called, number, vault=self.vault)
            call = begin_call(session, heard.call_id, caller, now=now)
            call.offered = _offered(session, caller)
        campaign = session.get(Campaign, call.campaign_id) if call.campaign_id else None
        menu = Menu(session, campaign, call.offered, call.lect, number is not None)
        return Talk(session, call, menu, number, self.vault, self.gateway.needs_line, now, not self.gateway.is_by_hand)

    def _number(self, caller: str) -> str | None:
        """Return the caller's number in E.164, None where it is withheld or no telephone has it."""
        shown = shown_number(caller)
        if shown is None:
            return None
        try:
            return read_number(shown, region=self.region).e164
        except InvalidInputError:
            return None


def end_call(session: Session, call_id: str, *, now: datetime) -> InboundCall | None:
    """Note that a call that came in is over; None for one that never came in."""
    call = locked_call(session, call_id)
    if call is not None and call.ended_at is None:
        call.ended_at = now
    return call


def _offered(session: Session, caller: Caller) -> list[str]:
    return lects_to_offer(session, caller.campaign, caller.case) if caller.campaign else []
