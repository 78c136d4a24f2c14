"""What is asked several times: instances that are counted, added, taken back, and read from elsewhere."""

from collections.abc import Callable

import pytest

from app.core.errors import InvalidInputError, NotFoundError
from app.questionnaires.answers import AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.codebook import codebook
from app.questionnaires.form import Form
from app.questionnaires.items import QuestionKind
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

MakeForm = Callable[..., Form]
FaultsOf = Callable[..., dict[str, str]]
HEAD = "|type|name|label::English (en)|repeat_count|relevant|calculation|constraint|\n"
COUNTED = (
    HEAD
    + """
|integer      |size  |How many live there?         |       |            |            |       |
|begin repeat |person|Person                       |${size}|            |            |       |
|text         |who   |Name of person ${place}?     |       |            |            |       |
|integer      |age   |How old is ${who}?           |       |            |            |. < 120|
|calculate    |place |                             |       |            |position(..)|       |
|begin group  |work  |Work                         |       |${age} > 15 |            |       |
|text         |job   |What does ${who} do?         |       |            |            |       |
|end group    |      |                             |       |            |            |       |
|end repeat   |      |                             |       |            |            |       |
|calculate    |adults|                             |       |            |count(${person}[age > 17])|  |
|note         |bye   |${size} people, ${adults} grown up.|  |            |            |       |
""".lstrip()
)
OPEN = (
    HEAD
    + """
|begin repeat |trip  |Journey                      |       |            |            |       |
|text         |goal  |Where to?                    |       |            |            |       |
|begin repeat |leg   |Leg                          |       |            |            |       |
|text         |by    |By what to ${goal}?          |       |            |            |       |
|end repeat   |      |                             |       |            |            |       |
|end repeat   |      |                             |       |            |            |       |
|text         |last  |Anything else?               |       |            |            |       |
""".lstrip()
)


@pytest.fixture(scope="module")
def counted(make_form: MakeForm) -> Form:
    return make_form(survey=COUNTED)


@pytest.fixture(scope="module")
def opened(make_form: MakeForm) -> Form:
    return make_form(survey=OPEN)


def told(state: InterviewState, **answers: str) -> InterviewState:
    """Answer by address; a double underscore stands for the slash, _1_ for [1]."""
    for name, value in answers.items():
        state = state.with_answer(name, GivenAnswer(value, AnswerStatus.ANSWERED))
    return state


def asked_in_turn(form: Form, state: InterviewState, *answers: str) -> list[str]:
    """Answer whatever comes up with the next of the answers; returns what came up."""
    came: list[str] = []
    for text in answers:
        question = next_question(form, state)
        if question is None:
            break
        came.append(question.name)
        raw = RawAnswer(text, codes=(text,)) if question.kind is QuestionKind.REPEAT else RawAnswer(text)
        state = state.with_answer(question.name, read_answer(form, state, question.name, raw=raw))
    return [*came, next_name(form, state)]


def next_name(form: Form, state: InterviewState) -> str:
    question = next_question(form, state)
    return "the end" if question is None else question.name


def family(state: InterviewState) -> InterviewState:
    people = {"person[1]/who": "Ana", "person[1]/age": "40", "person[1]/job": "nurse"}
    return told(state, size="2", **people, **{"person[2]/who": "Bao", "person[2]/age": "9"})


def test_every_person_is_asked_about_and_then_the_form_goes_on(counted: Form, state: InterviewState) -> None:
    came = asked_in_turn(counted, state, "2", "Ana", "40", "nurse", "Bao", "9", "")
    assert came == [
        "size",
        "person[1]/who",
        "person[1]/age",
        "person[1]/job",
        "person[2]/who",
        "person[2]/age",
        "bye",
        "the end",
    ]


def test_nobody_is_asked_about_when_the_count_is_zero(counted: Form, state: InterviewState) -> None:
    assert asked_in_turn(counted, state, "0", "") == ["size", "bye", "the end"]


def test_the_wording_speaks_of_the_person_it_is_about(counted: Form, state: InterviewState) -> None:
    asked = family(state)
    labels = [wording(counted, asked, counted.question(f"person[{n}]/age")).label for n in (1, 2)]
    assert labels == ["How old is Ana?", "How old is Bao?"]
    assert wording(counted, asked, counted.question("person[2]/who")).label == "Name of person 2?"
    assert wording(counted, asked, counted.question("bye")).label == "2 people, 1 grown up."
    assert wording(counted, asked, counted.question("person[1]/job")).section == "Work"


def test_the_data_hold_every_instance_and_how_many_there_are(counted: Form, state: InterviewState) -> None:
    answers = relevant_answers(counted, family(state))
    assert list(answers)[:6] == ["size", "person", "person[1]/who", "person[1]/age", "person[1]/place", "person[1]/job"]
    assert (answers["person"].value, answers["adults"].value, answers["person[2]/age"].value) == ("2", "1", "9")
    assert answers["person[2]/job"].status is AnswerStatus.NOT_ASKED


def test_fewer_people_leave_the_others_aside_and_more_bring_them_back(counted: Form, state: InterviewState) -> None:
    fewer = told(family(state), size="1")
    assert "person[2]/who" not in relevant_answers(counted, fewer)
    assert relevant_answers(counted, fewer)["adults"].value == "1"
    again = told(fewer, size="2")
    assert relevant_answers(counted, again)["person[2]/who"].value == "Bao"
    assert relevant_answers(counted, again) == relevant_answers(counted, family(state))


