"""Whether there is another one is asked in the author's words, in the language of the interview."""

from collections.abc import Callable

from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.session import InterviewState, wording
from tests.unit.questionnaires.conftest import EN, MakeForm

HEAD = f"|type|name|{EN}|label::粤语 (yue)|another::English (en)|another::粤语 (yue)|repeat_count|\n"
TRIPS = (
    HEAD
    + """
|text         |who  |Your name?|你叫咩名？| | | |
|begin repeat |trip |Journey|行程|Was there another journey, ${who}?|${who}，仲有冇第二程？| |
|text         |goal |Where to?|去边？| | | |
|end repeat   |     | | | | | |
""".lstrip()
)


def asked_in(state: InterviewState, lect: str) -> InterviewState:
    said = {"who": "Ana", "trip[1]/goal": "Market"}
    answers = {name: GivenAnswer(value, AnswerStatus.ANSWERED) for name, value in said.items()}
    return InterviewState(answers, state.seed, state.started_at, lect)


def test_each_language_asks_in_its_own_words(make_form: MakeForm, state: InterviewState) -> None:
    form = make_form(survey=TRIPS)
    another = form.question("trip[2]")
    assert wording(form, asked_in(state, "en"), another).another == "Was there another journey, Ana?"
    assert wording(form, asked_in(state, "yue"), another).another == "Ana，仲有冇第二程？"


def test_without_the_column_there_are_no_words_of_the_author(make_form: MakeForm, state: InterviewState) -> None:
    survey = f"|type|name|{EN}|\n|begin repeat|trip|Journey|\n|text|goal|Where to?|\n|end repeat| | |"
    form = make_form(survey=survey)
    assert wording(form, asked_in(state, "en"), form.question("trip[2]")).another == ""


def test_a_language_that_was_forgotten_is_named(faults_of: Callable[..., dict[str, str]]) -> None:
    faults = faults_of(survey=TRIPS.replace("${who}，仲有冇第二程？", " "))
    assert "another in yue is missing" in faults["survey!F3"]


def test_where_nothing_asks_the_words_are_refused(faults_of: Callable[..., dict[str, str]]) -> None:
    counted = TRIPS.replace("仲有冇第二程？| |", "仲有冇第二程？|3|")
    assert "without repeat_count" in faults_of(survey=counted)["survey!E3"]
