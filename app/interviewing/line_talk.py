"""One call on the call-back line: what each key does, to the case and to what is heard next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.line_texts import Phrase
from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.core.privacy import Vault
from app.dialing.call_backs import (
    Result,
    book_by_key,
    call_again,
    declare_lect,
    forbid_caller,
    locked_case,
    note_checked,
)
from app.dialing.codes import code_of, read_code
from app.dialing.domain import CaseState
from app.dialing.models import Case, Pool
from app.dialing.offered_times import offered_times
from app.dialing.taking_up import may_be_taken_up, take_up
from app.dialing.verification import TooManyInquiriesError, check_code
from app.interviewing.line_menu import AGAIN_KEY, CHECK_KEY, STOP_KEY, Menu
from app.interviewing.putting_through import Taken, put_through
from app.telephony.inbound.domain import Act, Joined, Said, Step
from app.telephony.inbound.models import InboundCall

MOST_CODES: Final = 3  # in one call
PATIENCE: Final = 2  # so often nothing, or nothing useful, is pressed
Answered = tuple[Sequence[Act], Taken | None]


@dataclass(frozen=True)
class Talk:
    """One call so far, locked; `caller` is the number in clear, which is used and never kept."""

    session: Session
    call: InboundCall
    menu: Menu
    caller: str | None
    vault: Vault
    needs_line: bool
    now: datetime
    takes_calls: bool = True  # calls can be brought to interviewers; where they dial by hand they cannot

    def hear(self, step: Step, keys: str) -> Answered:
        """Act on what was pressed, and return what is heard next, with the attempt where an interviewer takes it."""
        if step == Step.CALL:
            return [self._greeting()], None
        if step == Step.CODE:
            return [self._check(keys)], None
        if step == Step.FORBID:
            return [self._forbid() if keys == STOP_KEY else self._greeting()], None
        return self._choose_time(keys) if step == Step.TIME else self._choose(keys)

    @property
    def _case(self) -> Case | None:
        return self.session.get(Case, self.call.case_id) if self.call.case_id else None

    @property
    def _is_open(self) -> bool:
        case = self._case
        return case is not None and (case.state != CaseState.CLOSED or may_be_taken_up(self.session, case))

    def _greeting(self) -> Act:
        if self.menu.campaign is None:
            return self.menu.ask_again(self.menu.say(Phrase.UNNAMED))
        phrase = Phrase.OPENING if self._is_open else Phrase.GENERAL
        return self.menu.greet(phrase, offers_lects=self._is_open)

    def _choose(self, keys: str) -> Answered:
        lects = self.call.offered if self._is_open else []
        if keys == CHECK_KEY:
            return [self.menu.ask_code()], None
        if keys == STOP_KEY and self.caller is not None:
            return [self.menu.confirm_stop()], None
        if keys.isdecimal() and 0 < int(keys) <= len(lects):
            return self._put_through(lects[int(keys) - 1])
        self.call.silences += 1
        if self.call.silences < PATIENCE or keys == AGAIN_KEY:
            return [self._greeting()], None
        return [self._leave()], None

    def _put_through(self, lect: str) -> Answered:
        case = self._case
        if case is None:
            return [self._leave()], None
        taken = self._taken(case, lect)
        menu = replace(self.menu, lect=lect)
        if taken is not None:
            return self._joined(menu, taken)
        return [self._in_hand(menu) if case.state == CaseState.HELD else self._offer(menu, case)], None

    def _taken(self, case: Case, lect: str) -> Taken | None:
        if not self.takes_calls:
            take_up(self.session, locked_case(self.session, case.id), now=self.now)
            declare_lect(self.session, self.call, case, lect=lect, now=self.now)
            return None
        return put_through(self.session, self.call, case, lect=lect, needs_line=self.needs_line, now=self.now)

    def _joined(self, menu: Menu, taken: Taken) -> Answered:
        self.call.result = Result.CONNECTED
        return [menu.say(Phrase.CONNECTING), Joined(taken.room, str(taken.attempt_id))], taken

    def _in_hand(self, menu: Menu) -> Said:
        self.call.result = Result.IN_HAND
        return menu.say(Phrase.IN_HAND)

    def _offer(self, menu: Menu, case: Case) -> Act:
        zone = self.session.get_one(Pool, case.pool_id).time_zone
        hours = rules_of(self.session, self.session.get_one(Campaign, case.campaign_id)).calling_hours
        times = offered_times(hours, zone, now=self.now)
        self.call.times = [at.isoformat() for at in times]
        return menu.offer(times, time_zone=zone, now=self.now)

    def _choose_time(self, keys: str) -> Answered:
        case = locked_case(self.session, self.call.case_id) if self.call.case_id else None
        if case is None or case.state == CaseState.CLOSED:
            return [self._leave()], None
        if case.state == CaseState.HELD:
            return [self._in_hand(self.menu)], None
        times = [datetime.fromisoformat(at) for at in self.call.times]
        if keys.isdecimal() and 0 < int(keys) <= len(times) and times[int(keys) - 1] > self.now:
            return [self._book(case, times[int(keys) - 1])], None
        self.call.silences += 1
        if keys != str(len(times) + 1) and self.call.silences < PATIENCE:
            return [self._offer(self.menu, case)], None
        return [self._leave()], None

    def _book(self, case: Case, at: datetime) -> Said:
        book_by_key(self.session, case, at, lect=self.call.lect, now=self.now)
        self.call.result = Result.BOOKED
        return self.menu.say_time(Phrase.BOOKED, at, time_zone=self._zone(case), now=self.now)

    def _zone(self, case: Case) -> str:
        return self.session.get_one(Pool, case.pool_id).time_zone

    def _leave(self) -> Said:
        """Say goodbye; whoever belongs to an open case, and let it be, is called again."""
        if self.call.case_id is None:
            return self.menu.say(Phrase.GOODBYE)
        case = locked_case(self.session, self.call.case_id)
        take_up(self.session, case, now=self.now)
        if case.state == CaseState.CLOSED:
            self.call.result = Result.FINISHED
            return self.menu.say(Phrase.FINISHED)
        if case.state == CaseState.HELD:
            return self._in_hand(self.menu)
        call_again(self.session, case, lect=self.call.lect, now=self.now)
        self.call.result = Result.CALL_AGAIN
        return self.menu.say(Phrase.LATER)

    def _check(self, keys: str) -> Act:
        """Say whether a code is one of ours, under the limits of the public page and to nobody more often."""
        if self.call.codes_tried >= MOST_CODES:
            return self.menu.say(Phrase.TOO_MANY)
        self.call.codes_tried += 1
        address = f"telephone/{self.caller or 'withheld'}"
        try:
            survey = check_code(self.session, keys, address=address, vault=self.vault, now=self.now)
        except TooManyInquiriesError:
            return self.menu.say(Phrase.TOO_MANY)
        if survey is None:
            return self.menu.ask_code(self.menu.say(Phrase.CODE_WRONG))
        self.call.is_confirmed = True
        if self.call.case_id is not None and code_of(self.session, self.call.case_id) == read_code(keys):
            note_checked(self.session, self.session.get_one(Case, self.call.case_id), now=self.now)
        named = {"organisation": survey.organisation_zh, "organisation_en": survey.organisation_en}
        named |= {"survey": survey.survey_zh, "survey_en": survey.survey_en}
        return self.menu.ask_again(self.menu.say(Phrase.CODE_RIGHT, **{k: v for k, v in named.items() if v}))

    def _forbid(self) -> Act:
        if self.caller is None:
            return self._greeting()
        forbid_caller(self.session, self._case, self.caller, vault=self.vault, now=self.now)
        self.call.result = Result.DO_NOT_CALL
        return self.menu.say(Phrase.STOPPED)
