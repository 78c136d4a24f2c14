"""A field that closes leaves no case open, and nobody is called any more."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.service import close_campaign
from app.core.errors import ConflictError
from app.dialing import field_end
from app.dialing.appointments import IS_OPEN
from app.dialing.domain import CaseState
from app.dialing.explain import explain_case
from app.dialing.field_end import NEVER_CALLED, end_fields
from app.dialing.models import Appointment, Case, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.sentences import in_english
from app.dialing.supervision import call_now
from app.dialing.tick import tick
from app.dialing.trace import steps_of
from app.languages.domain import PUTONGHUA, Level
from app.staffing.service import certify
from app.telephony.domain import Ending
from tests.callers import AddCases, Caller

HOUR = timedelta(hours=1)


def close_field(caller: Caller) -> None:
    """Close the field, and let background work do its part."""
    close_campaign(caller.session, caller.survey.campaign, actor="person:1", now=caller.at)
    tick(caller.session, now=caller.at)


def outcomes(session: Session) -> dict[str | None, int]:
    counted = select(Case.outcome, func.count()).where(Case.state == CaseState.CLOSED).group_by(Case.outcome)
    return dict(session.execute(counted).all())


def wait_in(session: Session, case: Case, lect: str) -> None:
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, type(here)(**{**vars(here), "lect": lect}))


def test_a_case_that_was_never_called_was_not_attempted(ana_calls: Caller, case: Case) -> None:
    close_field(ana_calls)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.CLOSED, "not_attempted", ana_calls.at)
    last = steps_of(ana_calls.session, case.id)[-1]
    assert (last.kind, last.actor, last.reason) == ("closed", "system", NEVER_CALLED)
    assert ana_calls.survey.campaign.settled_at == ana_calls.at


def test_a_case_that_was_called_ends_with_its_most_telling_call(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "call_later")
    ana_calls.wait(HOUR * 4)
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    close_field(ana_calls)
    assert (case.state, case.outcome) == (CaseState.CLOSED, "call_later")


def test_a_lect_that_was_stated_and_nobody_serves_is_want_of_staff(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    stated, guessed = add_cases("苗语", "")
    wait_in(session, guessed, "hmn")
    close_field(ana_calls)
    assert (stated.outcome, guessed.outcome) == ("no_interviewer", "not_attempted")


def test_a_lect_that_is_served_in_part_is_no_want_of_staff(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    [case] = add_cases("粤语")
    certify(session, ana_calls.person.id, {"yue": Level.CONVERSES, PUTONGHUA: Level.INTERVIEWS})
    close_field(ana_calls)
    assert case.outcome == "not_attempted"


def test_who_was_heard_to_speak_a_lect_that_nobody_does_ends_for_want_of_staff(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "other_lect", lect="hmn")
    close_field(ana_calls)
    assert case.outcome == "no_interviewer"


def test_whoever_matched_and_has_left_since_was_no_want_of_staff(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    [case] = add_cases("粤语")
    ana_calls.wait(HOUR)
    ana_calls.call(ana_calls.take(), Ending.NO_ANSWER)
    ana_calls.code(case, "no_answer")
    certify(session, ana_calls.person.id, {})
    close_field(ana_calls)
    assert case.outcome == "no_answer"


def test_a_held_case_ends_once_its_holder_has_coded_it(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    close_field(ana_calls)
    assert (case.state, ana_calls.survey.campaign.settled_at) == (CaseState.HELD, None)
    ana_calls.code(case, "call_later")
    ana_calls.wait(timedelta(seconds=10))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "call_later")
    assert ana_calls.survey.campaign.settled_at == ana_calls.at


def test_a_case_whose_holder_vanished_ends_too(ana_calls: Caller, case: Case) -> None:
    ana_calls.take()
    close_field(ana_calls)
    ana_calls.wait(timedelta(minutes=16))
    assert (case.state, case.outcome) == (CaseState.CLOSED, "not_attempted")


def test_one_transaction_ends_no_more_than_a_batch(
    ana_calls: Caller, session: Session, add_cases: AddCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_end, "BATCH", 2)
    add_cases(*[""] * 5)
    close_field(ana_calls)
    assert outcomes(session) == {"not_attempted": 2}
    assert [end_fields(session, now=ana_calls.at) for _ in range(3)] == [2, 1, 0]
    assert ana_calls.survey.campaign.settled_at == ana_calls.at


def test_a_settled_field_and_an_open_one_are_left_alone(ana_calls: Caller, session: Session, case: Case) -> None:
    assert end_fields(session, now=ana_calls.at) == 0
    assert case.state == CaseState.READY
    close_field(ana_calls)
    assert end_fields(session, now=ana_calls.at + HOUR) == 0
    assert ana_calls.survey.campaign.settled_at == ana_calls.at


def test_no_appointment_outlives_the_field(ana_calls: Caller, session: Session, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    booked = ana_calls.book(case, HOUR)
    ana_calls.code(case, "appointment")
    close_field(ana_calls)
    assert (case.outcome, booked.superseded_at) == ("appointment", ana_calls.at)
    assert session.scalars(select(Appointment).where(IS_OPEN)).all() == []


def test_nothing_is_called_after_the_close(ana_calls: Caller, add_cases: AddCases) -> None:
    add_cases("", "")
    held = ana_calls.take()
    waiting = next(case for case in ana_calls.survey.cases() if case.id != held.id)
    close_field(ana_calls)
    for forbidden in (
        ana_calls.take,
        lambda: ana_calls.dial(held),
        lambda: call_now(ana_calls.session, ana_calls.survey.campaign, waiting.id, actor="person:1", now=ana_calls.at),
    ):
        with pytest.raises(ConflictError):
            forbidden()
    ana_calls.give_back(held)
    ana_calls.wait(HOUR)
    assert {case.outcome for case in ana_calls.survey.cases()} == {"not_attempted"}


def test_no_time_is_promised_after_the_close(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    close_field(ana_calls)
    with pytest.raises(ConflictError, match="nobody would keep the appointment"):
        ana_calls.book(case, HOUR)


def test_a_case_that_is_still_open_says_what_becomes_of_it(ana_calls: Caller, session: Session, case: Case) -> None:
    close_campaign(session, ana_calls.survey.campaign, actor="person:1", now=ana_calls.at)
    told = explain_case(session, case, now=ana_calls.at)
    assert "background work gives it its final outcome" in in_english(told.next_step)


@pytest.mark.parametrize("code", ["not_attempted", "no_interviewer"])
def test_nobody_codes_what_only_the_program_gives(ana_calls: Caller, case: Case, code: str) -> None:
    ana_calls.call(ana_calls.take())
    with pytest.raises(ConflictError, match="Nobody codes this outcome"):
        ana_calls.code(case, code)
