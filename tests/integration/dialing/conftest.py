"""Ana and Bao at work, and cases for them."""

from datetime import datetime

import pytest

from app.accounts.models import Person
from app.dialing.models import Case
from tests.callers import NANNING, NUMBERS, AddCases, Caller
from tests.stage import Survey


@pytest.fixture
def ana_calls(survey: Survey, ana: Person, now: datetime) -> Caller:
    return Caller(survey, ana, now)


@pytest.fixture
def bao_calls(survey: Survey, bao: Person, now: datetime) -> Caller:
    return Caller(survey, bao, now)


@pytest.fixture
def add_cases(survey: Survey) -> AddCases:
    """Add a case in Nanning for each declared lect ("" for none); they come back in that order."""

    def add(*lects: str) -> list[Case]:
        survey.add_numbers(*((number, NANNING, lect) for number, lect in zip(NUMBERS, lects, strict=False)))
        return survey.cases()

    return add


@pytest.fixture
def case(add_cases: AddCases) -> Case:
    """One case, predicted to speak 普通话."""
    [case] = add_cases("")
    return case
