"""The index: declared, fitted to a questionnaire, and the same whoever computes it."""

import pytest

from app.core.errors import InvalidInputError
from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.simulation.index import Index, IndexPlan, Measure, mean_score
from app.simulation.plans import read_plan_of
from app.simulation.survey import example_form, fitting_index, survey_of
from tests.unit.simulation.runs import shipped_campaign

SHIPPED = read_plan_of().plan.index
FORM = survey_of(example_form(), None).form


def said(**codes: str) -> dict[str, GivenAnswer]:
    return {name: GivenAnswer(code, AnswerStatus.ANSWERED) for name, code in codes.items()}


UNSURE = {"safety_overall": GivenAnswer("98", AnswerStatus.DONT_KNOW)}


def test_the_shipped_index_is_the_share_of_the_top_two_among_those_with_an_opinion() -> None:
    index = Index.read(SHIPPED, FORM)
    scores = [index.score(said(safety_overall=code)) for code in ("5", "4", "3", "1")]
    assert mean_score([*scores, index.score(UNSURE)]) == (50.0, 4)
    assert mean_score([index.score(UNSURE), index.score({})]) == (None, 0)


def test_a_mean_lies_between_the_lowest_code_and_the_highest() -> None:
    index = Index.read(IndexPlan(items=("police", "courts"), measure=Measure.MEAN), FORM)
    assert index.score(said(police="1", courts="5")) == 50.0
    assert index.score(said(police="4")) == 75.0
    assert index.score({**said(courts="2"), "police": GivenAnswer("99", AnswerStatus.REFUSED)}) == 25.0


@pytest.mark.parametrize(
    ("plan", "where"),
    [
        (IndexPlan(items=("nothing",), top=("5",)), "index.items[0]"),
        (IndexPlan(items=("police", "worries"), measure=Measure.MEAN), "index.items[1]"),
        (IndexPlan(items=("safety_overall",), top=("6",)), "index.top"),
        (IndexPlan(items=("safety_overall",), top=("98",)), "index.top"),
        (IndexPlan(items=("safety_overall",)), "index.top"),
    ],
)
def test_an_index_that_does_not_fit_is_refused_by_its_place(plan: IndexPlan, where: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Index.read(plan, FORM)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_only_an_index_that_somebody_wrote_must_fit() -> None:
    assert fitting_index(example_form(), SHIPPED) == SHIPPED == shipped_campaign().index
    assert fitting_index(example_form(), IndexPlan(items=("nothing",), top=("5",))) is None
