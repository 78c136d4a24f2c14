"""Every fault of a workbook is named with its cell."""

from collections.abc import Callable
from datetime import date

import pytest

FaultsOf = Callable[..., dict[str, str]]
SURVEY = "|type|name|label::English (en)|\n"
CHOICES = "|list_name|name|label::English (en)|\n"
YES_NO = CHOICES + "|yn|1|Yes|\n|yn|0|No|"


def two_questions(column: str, cell: str, kind: str = "integer") -> str:
    head = f"|type|name|label::English (en)|{column}|\n"
    return head + f"|integer|age|Age?||\n|{kind}|second|Second?|{cell}|"


@pytest.mark.parametrize("kind", ["geopoint", "image", "audio", "video", "file", "barcode"])
def test_what_needs_a_device_cannot_be_asked_by_telephone(faults_of: FaultsOf, kind: str) -> None:
    faults = faults_of(survey=SURVEY + f"|integer|age|Age?|\n|{kind}|where|Where?|")
    assert faults == {"survey!A3": f"A question of type {kind} cannot be asked over the telephone."}


@pytest.mark.parametrize("kind", ["rating", "select_one_external a", "intger", "integer yn"])
def test_an_unknown_type_is_refused_by_name(faults_of: FaultsOf, kind: str) -> None:
    faults = faults_of(survey=SURVEY + f"|integer|age|Age?|\n|{kind}|odd|Odd?|", choices=YES_NO)
    assert faults["survey!A3"].startswith(f"The type {kind} is not supported. Use one of: acknowledge,")


@pytest.mark.parametrize("heading", ["cati_dkref", "body::accuracy", "media::image::English (en)", "labell"])
def test_an_unknown_column_is_refused(faults_of: FaultsOf, heading: str) -> None:
    faults = faults_of(survey=two_questions(heading, "x"))
    assert faults["survey!D1"].startswith(f"The column {heading} is not supported.")


@pytest.mark.parametrize("heading", ["label", "label::中文", "label::中文 (zh)", "label::X (klingonese)"])
def test_a_label_column_names_a_spoken_language(faults_of: FaultsOf, heading: str) -> None:
    assert "survey!C1" in faults_of(survey=f"|type|name|{heading}|\n|integer|age|Age?|")


def test_a_column_given_twice_is_refused(faults_of: FaultsOf) -> None:
    faults = faults_of(survey="|type|name|label::A (en)|label::B (en)|\n|integer|age|Age?|Age?|")
    assert faults["survey!D1"] == "The column label::B (en) is there twice."


