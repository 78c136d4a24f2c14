"""Choices that depend on other answers, are shuffled, ranked, or come from files."""

import io
import zipfile
from collections.abc import Callable

import pytest

from app.core.errors import InvalidInputError
from app.questionnaires.answers import AnswerStatus, GivenAnswer, RawAnswer
from app.questionnaires.form import Form, parse_form
from app.questionnaires.session import InterviewState, next_question, read_answer, relevant_answers, wording
from app.questionnaires.workbook import compile_workbook

MakeForm = Callable[..., Form]
MakeWorkbook = Callable[..., bytes]
SURVEY = """
|type             |name    |label::English (en)|choice_filter          |parameters              |bind::cati:dkref|
|select_one prov  |province|Which province?    |                       |                        |                |
|select_one county|county  |Which county?      |province = ${province} |                        |98              |
|select_one county|mixed   |Which one?         |                       |randomize=true          |98              |
|select_one county|fixed   |And this one?      |name != '98'           |randomize=true, seed=42 |                |
|rank prov        |order   |Which is better?   |                       |                        |                |
"""
CHOICES = """
|list_name|name|label::English (en)|province|
|prov     |11  |Beijing            |        |
|prov     |12  |Tianjin            |        |
|county   |1101|Dongcheng          |11      |
|county   |1102|Xicheng            |11      |
|county   |1201|Heping             |12      |
|county   |98  |Do not know        |        |
"""
SETTINGS = '|namespaces|\n|cati="urn:xiangyin:cati"|'
VILLAGES = "name,label,label::粤语 (yue),county,people\nv1,North,北村,1101,120\nv2,South,南村,1201,80\n"
FROM_FILE = """
|type                             |name   |label::English (en)|label::粤语 (yue)|choice_filter     |calculation                                 |
|text                             |county |County?            |边个县？           |                  |                                            |
|select_one_from_file villages.csv|village|Village?           |边条村？           |county = ${county}|                                            |
|calculate                        |people |                   |                 |                  |pulldata('villages', 'people', 'name', ${village})|
|calculate                        |all    |                   |                 |                  |sum(instance('villages')/root/item/people)  |
"""  # noqa: E501  a table


@pytest.fixture(scope="module")
def form(make_form: MakeForm) -> Form:
    return make_form(survey=SURVEY, choices=CHOICES, settings=SETTINGS)


@pytest.fixture
def pack(make_workbook: MakeWorkbook) -> Callable[..., bytes]:
    def build(survey: str = FROM_FILE, **files: str) -> bytes:
        with zipfile.ZipFile(target := io.BytesIO(), "w") as archive:
            archive.writestr("wave/form.xlsx", make_workbook(survey=survey))
            archive.writestr("__MACOSX/._villages.csv", "junk")
            for name, content in files.items():
                archive.writestr(f"wave/{name}.csv", content.encode())
        return target.getvalue()

    return build


def answered(state: InterviewState, **codes: str) -> InterviewState:
    for name, code in codes.items():
        state = state.with_answer(name, GivenAnswer(code, AnswerStatus.ANSWERED))
    return state


def offered(form: Form, state: InterviewState, name: str) -> list[str]:
    return [choice.code for choice in wording(form, state, form.question(name)).choices]


def test_a_filter_offers_what_fits_and_always_the_reserved_codes(form: Form, state: InterviewState) -> None:
    assert offered(form, answered(state, province="11"), "county") == ["1101", "1102", "98"]
    assert offered(form, answered(state, province="12"), "county") == ["1201", "98"]


def test_the_server_refuses_what_the_filter_does_not_offer(form: Form, state: InterviewState) -> None:
    with pytest.raises(InvalidInputError, match="1201 is not one of the choices"):
        read_answer(form, answered(state, province="11"), "county", raw=RawAnswer(codes=("1201",)))


