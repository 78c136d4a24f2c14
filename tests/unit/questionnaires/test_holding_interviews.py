"""The way through a questionnaire: onwards, back, and around what does not apply."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.questionnaires.answers import ACKNOWLEDGED, NOT_ASKED, AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.evaluation import evaluate
from app.questionnaires.form import Form, Question, QuestionKind
from app.questionnaires.session import (
    InterviewState,
    is_finished,
    next_question,
    previous_question,
    progress,
    read_answer,
    relevant_answers,
    wording,
)

START = InterviewState({}, 7, datetime(2026, 11, 23, 19, tzinfo=UTC), "cmn-x-putonghu")


def given_codes(state: InterviewState, **codes: str) -> InterviewState:
    for name, code in codes.items():
        state = state.with_answer(name, GivenAnswer(code, AnswerStatus.ANSWERED))
    return state


def name_of(question: Question | None) -> str | None:
    return None if question is None else question.name


def random_answer(draw: st.DataObject, question: Question) -> RawAnswer:
    if question.reserved and draw.draw(st.integers(0, 9)) == 0:
        return RawAnswer(status=AnswerStatus.DONT_KNOW)
    codes = [choice.code for choice in question.choices if choice.code not in question.reserved | {"97"}]
    if question.kind is QuestionKind.SELECT_MULTIPLE:
        return RawAnswer(codes=tuple(draw.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3))))
    if codes:
        return RawAnswer(codes=(draw.draw(st.sampled_from(codes)),))
    return RawAnswer(text=str(draw.draw(st.integers(0, 120))))


def interview(draw: st.DataObject, form: Form, state: InterviewState) -> InterviewState:
    while (question := next_question(form, state)) is not None:
        answer = read_answer(form, state, question.name, raw=random_answer(draw, question))
        state = state.with_answer(question.name, answer)
    return state


def test_too_young_a_respondent_is_thanked_and_let_go(example: Form, state: InterviewState) -> None:
    young = given_codes(state, residence="1", age="15")
    assert name_of(next_question(example, young)) == "not_eligible"
    assert is_finished(example, young.with_answer("not_eligible", ACKNOWLEDGED))


def test_who_will_not_tell_the_age_is_asked_for_sixteen(example: Form, state: InterviewState) -> None:
    silent = given_codes(state, residence="1").with_answer("age", GivenAnswer(None, AnswerStatus.REFUSED))
    assert name_of(next_question(example, silent)) == "adult"
    assert name_of(next_question(example, given_codes(silent, adult="1"))) == "safety_overall"


def test_back_and_forth_pass_over_what_does_not_apply(example: Form, state: InterviewState) -> None:
    adult = given_codes(state, residence="1", age="30")
    assert name_of(previous_question(example, adult, "safety_overall")) == "age"
    assert name_of(next_question(example, adult, after="age")) == "safety_overall"
    assert previous_question(example, adult, "residence") is None
    assert name_of(previous_question(example, adult, None)) == "thanks"
    assert next_question(example, adult, after="thanks") is None


def test_an_answer_that_no_longer_applies_is_kept_aside(example: Form, state: InterviewState) -> None:
    adult = given_codes(state, residence="1", age="30", safety_overall="5")
    moved = given_codes(adult, residence="0")
    assert relevant_answers(example, moved)["safety_overall"] == NOT_ASKED
    assert relevant_answers(example, given_codes(moved, residence="1"))["safety_overall"].value == "5"


def test_calculations_are_among_the_answers_and_notes_are_not(example: Form, state: InterviewState) -> None:
    answers = relevant_answers(example, given_codes(state, residence="1", age="30"))
    assert answers["eligible"] == GivenAnswer("1", AnswerStatus.ANSWERED)
    assert "thanks" not in answers


def test_a_calculation_that_comes_to_nothing_has_no_value(
    make_form: Callable[..., Form], state: InterviewState
) -> None:
    survey = "|type|name|label::English (en)|calculation|\n|integer|a|A?||\n|calculate|c||${a} + 1|"
    assert relevant_answers(make_form(survey=survey), state)["c"].value is None


def test_progress_counts_what_applies(example: Form, state: InterviewState) -> None:
    assert progress(example, given_codes(state, residence="0")) == (1, 2)


def test_wording_falls_back_and_says_so(example: Form, state: InterviewState) -> None:
    question = example.question("police")
    used = {
        lect: wording(example, InterviewState({}, 1, state.started_at, lect), question).lect
        for lect in ("yue", "cmn-x-xina1239", "bo", "en-GB")
    }
    assert used == {"yue": "yue", "cmn-x-xina1239": "cmn-x-putonghu", "bo": "cmn-x-putonghu", "en-GB": "en"}


@pytest.mark.parametrize(("lect", "words"), [("yue", "偷嘢、打架、伤人"), ("en", "Theft or burglary, Assault")])
def test_chosen_codes_are_read_by_their_labels(example: Form, state: InterviewState, lect: str, words: str) -> None:
    answers = given_codes(state, residence="1", age="30", victim="1").answers
    chosen = GivenAnswer(("1", "5"), AnswerStatus.ANSWERED)
    spoken = InterviewState({**answers, "victim_what": chosen}, 1, state.started_at, lect)
    assert words in wording(example, spoken, example.question("victim_reported")).label


def test_a_screen_has_all_it_needs(example: Form, state: InterviewState) -> None:
    words = wording(example, state, example.question("walk_night"))
    assert (words.section, words.required, words.proposed) == ("Sense of safety", True, "")
    assert words.hint.startswith("Read out")
    assert words.required_message == "This question must be answered."
    assert [choice.code for choice in words.choices if choice.reserved] == ["98", "99"]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_every_interview_ends(example: Form, draw: st.DataObject) -> None:
    end = interview(draw, example, START)
    answered, relevant = progress(example, end)
    assert answered == relevant == len(end.answers)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_going_back_and_saying_the_same_changes_nothing(example: Form, draw: st.DataObject) -> None:
    end = interview(draw, example, START)
    place, again = previous_question(example, end, None), end
    while place is not None:
        again = again.with_answer(place.name, end.answers[place.name])
        place = previous_question(example, again, place.name)
    assert relevant_answers(example, again) == relevant_answers(example, end)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_does_not_apply_never_leaks(example: Form, draw: st.DataObject) -> None:
    end = interview(draw, example, START)
    stray = {q.name: GivenAnswer("1", AnswerStatus.ANSWERED) for q in example.asked if q.name not in end.answers}
    strayed = InterviewState({**stray, **end.answers}, end.seed, end.started_at, end.lect)
    stray_names = stray.keys() - {"thanks", "not_eligible"}
    answers = relevant_answers(example, strayed)
    assert {name for name in stray_names if answers[name] != NOT_ASKED} == set()


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_remembered_is_what_would_be_worked_out_anew(example: Form, draw: st.DataObject) -> None:
    state = START
    for _ in range(draw.draw(st.integers(1, 12))):
        asked = [question for question in example.asked if evaluate(example, state).applies(question.name)]
        question = draw.draw(st.sampled_from(asked))  # the next one, or an earlier one put right
        answer = read_answer(example, state, question.name, raw=random_answer(draw, question))
        state = state.with_answer(question.name, answer)
        anew = InterviewState(state.answers, state.seed, state.started_at, state.lect)
        assert relevant_answers(example, state) == relevant_answers(example, anew)
        assert next_question(example, state) == next_question(example, anew)


def test_a_form_knows_what_an_answer_moves(example: Form) -> None:
    assert example.moved_by("police") == ("police",)
    assert example.moved_by("victim") == ("victim", "victim_what", "victim_reported")
    assert {"adult", "eligible", "interview", "told_what", "outcome"} <= set(example.moved_by("age"))
    assert example.moved_by("nothing") == ()


def test_a_state_may_be_read_by_two_forms(example: Form, make_form: Callable[..., Form], state: InterviewState) -> None:
    other = make_form(survey="|type|name|label::English (en)|\n|integer|other|A?|")
    assert name_of(next_question(example, state)) == "residence"
    assert name_of(next_question(other, state)) == "other"
    assert name_of(next_question(example, given_codes(state, residence="1"))) == "age"
