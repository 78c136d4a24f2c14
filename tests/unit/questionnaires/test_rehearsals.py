"""Before anybody is called, made-up respondents go through a form: every interview comes to an end."""

from collections.abc import Callable
from random import Random

import pytest

from app.questionnaires.evaluation import InterviewState, evaluate
from app.questionnaires.form import Form
from app.questionnaires.patterns import compile_pattern
from app.questionnaires.rehearsal import Respondent, hold_interview, rehearse
from app.questionnaires.session import is_finished
from app.questionnaires.workbook import EXAMPLES, compile_workbook

MakeForm = Callable[..., Form]
SHIPPED = ("public-safety.xlsx", "household-health.xlsx", "customer-satisfaction.xlsx")
HEAD = "|type|name|label::English (en)|relevant|constraint|\n"


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Form:
    return compile_workbook((EXAMPLES / request.param).read_bytes(), request.param).form


def test_every_interview_of_a_shipped_form_ends_and_every_question_is_reached(shipped: Form) -> None:
    found = rehearse(shipped, runs=300)
    assert (found.runs, found.unending, found.refusing) == (300, None, set())
    assert set(found.never_asked(shipped)) <= {"told_what"}  # of the few who were told, the fewest say by whom


def test_a_finished_interview_has_an_answer_wherever_something_applies(shipped: Form, state: InterviewState) -> None:
    for seed in range(20):
        begun = InterviewState({}, seed, state.started_at, shipped.languages[-1])
        end = hold_interview(shipped, begun, Respondent(shipped, Random(seed)))  # noqa: S311  people are made up
        evaluation = evaluate(shipped, end)
        applying = [stop.address for stop in evaluation.screens if evaluation.is_asked(stop)]
        assert is_finished(shipped, end)
        assert all(end.is_answered(address) for address in applying)


def test_a_question_that_takes_no_answer_is_found(make_form: MakeForm) -> None:
    head = "|type|name|label::English (en)|constraint|required|\n"
    form = make_form(survey=head + "|integer|a|A?|. mod 2 = 7|yes|\n|integer|b|B?|||")
    found = rehearse(form, runs=5)
    assert (found.refusing, found.never_asked(form)) == ({"a"}, ["b"])


def test_a_question_that_nobody_comes_to_is_found(make_form: MakeForm) -> None:
    form = make_form(survey=HEAD + "|integer|a|A?|||\n|integer|b|B?|${a} > 3 and ${a} < 2||")
    assert rehearse(form, runs=50).never_asked(form) == ["b"]


def test_questions_that_put_each_other_in_error_come_to_no_end(make_form: MakeForm) -> None:
    head = "|type|name|label::English (en)|constraint|required|\n"
    odd, even = "${b} = '' or (. + ${b}) mod 2 = 1", "(. + ${a}) mod 2 = 0"
    form = make_form(survey=head + f"|integer|a|A?|{odd}|yes|\n|integer|b|B?|{even}|yes|")
    assert rehearse(form, runs=1).unending in {"a", "b"}


def test_a_rehearsal_is_the_same_again(shipped: Form) -> None:
    first, again = (rehearse(shipped, runs=10, seed=3) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("pattern", ["[0-9]{8}", "^1[3-9][0-9]{9}$", "a|b", r"\w+@\w+\.a", "京?[A-Z]{2,}", "(ab)*"])
def test_a_text_is_made_up_that_fits_a_pattern(pattern: str) -> None:
    machine = compile_pattern(pattern)
    assert machine.matches(machine.shortest())
