"""A supervisor closes a lect that nobody serves, with a reason, and opens it again when somebody is found."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import grant_role
from app.audit.models import AuditEntry
from app.campaigns.service import close_campaign
from app.core.errors import ConflictError, InvalidInputError
from app.dialing import want_of_staff
from app.dialing.appointments import IS_OPEN
from app.dialing.domain import Arm, CaseState, Priority
from app.dialing.models import Appointment, Case, LectClosure, Pool
from app.dialing.pools import conditions_of, pool_for
from app.dialing.queue import NoCaseDueError
from app.dialing.score import take_apart
from app.dialing.supply import Gap
from app.dialing.trace import steps_of
from app.dialing.unstaffed import unstaffed_lects
from app.dialing.want_of_staff import close_for_want_of_staff, closures_of, reopen_closure
from app.languages.domain import PUTONGHUA, Level
from app.sampling.contacts import add_do_not_call
from app.staffing.models import Shift
from app.staffing.service import certify
from tests.callers import NUMBERS, AddCases, Caller

SUE = "person:1"
HOUR = timedelta(hours=1)


def give_up(caller: Caller, lect: str, reason: str = "Nobody can be found.") -> LectClosure:
    return close_for_want_of_staff(
        caller.session, caller.survey.campaign, lect, reason=reason, actor=SUE, now=caller.at
    )


def take_back(caller: Caller, closure: LectClosure, reason: str = "Somebody was found.") -> LectClosure:
    return reopen_closure(caller.session, caller.survey.campaign, closure.id, reason=reason, actor=SUE, now=caller.at)


def acts(session: Session, act: str) -> int:
    return session.scalar(select(func.count()).where(AuditEntry.act == act)) or 0


def move_to(session: Session, case: Case, **conditions: object) -> None:
    here = conditions_of(session.get_one(Pool, case.pool_id))
    case.pool_id = pool_for(session, type(here)(**{**vars(here), **conditions}))
    session.flush()


def place_shift(caller: Caller, person: Person, *, after: timedelta = HOUR) -> None:
    starts_at = caller.at + after
    shift = Shift(campaign_id=caller.survey.campaign.id, person_id=person.id, starts_at=starts_at,
                  ends_at=starts_at + HOUR * 4)  # fmt: skip
    caller.session.add(shift)
    caller.session.flush()


@pytest.fixture
def ana_lacks_cantonese(ana_calls: Caller, session: Session) -> None:
    certify(session, ana_calls.person.id, {"yue": Level.CONVERSES, PUTONGHUA: Level.INTERVIEWS})


def test_lects_that_nobody_is_certified_for_are_named_with_their_cases(
    ana_lacks_cantonese: None, ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    add_cases("粤语", "粤语", "苗语", "普通话", "")
    found = unstaffed_lects(session, ana_calls.survey.campaign, now=ana_calls.at)
    told = [(one.lect, one.cases, one.lack.gap, one.lack.partial) for one in found]
    assert told == [("yue", 2, Gap.NOBODY_CERTIFIED, 1), ("hmn", 1, Gap.NOBODY_CERTIFIED, 0)]


def test_a_roster_without_a_speaker_leaves_a_lect_unserved(
    ana_calls: Caller, bao_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    add_cases("粤语", "壮语")
    campaign = ana_calls.survey.campaign
    assert unstaffed_lects(session, campaign, now=ana_calls.at) == ()  # nobody keeps a roster, so it proves nothing
    place_shift(ana_calls, ana_calls.person)
    [found] = unstaffed_lects(session, campaign, now=ana_calls.at)
    assert (found.lect, found.lack.gap, found.lack.certified) == ("za", Gap.NOBODY_ROSTERED, 1)
    place_shift(bao_calls, bao_calls.person, after=timedelta(days=40))
    assert unstaffed_lects(session, campaign, now=ana_calls.at) == ()


def test_its_open_cases_close_and_others_stay(
    ana_lacks_cantonese: None, ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    spoken, missing = add_cases("普通话", "粤语")
    closure = give_up(ana_calls, "粤语")
    assert (missing.state, missing.outcome, spoken.state) == (CaseState.CLOSED, "no_interviewer", CaseState.READY)
    assert (closure.state, closure.closed_cases) == ("closed", 1)
    last = steps_of(session, missing.id)[-1]
    assert (last.kind, last.actor, last.details["why"]) == ("closed", SUE, "Nobody can be found.")
    assert acts(session, "cases.closed_for_want_of_staff") == 1


def test_a_more_telling_outcome_is_not_written_over(ana_calls: Caller, session: Session, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "refused_soft")
    move_to(session, case, lect="hmn")
    give_up(ana_calls, "hmn")
    assert (case.state, case.outcome) == (CaseState.CLOSED, "refused_soft")


def test_a_barrier_that_was_coded_before_gives_way_to_its_cause(ana_calls: Caller, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "other_lect", lect="hmn")
    give_up(ana_calls, "hmn")
    assert case.outcome == "no_interviewer"


def test_many_cases_are_closed_batch_by_batch(
    ana_calls: Caller, session: Session, add_cases: AddCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(want_of_staff, "BATCH", 2)
    cases = add_cases(*["苗语"] * 5)
    closure = give_up(ana_calls, "hmn")
    assert (closure.state, closure.closed_cases) == ("closing", 2)
    for _ in range(2):
        ana_calls.wait(timedelta(seconds=10))
    assert (closure.state, closure.closed_cases) == ("closed", 5)
    assert {case.outcome for case in cases} == {"no_interviewer"}


@pytest.mark.parametrize("lect", ["粤语", "壮语"])
def test_a_lect_that_is_served_or_waited_for_by_nobody_is_not_given_up(
    ana_calls: Caller, add_cases: AddCases, lect: str
) -> None:
    add_cases("粤语")
    with pytest.raises(ConflictError, match="serves this lect, or no case waits"):
        give_up(ana_calls, lect)


def test_speakers_of_another_campaign_do_not_count(
    ana_lacks_cantonese: None, ana_calls: Caller, session: Session, zoe: Person, add_cases: AddCases
) -> None:
    certify(session, zoe.id, {"yue": Level.INTERVIEWS})
    add_cases("粤语")
    assert [one.lect for one in unstaffed_lects(session, ana_calls.survey.campaign, now=ana_calls.at)] == ["yue"]
    grant_role(session, zoe, Role.INTERVIEWER, campaign_id=ana_calls.survey.campaign.id, now=ana_calls.at)
    with pytest.raises(ConflictError):
        give_up(ana_calls, "粤语")


def test_cases_on_a_screen_of_the_random_arm_or_kept_for_somebody_stay(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    held, random, kept, given_up = add_cases("普通话", "苗语", "苗语", "苗语")
    assert ana_calls.take() is held
    move_to(session, held, lect="hmn")
    move_to(session, random, arm=Arm.RANDOM)
    move_to(session, kept, person_id=ana_calls.person.id)
    assert give_up(ana_calls, "苗语").closed_cases == 1
    states = [case.state for case in (held, random, kept, given_up)]
    assert states == [CaseState.HELD, CaseState.READY, CaseState.READY, CaseState.CLOSED]


def test_unknown_lects_lack_no_staff(ana_calls: Caller) -> None:
    with pytest.raises(InvalidInputError) as refused:
        give_up(ana_calls, "und")
    assert [fault.where for fault in refused.value.faults] == ["lect"]


def test_without_a_reason_nothing_is_given_up(ana_calls: Caller, add_cases: AddCases) -> None:
    [case] = add_cases("苗语")
    with pytest.raises(InvalidInputError) as refused:
        give_up(ana_calls, "hmn", reason=" ")
    assert [fault.where for fault in refused.value.faults] == ["reason"]
    assert case.state == CaseState.READY


def test_opened_again_a_case_is_what_it_was(ana_calls: Caller, session: Session, case: Case) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.code(case, "silent_pickup")
    move_to(session, case, lect="hmn")
    before = case.priority, case.due_at, case.attempts_counted
    closure = give_up(ana_calls, "hmn")
    take_back(ana_calls, closure)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.WAITING, "silent_pickup", None)
    assert (case.priority, case.due_at, case.attempts_counted) == before
    assert (closure.state, closure.reopened_cases) == ("reopened", 1)
    assert steps_of(session, case.id)[-1].kind == "reopened"
    assert acts(session, "cases.reopened") == 1


def test_opened_again_a_case_goes_to_whoever_was_found(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    [case] = add_cases("苗语")
    closure = give_up(ana_calls, "hmn")
    with pytest.raises(NoCaseDueError):
        ana_calls.take()
    certify(session, ana_calls.person.id, {"hmn": Level.INTERVIEWS})
    take_back(ana_calls, closure)
    ana_calls.wait(timedelta(seconds=10))
    assert ana_calls.take() is case


def test_an_appointment_that_ended_with_its_case_is_not_revived(
    ana_calls: Caller, session: Session, case: Case
) -> None:
    ana_calls.call(ana_calls.take())
    ana_calls.book(case, HOUR, lect="hmn")
    ana_calls.code(case, "appointment")
    take_back(ana_calls, give_up(ana_calls, "hmn"))
    assert session.scalars(select(Appointment).where(IS_OPEN)).all() == []
    assert take_apart(case.priority).level == Priority.SCORED


def test_a_number_that_may_not_be_called_any_more_stays_closed(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    [case] = add_cases("苗语")
    closure = give_up(ana_calls, "hmn")
    add_do_not_call(session, NUMBERS[0], "asked", region="CN", vault=ana_calls.survey.vault, added_by=None,
                    now=ana_calls.at)  # fmt: skip
    take_back(ana_calls, closure)
    assert (case.state, closure.state, closure.reopened_cases) == (CaseState.CLOSED, "reopened", 0)


def test_a_closure_is_taken_back_once_and_only_while_the_field_is_open(
    ana_calls: Caller, session: Session, add_cases: AddCases
) -> None:
    add_cases("苗语")
    closure = give_up(ana_calls, "hmn")
    take_back(ana_calls, closure)
    with pytest.raises(ConflictError, match="already"):
        take_back(ana_calls, closure)
    again = give_up(ana_calls, "hmn")
    assert closures_of(session, ana_calls.survey.campaign.id) == [again, closure]
    close_campaign(session, ana_calls.survey.campaign, actor=SUE, now=ana_calls.at)
    with pytest.raises(ConflictError, match="not open"):
        take_back(ana_calls, again)


def test_a_field_that_closes_ends_what_was_under_way(
    ana_calls: Caller, session: Session, add_cases: AddCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(want_of_staff, "BATCH", 2)
    cases = add_cases(*["苗语"] * 3)
    closure = give_up(ana_calls, "hmn")
    close_campaign(session, ana_calls.survey.campaign, actor=SUE, now=ana_calls.at)
    ana_calls.wait(timedelta(seconds=10))
    assert (closure.state, closure.closed_cases) == ("closed", 2)
    assert [case.outcome for case in cases] == ["no_interviewer"] * 3


def test_what_was_called_before_a_closure_is_opened_in_batches(
    ana_calls: Caller, add_cases: AddCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = add_cases(*["苗语"] * 3)
    closure = give_up(ana_calls, "hmn")
    monkeypatch.setattr(want_of_staff, "BATCH", 2)
    take_back(ana_calls, closure)
    assert (closure.state, closure.reopened_cases) == ("reopening", 2)
    ana_calls.wait(timedelta(seconds=10))
    assert (closure.state, closure.reopened_cases) == ("reopened", 3)
    assert CaseState.CLOSED not in {case.state for case in cases}