def test_a_missing_translation_is_a_fault(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|label::粤语 (yue)|hint::English (en)|\n"
    faults = faults_of(survey=head + "|integer|age|Age?||years|\n|note|bye||再见||")
    assert faults == {
        "survey!D2": "The label in yue is missing.",
        "survey!E2": "The hint in yue is missing.",
        "survey!C3": "The label in en is missing.",
    }


def test_a_choice_needs_its_label_in_every_language(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|label::粤语 (yue)|\n"
    faults = faults_of(survey=head + "|select_one yn|q|Q?|问?|", choices=YES_NO)
    assert faults == {f"choices!C{row}": "The label in yue is missing." for row in (2, 3)}


@pytest.mark.parametrize("name", ["", "1st", "has space", "年龄", "meta", "a" * 33])
def test_a_name_fits_every_statistics_program(faults_of: FaultsOf, name: str) -> None:
    assert faults_of(survey=SURVEY + f"|integer|{name}|Age?|")["survey!B2"].startswith("Write a name")


def test_a_name_is_given_once_whatever_its_capitals_or_group(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|integer|age|A|\n|begin group|g|G|\n|integer|Age|B|\n|end group|||")
    assert faults == {"survey!B4": "The name Age is there twice. Capitals make no difference."}


@pytest.mark.parametrize(
    ("code", "words"),
    [("1", "The code 1 is there twice"), ("", "Write a code"), ("a b", "Write a code"), ("c" * 33, "longer than 32")],
)
def test_a_code_is_there_and_its_own(faults_of: FaultsOf, code: str, words: str) -> None:
    faults = faults_of(survey=SURVEY + "|select_one yn|q|Q?|", choices=CHOICES + f"|yn|1|Yes|\n|yn|{code}|No|")
    assert words in faults["choices!B3"]


def test_a_list_must_exist(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|select_one ny|q|Q?|\n|select_one|r|R?|", choices=YES_NO)
    assert faults["survey!A2"] == "The sheet choices has no list ny."
    assert faults["survey!A3"].startswith("After the type of a select")


def test_a_default_is_one_of_the_choices(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|default|\n"
    faults = faults_of(survey=head + "|select_one yn|q|Q?|2|", choices=YES_NO)
    assert faults == {"survey!D2": "The list yn has no choice 2."}


def test_what_only_the_compiler_notices_is_said_in_its_words(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|integer|age|“Age” ${?|")
    assert faults["survey"].startswith("The XLSForm compiler refuses the workbook:")


def test_groups_are_closed(faults_of: FaultsOf) -> None:
    assert "never ended" in faults_of(survey=SURVEY + "|begin group|g|G|\n|integer|a|A|")["survey!A2"]
    assert "no open group" in faults_of(survey=SURVEY + "|integer|a|A|\n|end group|||")["survey!A3"]


def test_groups_are_not_nested_without_end(faults_of: FaultsOf) -> None:
    begins = "".join(f"|begin group|g{level}|G|\n" for level in range(2000))
    faults = faults_of(survey=SURVEY + begins + "|integer|a|A|\n" + "|end group|||\n" * 2000)
    assert faults == {"survey!A12": "Groups are nested more than 10 levels deep."}


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("relevant", "${agee} > 1", "${agee} is not a question with an answer."),
        ("relevant", "area(${age})", "The function area() needs places"),
        ("relevant", ". > 1", "A point stands for the answer"),
        ("relevant", "${age} >", "ends too early"),
        ("relevant", "jr:choice-name(${age}, '${age}')", "needs a select question"),
        ("constraint", "regex(., '(a+)+(?=b)')", "cannot be used here"),
        ("calculation", "1", "or beside a trigger"),
        ("default", "foo(1)", "The function foo() is not supported."),
        ("default", "3 * ${nobody}", "${nobody} is not a question"),
        ("required", "maybe", "Write ${maybe}"),
        ("required", "${nobody} = 1", "${nobody} is not a question"),
        ("read_only", "maybe", "Write yes or no."),
        ("read_only", "yes", "A read-only row shows a calculation."),
        ("repeat_count", "3", "belongs to a row of type begin repeat"),
        ("choice_filter", "x = 1", "belongs to a select"),
        ("trigger", "${age}", "sets off the calculation"),
        ("trigger", "${nobody}", "${nobody} is not a question"),
        ("appearance", "signature", "means nothing on a telephone"),
        ("relevant", "${second} > 1", "in a circle: second → second"),
    ],
)
def test_logic_that_cannot_run_is_refused(faults_of: FaultsOf, column: str, cell: str, words: str) -> None:
    faults = faults_of(survey=two_questions(column, cell))
    assert any(words in fault for fault in faults.values())
    assert all(where.endswith("3") for where in faults)


@pytest.mark.parametrize("column", ["constraint", "default", "bind::cati:dkref"])
def test_a_note_has_nothing_to_check(faults_of: FaultsOf, column: str) -> None:
    assert "belong" in faults_of(survey=two_questions(column, "98 99", "note"))["survey!D3"]


def test_a_circle_through_a_group_is_found(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|relevant|\n"
    faults = faults_of(survey=head + "|begin group|g|G|${a} = 1|\n|integer|a|A||\n|end group||||")
    assert "in a circle" in next(iter(faults.values()))


def test_a_calculation_must_be_there(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|calculation|\n"
    faults = faults_of(survey=head + "|integer|a|A||\n|calculate|c|||")
    assert faults == {"survey!D3": "A row of type calculate needs a calculation."}


def test_piping_needs_a_question(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|note|n|Hello ${nobody}|\n|integer|age|You are ${n}?|")
    assert set(faults) == {"survey!C2", "survey!C3"}


def test_reserved_codes_are_choices_and_declared(faults_of: FaultsOf) -> None:
    head = "|type|name|label::English (en)|bind::cati:dkref|\n"
    faults = faults_of(survey=head + "|select_one yn|q|Q?|98|\n|integer|a|A|1 2 3|", choices=YES_NO)
    assert faults["survey!D2"] == "The list yn has no choice 98."
    assert faults["survey!D3"].startswith('Write the code of "don\'t know" and then')
    assert faults["settings!A1"].startswith("Write cati=")


def test_a_sheet_with_a_slip_in_its_name_is_not_passed_over(faults_of: FaultsOf) -> None:
    assert "choises" in faults_of(survey=SURVEY + "|integer|a|A|", choises=YES_NO)


def test_a_sheet_of_remarks_is_passed_over(make_form: Callable[..., object]) -> None:
    assert make_form(survey=SURVEY + "|integer|a|A|", 说明="|anything|")


@pytest.mark.parametrize("sheets", [{"choices": YES_NO}, {"survey": "|name|\n|a|"}, {"survey": SURVEY}])
def test_a_workbook_without_questions_is_refused(faults_of: FaultsOf, sheets: dict[str, str]) -> None:
    assert "survey!A1" in faults_of(**sheets)


def test_the_default_language_is_one_of_the_columns(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|integer|a|A|", settings="|default_language|\n|French|")
    assert faults == {"settings!A2": "Write one of the languages of the label columns: English (en)."}


def test_a_cell_beyond_the_headings_is_not_lost_in_silence(faults_of: FaultsOf) -> None:
    faults = faults_of(survey=SURVEY + "|integer|a|A|", cells={"survey!F2": "forgotten"})
    assert faults["survey!F2"].startswith("This cell has no column heading.")


@pytest.mark.parametrize(
    ("cells", "where", "words"),
    [
        ({"choices!B3": 2, "choices!B2": "01"}, "choices!B3", "leading zeros of 2"),
        ({"choices!B3": 10101, "choices!B2": 110101}, "choices!B3", "leading zeros of 10101"),
        ({"choices!B3": 1.5}, "choices!B3", "a number it cannot keep"),
        ({"choices!B3": 123456789012345678}, "choices!B3", "a number it cannot keep"),
        ({"choices!B3": date(2026, 1, 2)}, "choices!B3", "into a date or time"),
        ({"choices!C3": "=1/0"}, "choices!C3", "an error or an uncalculated formula"),
        ({"survey!C2": "x" * 5001}, "survey!C2", "longer than 5000"),
    ],
)
def test_damage_by_excel_is_found(faults_of: FaultsOf, cells: dict[str, object], where: str, words: str) -> None:
    faults = faults_of(survey=SURVEY + "|select_one yn|q|Q?|", choices=YES_NO, cells=cells)
    assert words in faults[where]