def test_what_is_offered_no_more_is_asked_again(form: Form, state: InterviewState) -> None:
    moved = answered(state, province="11", county="1101", mixed="98", fixed="1101")
    moved = moved.with_answer("order", GivenAnswer(("11", "12"), AnswerStatus.ANSWERED))
    assert next_question(form, moved) is None
    moved = answered(moved, province="12")
    question = next_question(form, moved)
    assert question is not None
    assert question.name == "county"
    assert relevant_answers(form, moved)["county"].status is AnswerStatus.NOT_ASKED
    assert relevant_answers(form, answered(moved, province="11"))["county"].value == "1101"


def test_an_order_is_kept_for_one_interview_and_differs_between_them(form: Form, state: InterviewState) -> None:
    orders = [
        tuple(offered(form, InterviewState({}, seed, state.started_at, "en"), "mixed")) for seed in (*range(20), 0)
    ]
    assert orders[0] == orders[-1]
    assert len(set(orders)) > 5
    assert all(sorted(order) == ["1101", "1102", "1201", "98"] for order in orders)


def test_a_fixed_seed_gives_everybody_the_same_order(form: Form, state: InterviewState) -> None:
    orders = {tuple(offered(form, InterviewState({}, seed, state.started_at, "en"), "fixed")) for seed in range(20)}
    assert len(orders) == 1


def test_a_rank_keeps_the_order_said_and_wants_all_of_them(form: Form, state: InterviewState) -> None:
    ranked = read_answer(form, state, "order", raw=RawAnswer(codes=("12", "11")))
    assert ranked.value == ("12", "11")
    with pytest.raises(InvalidInputError, match="some have no place yet"):
        read_answer(form, state, "order", raw=RawAnswer(codes=("12",)))


def test_a_list_from_a_file_is_part_of_the_published_form(pack: Callable[..., bytes], state: InterviewState) -> None:
    compiled = compile_workbook(pack(villages=VILLAGES), "wave.zip")
    form = parse_form(compiled.xform)
    there = answered(state, county="1201")
    assert offered(form, there, "village") == ["v2"]
    answers = relevant_answers(form, answered(there, village="v2"))
    assert (answers["people"].value, answers["all"].value) == ("80", "200")


def test_a_list_from_a_file_speaks_every_language(pack: Callable[..., bytes], state: InterviewState) -> None:
    form = parse_form(compile_workbook(pack(villages=VILLAGES), "wave.zip").xform)
    there = answered(state, county="1101")
    labels = [
        wording(form, InterviewState(there.answers, 1, state.started_at, lect), form.question("village"))
        .choices[0]
        .label
        for lect in ("en", "yue")
    ]
    assert labels == ["North", "北村"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "A list has a row of headings"),
        ("name,label\nv1,North,x\n", "more cells than there are headings"),
        ("name,name\nv1,North\n", "a name of its own"),
        ("name,label,county,people\nv1,,1,2\n", "Row 2 of villages.csv"),
        ("name,label,county,people\nv1,A,1,2\nv1,B,1,2\n", "Row 3 of villages.csv"),
        ("name,label,people\nv1,A,2\n", "no column county"),
        ("name,label,county\nv1,A,2\n", "no column people"),
        (f"name,label,county,people\nv1,{'x' * 501},1,2\n", "longer than 500"),
    ],
)
def test_a_damaged_list_is_refused(pack: Callable[..., bytes], content: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        compile_workbook(pack(villages=content), "wave.zip")
    assert any(words in fault.words() for fault in caught.value.faults)


def test_a_list_that_is_not_there_is_named(pack: Callable[..., bytes]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        compile_workbook(pack(), "wave.zip")
    assert caught.value.faults[0].words().startswith("There is no villages.csv beside the workbook.")


def test_a_column_that_nothing_reads_is_a_slip(faults_of: Callable[..., dict[str, str]]) -> None:
    faults = faults_of(survey=SURVEY.replace("province =", "provinz ="), choices=CHOICES, settings=SETTINGS)
    assert "no column provinz" in faults["survey!D3"]
    assert faults["choices!D1"].startswith("The column province is not supported.")
