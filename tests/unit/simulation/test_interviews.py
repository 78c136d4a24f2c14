"""Simulated interviews are held by the questionnaire engine, on any published form."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.campaigns.outcomes import COMPLETE
from app.core.errors import InvalidInputError
from app.questionnaires.evaluation import InterviewState
from app.questionnaires.form import Form
from app.questionnaires.session import is_finished, next_question, relevant_answers
from app.simulation.comparison import people_of, run_job, world_of
from app.simulation.interview import Interview
from app.simulation.recording import finished_as, recorded
from app.simulation.sample import Sampled
from app.simulation.survey import Survey, survey_of
from app.telephony.emulator.opinions import true_answer
from app.telephony.emulator.speech import AnswerGiven, SpokenAnswer
from tests.unit.simulation.runs import job, shipped_campaign, small, way, worked

MakeForm = Callable[..., Form]
SURVEY = survey_of(shipped_campaign().xform, shipped_campaign().index)
JOB = job()
UNSURE = SpokenAnswer(AnswerGiven.DONT_KNOW)


def truthfully(one: Sampled, survey: Survey, state: InterviewState) -> InterviewState:
    """Hold a whole interview with somebody who understands everything."""
    population = world_of(JOB, way()).population
    while (question := next_question(survey.form, state)) is not None:
        said = true_answer(one.person, survey.questions[question.name], population=population)
        state = state.with_answer(question.name, recorded(survey.form, state, question.name, said=said))
    return state


def test_the_truth_is_what_a_whole_true_interview_would_come_to(state: InterviewState) -> None:
    assert SURVEY.index is not None
    for one in people_of(JOB)[:60]:
        end = truthfully(one, SURVEY, state)
        score = SURVEY.index.score(end.answers) if finished_as(SURVEY.form, end) is None else None
        assert SURVEY.true_score(one.person, world_of(JOB, way()).population) == score


def test_every_complete_has_answered_all_that_applies() -> None:
    done = worked(JOB)
    interviews = [case.interview for case in done.cases if case.outcome == COMPLETE and case.interview]
    assert len(interviews) > 20
    for interview in interviews:
        asked = InterviewState(interview.answers, 0, done.served[0].at, "cmn-x-putonghu")
        assert is_finished(SURVEY.form, asked)
        assert relevant_answers(SURVEY.form, asked)["eligible"].value == "1"


def test_who_is_screened_out_is_coded_as_the_questionnaire_says() -> None:
    done = worked(JOB)
    ends = {case.outcome for case in done.cases if case.interview is not None}
    assert {"out_of_area", "not_eligible", COMPLETE} <= ends


def test_a_broken_off_interview_goes_on_where_it_was() -> None:
    done = worked(job(small(days=5, numbers=600), seed=2))
    resumed = [
        case
        for case in done.cases
        if case.outcome == COMPLETE and any(dial.outcome == "broke_off" for dial in case.dials)
    ]
    assert resumed


def test_what_the_form_refuses_becomes_what_it_accepts(make_form: MakeForm, state: InterviewState) -> None:
    rows = (
        "|integer|born|A?|yes|. > 1900 and . < 2000|\n|integer|size|A?|no|. < 0|\n|select_one ab|pick|A?|yes|. = 'b'|"
    )
    choices = "|list_name|name|label::English (en)|\n|ab|a|A|\n|ab|b|B|"
    form = make_form(survey=f"|type|name|label::English (en)|required|constraint|\n{rows}", choices=choices)
    assert recorded(form, state, "born", said=SpokenAnswer(text="3")).value == "1990"
    assert recorded(form, state, "size", said=SpokenAnswer(text="3")).value is None
    assert recorded(form, state, "pick", said=SpokenAnswer(codes=("a",))).value == "b"
    assert recorded(form, state, "pick", said=UNSURE).value == "b"


def test_a_question_that_nobody_can_answer_is_named(make_form: MakeForm, state: InterviewState) -> None:
    form = make_form(survey="|type|name|label::English (en)|required|constraint|\n|integer|none|A?|yes|. < 0|")
    with pytest.raises(InvalidInputError, match="none"):
        recorded(form, state, "none", said=SpokenAnswer(text="3"))


def test_texts_are_read_out_and_hold_no_answer(make_form: MakeForm, state: InterviewState) -> None:
    form = make_form(survey="|type|name|label::English (en)|\n|note|hello|Good day.|\n|integer|age|A?|")
    interview = Interview(Survey(form, None), seed=1, started_at=state.started_at, lect="en")
    first = interview.next_question()
    assert first is not None
    assert (first.name, first.kind) == ("hello", "note")
    interview.read_out("hello")
    interview.write_down("age", SpokenAnswer(text="44"))
    assert (interview.next_question(), interview.finished_as(), interview.score) == (None, COMPLETE, None)


def test_without_an_index_the_rest_is_measured_all_the_same() -> None:
    figures = run_job(job(replace(small(numbers=60, days=1), index=None)))["this_one"]
    assert figures["dials"] > 0
    assert not {"truth", "index", "bias"} & figures.keys()
