"""What can never happen is a fault of the form, at its cell."""

from collections.abc import Callable

import pytest

FaultsOf = Callable[..., dict[str, str]]
MakeForm = Callable[..., object]
HEAD = "|type|name|label::English (en)|relevant|constraint|\n|select_one yn|sure|Sure?|||\n"
CHOICES = "|list_name|name|label::English (en)|\n|yn|1|Yes|\n|yn|0|No|"


@pytest.mark.parametrize("condition", ["false()", "0", "not( true() )"])
def test_a_condition_that_never_holds_is_refused(faults_of: FaultsOf, condition: str) -> None:
    faults = faults_of(survey=HEAD + f"|integer|age|Age?|{condition}||", choices=CHOICES)
    assert faults == {"survey!D3": "This condition never holds, so nobody is asked. Correct it or delete the row."}


@pytest.mark.parametrize(
    "constraint",
    [". > 5 and . < 5", ". >= 10 and . <= 9", "(. > 120) and (. < 16)", ". = 3 and . > 3", ". > 5 and . <= 5"],
)
def test_bounds_that_exclude_each_other_are_refused(faults_of: FaultsOf, constraint: str) -> None:
    faults = faults_of(survey=HEAD + f"|integer|age|Age?||{constraint}|", choices=CHOICES)
    assert faults == {"survey!E3": "No answer fulfils this constraint. Correct its bounds."}


@pytest.mark.parametrize("constraint", [". >= 5 and . <= 5", ". > 0", ". > 5 or . < 3", ". > 5 and . < 3 + 9"])
def test_bounds_that_something_fulfils_are_not(make_form: MakeForm, constraint: str) -> None:
    assert make_form(survey=HEAD + f"|integer|age|Age?||{constraint}|", choices=CHOICES)


@pytest.mark.parametrize("condition", ["${sure} = '2'", "'2' != ${sure}", "selected(${sure}, '2')"])
def test_a_code_that_the_list_does_not_have_is_refused(faults_of: FaultsOf, condition: str) -> None:
    faults = faults_of(survey=HEAD + f"|integer|age|Age?|{condition}||", choices=CHOICES)
    assert faults == {"survey!D3": "The list yn has no choice 2."}


def test_a_code_in_the_own_constraint_is_one_of_the_list(faults_of: FaultsOf) -> None:
    survey = HEAD.replace("Sure?|||", "Sure?||not(selected(., '7'))|")
    assert faults_of(survey=survey, choices=CHOICES) == {"survey!E2": "The list yn has no choice 7."}
