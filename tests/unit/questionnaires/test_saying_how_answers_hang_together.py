"""An author names batteries, pairs and lengths of time; what cannot be compared is named by its cell."""

from collections.abc import Callable

import pytest

from app.questionnaires.items import Checks
from tests.unit.questionnaires.conftest import EN, MakeForm

HEAD = (
    f"|type|name|{EN}|bind::cati:dkref|quality::battery|quality::same_as|quality::reverse_of|quality::quickest"
    "|quality::slowest|\n"
)
CHOICES = f"""
|list_name|name|{EN}|
|five|1|Very bad|
|five|2|Bad|
|five|3|Good|
|five|98|Do not know|
|three|a|No|
|three|b|Maybe|
|three|c|Yes|
|two|1|No|
|two|2|Yes|
"""
SETTINGS = '|form_title|namespaces|\n|Tiny|cati="urn:xiangyin:cati"|'
FaultsOf = Callable[..., dict[str, str]]


def test_what_the_author_says_is_in_the_form(make_form: MakeForm) -> None:
    survey = HEAD + "|select_one five|a|A?|98|work| | |1.5|40|\n|select_one five|b|B?|98|work|a| | | |"
    form = make_form(survey=survey, choices=CHOICES, settings=SETTINGS)
    assert form.question("a").checks == Checks(battery="work", quickest=1.5, slowest=40.0)
    assert form.question("b").checks == Checks(battery="work", same_as="a")
    assert form.question("a").in_order == ("1", "2", "3")


def test_it_needs_no_namespace_of_its_own(make_form: MakeForm) -> None:
    survey = f"|type|name|{EN}|quality::reverse_of|\n|select_one five|a|A?| |\n|select_one five|b|B?|a|"
    assert make_form(survey=survey, choices=CHOICES).question("b").checks.reverse_of == "a"


def test_lists_of_other_names_can_be_compared_step_by_step(make_form: MakeForm) -> None:
    survey = HEAD + "|select_one five|a|A?|98| | | | | |\n|select_one three|b|B?| | | |a| | |"
    assert make_form(survey=survey, choices=CHOICES, settings=SETTINGS).question("b").checks.reverse_of == "a"


@pytest.mark.parametrize(
    ("second", "cell", "words"),
    [
        ("|select_one five|b|B?|98| |nobody| | | |", "F3", "no question nobody"),
        ("|select_one five|b|B?|98| |b| | | |", "F3", "compared with itself"),
        ("|select_one two|b|B?| | |a| | | |", "F3", "a has 3 choices in order and this question 2"),
        ("|integer|b|B?| | |a| | | |", "F3", "Only a select_one question"),
        ("|select_one five|b|B?|98| |a|a| | |", "G3", "the same as a and the reverse of it"),
        ("|select_one two|b|B?| |work| | | | |", "E3", "read with the list five"),
        ("|select_one five|b|B?|98|play| | | | |", "E3", "has this question only"),
        ("|select_one five|b|B?|98| | | |soon| |", "H3", "number of seconds"),
        ("|select_one five|b|B?|98| | | |5|2|", "I3", "longer than the quickest"),
        ("|note|b|B.| | | | |5| |", "H3", "Only a question that is answered"),
        ("|acknowledge|b|B.| | | | | |5|", "I3", "Only a question that is answered"),
    ],
)
def test_what_cannot_be_held_against_answers_is_named_by_its_cell(
    faults_of: FaultsOf, second: str, cell: str, words: str
) -> None:
    survey = HEAD + "|select_one five|a|A?|98|work| | | | |\n|select_one five|c|C?|98|work| | | | |\n"
    lines = survey.splitlines()
    table = "\n".join([lines[0], lines[1], second, lines[2]])
    assert words in faults_of(survey=table, choices=CHOICES, settings=SETTINGS)[f"survey!{cell}"]


def test_two_questions_do_not_contradict_each_other(faults_of: FaultsOf) -> None:
    survey = HEAD + "|select_one five|a|A?|98| |b| | | |\n|select_one five|b|B?|98| | |a| | |"
    assert "the same as a and the reverse" in faults_of(survey=survey, choices=CHOICES, settings=SETTINGS)["survey!G3"]


def test_what_stands_in_a_repeat_cannot_be_compared(faults_of: FaultsOf) -> None:
    survey = HEAD + (
        "|begin repeat|trip|Trip| | | | | | |\n|select_one five|a|A?|98|work| | | | |\n"
        "|select_one five|b|B?|98|work| | | | |\n|end repeat| | | | | | | | |"
    )
    assert "more than once" in faults_of(survey=survey, choices=CHOICES, settings=SETTINGS)["survey!E3"]
