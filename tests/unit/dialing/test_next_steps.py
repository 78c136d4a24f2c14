"""What an outcome makes of a case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.domain import Action, CallingHours, OutcomeGroup, Treatment
from app.campaigns.service import DAY_HOURS
from app.dialing.domain import CaseState, CodedTry, NextStep, Priority, final_outcome, next_step

HOURS = CallingHours.read(DAY_HOURS)
ZONE = "Asia/Shanghai"
RANG = CodedTry(rang=True, human_contact=False, interview_started=False, attempts_counted=0, attempt_limit=3)
AGAIN = Treatment(Action.RETRY, timedelta(hours=4), costs_attempt=True)
TECHNICAL = Treatment(Action.RETRY, timedelta(minutes=10), costs_attempt=False)
OTHER_LECT = Treatment(Action.OTHER_LECT, timedelta(0), costs_attempt=False)
CLOSE = Treatment(Action.CLOSE, timedelta(0), costs_attempt=True)


def step(treatment: Treatment, tried: CodedTry, now: datetime) -> NextStep:
    return next_step(treatment, tried, HOURS, time_zone=ZONE, now=now)


def test_a_closing_outcome_closes(now: datetime) -> None:
    assert step(CLOSE, RANG, now).state == CaseState.CLOSED


def test_a_call_that_rang_counts(now: datetime) -> None:
    found = step(AGAIN, RANG, now)
    assert (found.state, found.attempts_counted) == (CaseState.WAITING, 1)


def test_a_call_that_never_rang_costs_nothing(now: datetime) -> None:
    assert step(AGAIN, replace(RANG, rang=False, attempts_counted=2), now).attempts_counted == 2


def test_a_technical_failure_costs_nothing_even_on_the_last_attempt(now: datetime) -> None:
    found = step(TECHNICAL, replace(RANG, attempts_counted=2), now)
    assert (found.state, found.attempts_counted) == (CaseState.WAITING, 2)


@pytest.mark.parametrize(("before", "state"), [(1, CaseState.WAITING), (2, CaseState.CLOSED)])
def test_the_last_allowed_attempt_closes_the_case(before: int, state: CaseState, now: datetime) -> None:
    assert step(AGAIN, replace(RANG, attempts_counted=before), now).state == state


def test_another_lect_goes_at_once_and_costs_nothing(now: datetime) -> None:
    found = step(OTHER_LECT, replace(RANG, attempts_counted=2, human_contact=True), now)
    assert (found.state, found.due_at, found.attempts_counted) == (CaseState.WAITING, now, 2)
    assert found.priority == Priority.CONTACTED


def test_an_interview_that_was_begun_keeps_its_turn_in_another_lect(now: datetime) -> None:
    assert step(OTHER_LECT, replace(RANG, interview_started=True), now).priority == Priority.STARTED


@pytest.mark.parametrize(
    ("known", "priority"),
    [({}, Priority.FRESH), ({"human_contact": True}, Priority.CONTACTED), ({"interview_started": True}, 800)],
)
def test_the_nearer_an_interview_the_sooner_its_turn(known: dict[str, bool], priority: int, now: datetime) -> None:
    assert step(AGAIN, replace(RANG, **known), now).priority == priority


def test_a_delay_into_the_night_ends_in_the_morning(now: datetime) -> None:
    found = step(Treatment(Action.RETRY, timedelta(hours=12), costs_attempt=True), RANG, now)
    assert found.due_at == datetime(2026, 11, 24, 1, 0, tzinfo=now.tzinfo)


TREATMENTS = st.builds(
    Treatment, st.sampled_from(Action), st.timedeltas(timedelta(0), timedelta(days=30)), st.booleans()
)
TRIES = st.builds(CodedTry, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 5), st.integers(1, 5))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(TREATMENTS, TRIES, INSTANTS)
def test_every_step_has_a_reason_and_lies_in_calling_hours(
    treatment: Treatment, tried: CodedTry, now: datetime
) -> None:
    found = step(treatment, tried, now)
    assert found.reason
    assert found.due_at >= now
    assert found.attempts_counted - tried.attempts_counted in {0, 1}
    waits_its_time = found.state == CaseState.WAITING and treatment.action != Action.OTHER_LECT
    assert not waits_its_time or HOURS.is_open(found.due_at, ZONE)


NO_ANSWER, BUSY = ("no_answer", OutcomeGroup.NO_CONTACT), ("busy", OutcomeGroup.NO_CONTACT)
REFUSED, LATER = ("refused_soft", OutcomeGroup.CONTACT), ("call_later", OutcomeGroup.CONTACT)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ([REFUSED, NO_ANSWER], "refused_soft"),
        ([NO_ANSWER, BUSY], "busy"),
        ([REFUSED, LATER], "call_later"),
        ([("other_lect", OutcomeGroup.LANGUAGE), NO_ANSWER], "other_lect"),
        ([("broke_off", OutcomeGroup.INTERVIEW), ("complete", OutcomeGroup.INTERVIEW)], "complete"),
        ([("broke_off", OutcomeGroup.INTERVIEW), NO_ANSWER], "broke_off"),
        ([("technical", OutcomeGroup.TECHNICAL), NO_ANSWER], "no_answer"),
    ],
)
def test_a_closed_case_ends_with_its_most_telling_attempt(history: list[tuple[str, OutcomeGroup]], code: str) -> None:
    assert final_outcome(history) == code