def test_an_answer_for_somebody_who_is_not_there_is_refused(counted: Form, state: InterviewState) -> None:
    for address in ("person[3]/who", "person[0]/who", "who", "person[1]/size", "person[2]", "person[1]/person[1]/who"):
        with pytest.raises(InvalidInputError):
            read_answer(counted, family(state), address, raw=RawAnswer("x"))


def test_a_constraint_in_a_repeat_is_held_by_the_server(counted: Form, state: InterviewState) -> None:
    with pytest.raises(InvalidInputError, match="not possible"):
        read_answer(counted, family(state), "person[2]/age", raw=RawAnswer("120"))


def test_more_people_than_can_be_asked_about_are_refused_at_once(counted: Form, state: InterviewState) -> None:
    with pytest.raises(InvalidInputError, match="at most 50 times"):
        read_answer(counted, state, "size", raw=RawAnswer("51"))
    assert read_answer(counted, state, "size", raw=RawAnswer("50")).value == "50"


def test_back_leads_through_the_instances(counted: Form, state: InterviewState) -> None:
    before = previous_question(counted, family(state), "person[2]/who")
    assert before is not None
    assert before.name == "person[1]/job"
    after = next_question(counted, family(state), after="person[1]/age")
    assert after is not None
    assert after.name == "person[1]/job"


def test_a_cursor_on_somebody_who_is_gone_counts_as_the_end(counted: Form, state: InterviewState) -> None:
    before = previous_question(counted, told(family(state), size="1"), "person[2]/age")
    assert before is not None
    assert before.name == "bye"


def test_progress_counts_the_instances(counted: Form, state: InterviewState) -> None:
    assert progress(counted, family(state)) == (6, 7)


def test_an_open_ended_repeat_asks_for_another_one(opened: Form, state: InterviewState) -> None:
    came = asked_in_turn(opened, state, "Rome", "train", "1", "bus", "0", "1", "Oslo", "ship", "0", "0", "no")
    assert came == [
        "trip[1]/goal",
        "trip[1]/leg[1]/by",
        "trip[1]/leg[2]",
        "trip[1]/leg[2]/by",
        "trip[1]/leg[3]",
        "trip[2]",
        "trip[2]/goal",
        "trip[2]/leg[1]/by",
        "trip[2]/leg[2]",
        "trip[3]",
        "last",
        "the end",
    ]


def test_whether_there_is_another_one_must_be_answered(opened: Form, state: InterviewState) -> None:
    asked = told(state, **{"trip[1]/goal": "Rome", "trip[1]/leg[1]/by": "train"})
    for raw in (RawAnswer(), RawAnswer(codes=("2",)), RawAnswer(status=AnswerStatus.DONT_KNOW)):
        with pytest.raises(InvalidInputError):
            read_answer(opened, asked, "trip[1]/leg[2]", raw=raw)


def test_taking_another_one_back_removes_it_from_the_data(opened: Form, state: InterviewState) -> None:
    two = told(state, **{"trip[1]/goal": "Rome", "trip[2]": "1", "trip[2]/goal": "Oslo"})
    assert relevant_answers(opened, two)["trip"].value == "2"
    one = told(two, **{"trip[2]": "0"})
    assert relevant_answers(opened, one)["trip"].value == "1"
    assert "trip[2]/goal" not in relevant_answers(opened, one)


def test_a_repeat_under_a_condition_that_fails_is_not_asked(make_form: MakeForm, state: InterviewState) -> None:
    survey = HEAD + "|integer|n|N?|||||\n|begin repeat|r|R||${n} > 0|||\n|text|t|T?|||||\n|end repeat|||||||"
    form = make_form(survey=survey)
    none = told(state, n="0")
    assert is_finished(form, none)
    assert relevant_answers(form, none)["r"].status is AnswerStatus.NOT_ASKED
    assert next_name(form, told(state, n="1")) == "r[1]/t"


def test_an_address_that_is_none_is_not_found(counted: Form) -> None:
    for address in ("person[2]/nobody", "person/who", "person[x]/who", "size[1]", "person[99999]/who"):
        with pytest.raises(NotFoundError):
            counted.question(address)


def test_the_codebook_says_what_stands_in_a_repeat(counted: Form) -> None:
    items = {item.name: item for item in codebook(counted)}
    assert (items["person"].kind, items["age"].repeats, items["size"].repeats) == ("repeat", ("person",), ())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("|calculate|x||||${age} + 1||", "${age} has a value in every instance of person"),
        ("|note|x|You are ${who}.|||||", "${who} has a value in every instance of person"),
        ("|note|x|You are ${person}.|||||", "${person} is not a question"),
        ("|calculate|x||||${person} + 1||", "${person} is not a question"),
        ("|calculate|x||||${person}[nobody = 1]/age||", "${nobody} is not a question"),
        ("|end repeat|||||||", "There is no open repeat to end here."),
        ("|begin repeat|x|X|||||", "This repeat is never ended."),
        ("|begin repeat|x|X|||||\n|end group|||||||", "it is no group"),
        ("|begin repeat|x|X|count(${y})||||\n|text|y|Y?|||||\n|end repeat|||||||", "in a circle"),
    ],
)
def test_what_reads_or_frames_a_repeat_wrongly_is_refused(faults_of: FaultsOf, row: str, words: str) -> None:
    faults = faults_of(survey=COUNTED + row)
    assert any(words in fault for fault in faults.values()), faults
