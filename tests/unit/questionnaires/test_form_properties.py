"""Whatever a form asks and whatever is said: it ends, it does not depend on the way taken, and nothing leaks."""

from collections.abc import Callable
from functools import cache
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.questionnaires.answers import NOT_ASKED, AnswerStatus, GivenAnswer
from app.questionnaires.evaluation import InterviewState, evaluate
from app.questionnaires.form import Form, parse_form
from app.questionnaires.rehearsal import BEGINS_AT, Respondent, hold_interview
from app.questionnaires.session import is_finished, next_question, previous_question, relevant_answers
from app.questionnaires.workbook import compile_workbook
from tests.unit.questionnaires.conftest import workbook_of

MakeForm = Callable[..., Form]
HEAD = "|type|name|label::English (en)|relevant|constraint|repeat_count|calculation|choice_filter|required|\n"
CHOICES = "|list_name|name|label::English (en)|kind|\n" + "".join(f"|l|{n}|Choice {n}|{n % 2}|\n" for n in range(5))
KINDS = ["integer", "text", "select_one l", "select_multiple l", "rank l", "date", "time", "note"]
CONDITIONS = ["", "${a} > 4", "${b} = '1'", "${a} = '' or ${b} != '2'", "selected(${b}, '3') and ${a} < 5"]
FRAME = """
|integer      |a|A?      |           |. < 9    |       |                              | |yes|
|select_one l |b|B?      |           |          |       |                              | |   |
QUESTIONS
|begin repeat |r|R       |CONDITION  |          |COUNT  |                              | |   |
|integer      |y|Y?      |           |. != ${a} |       |                              | |yes|
|begin group  |g|G       |${y} > 3   |          |       |                              | |   |
|text         |z|Z ${y}? |           |          |       |                              | |   |
|end group    | |        |           |          |       |                              | |   |
INNER
|end repeat   | |        |           |          |       |                              | |   |
|calculate    |u|        |           |          |       |sum(${y}) + count(${r}[y > 2])| |   |
|integer      |v|V?      |${u} > 4   |          |       |                              | |   |
|calculate    |k|        |           |          |       |instance('l')/root/item[1]/kind| |  |
""".strip()
INNER = "|begin repeat|s|S|||||||\n|text|t|T ${y}?||||||yes|\n|end repeat||||||||"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Write a survey sheet: questions under conditions on earlier ones, in groups and repeats."""
    rows = []
    for name in "cdef":
        kind, condition = draw(st.sampled_from(KINDS)), draw(st.sampled_from(CONDITIONS))
        kept = draw(st.sampled_from(["", "kind = ${a} mod 2"])) if "select" in kind else ""
        required = draw(st.sampled_from(["", "yes"])) if kind != "note" else ""
        rows.append(f"|{kind}|{name}|{name}?|{condition}||||{kept}|{required}|")
    count = draw(st.sampled_from(["", "${a}", "2", "${a} - 3"]))
    frame = FRAME.replace("CONDITION", draw(st.sampled_from(CONDITIONS))).replace("COUNT", count)
    inner = draw(st.sampled_from(["|note|s|S|||||||", INNER]))
    return HEAD + frame.replace("QUESTIONS", "\n".join(rows)).replace("INNER", inner)


@cache
def form_of(survey: str) -> Form:
    return parse_form(compile_workbook(workbook_of(survey=survey, choices=CHOICES), "any.xlsx").xform)


def held(form: Form, seed: int) -> InterviewState:
    begun = InterviewState({}, seed, BEGINS_AT, "en")
    return hold_interview(form, begun, Respondent(form, Random(seed)))  # noqa: S311  people are made up


@given(tables(), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_any_interview_of_any_form_ends(survey: str, seed: int) -> None:
    form = form_of(survey)
    assert is_finished(form, held(form, seed))


@given(tables(), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_back_and_forth_comes_to_the_same_as_straight_through(survey: str, seed: int) -> None:
    form = form_of(survey)
    end = held(form, seed)
    again, place = end, previous_question(form, end, None)
    while place is not None:
        again = again.with_answer(place.name, end.answers[place.name])
        place = previous_question(form, again, place.name)
    assert relevant_answers(form, again) == relevant_answers(form, end)


@given(tables(), st.integers(0, 1000), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_what_is_put_right_later_counts_as_if_said_at_once(survey: str, seed: int, corrected: int) -> None:
    form = form_of(survey)
    end = held(form, seed)
    later = end.with_answer("a", GivenAnswer(str(corrected), AnswerStatus.ANSWERED))
    anew = InterviewState(later.answers, end.seed, end.started_at, end.lect)
    assert relevant_answers(form, later) == relevant_answers(form, anew)
    assert next_question(form, later) == next_question(form, anew)


@given(tables(), st.integers(0, 1000), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_an_answer_that_does_not_apply_is_never_in_the_data(survey: str, seed: int, corrected: int) -> None:
    form = form_of(survey)
    stray = {f"r[{n}]/{name}": GivenAnswer("7", AnswerStatus.ANSWERED) for n in range(1, 12) for name in "yz"}
    stray |= {name: GivenAnswer("1", AnswerStatus.ANSWERED) for name in ("b", "v")}
    state = InterviewState({**stray, **held(form, seed).answers}, seed, BEGINS_AT, "en")
    state = state.with_answer("a", GivenAnswer(str(corrected), AnswerStatus.ANSWERED))
    evaluation = evaluate(form, state)
    published = relevant_answers(form, state)
    assert {name for name, answer in published.items() if answer != NOT_ASKED and not evaluation.applies(name)} == set()
    count = int(str(published["r"].value or 0))
    assert [name for name in published if name.startswith("r[") and int(name[2 : name.index("]")]) > count] == []
