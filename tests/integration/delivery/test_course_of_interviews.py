"""How the answers of an interview came to be goes out with them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.errors import NotFoundError
from app.delivery.course import Course, course_of
from app.delivery.responses import read_feed
from app.languages.domain import PUTONGHUA
from tests.stage import Desk, Survey

NANNING = "450100"


def sent(question: str, sequence: int, **given: object) -> dict[str, object]:
    return {"question": question, "client_sequence": sequence, **given}


@pytest.fixture
def held(desk: Desk, survey: Survey) -> Course:
    """An interview with a corrected first answer, words beside the second, a lect switch and two marks."""
    survey.add_numbers(("13977112345", NANNING, ""))
    desk.reach()
    desk.post("interview", {"lect": "yue"})
    desk.post("answers", sent("residence", 1, codes=["0"], latency_ms=900))
    desk.post("back")
    desk.post("answers", sent("residence", 2, codes=["1"], latency_ms=1200, reading_ms=4000))
    desk.post("marks", {"kind": "repeated", "question": "age"})
    desk.post("interview", {"lect": PUTONGHUA})
    desk.post("answers", sent("age", 3, text="40", words="四十出头", is_probed=True))
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    return course_of(survey.session, survey.campaign.id, UUID(record_of(survey)["response_uid"]))


def record_of(survey: Survey) -> Any:
    return read_feed(survey.session, survey.campaign.id, after=0, limit=1).records[0]


def test_the_record_sums_the_course_up(held: Course, survey: Survey) -> None:
    told = record_of(survey)["paradata"]
    assert (told["latency_ms"]["residence"], told["reading_ms"]) == (1200, {"residence": 4000})
    assert (told["words"], told["probed"]) == ({"age": "四十出头"}, ["age"])
    assert told["corrections"] == {"residence": 1}
    assert told["marks"] == {"repeated": 1}


def test_an_answer_given_again_as_it_was_is_no_correction(desk: Desk, survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, ""))
    desk.reach()
    desk.post("interview", {"lect": "yue"})
    desk.post("answers", sent("residence", 1, codes=["1"]))
    desk.post("back")
    desk.post("answers", sent("residence", 2, codes=["1"]))
    finished = desk.interview("yue")
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    assert record_of(survey)["paradata"]["corrections"] == {}


def test_every_answer_is_told_as_it_was_given(held: Course) -> None:
    first, corrected, age = held.answers[:3]
    assert (first.question, first.value, corrected.value) == ("residence", ["0"], ["1"])
    assert (first.latency_ms, first.reading_ms, corrected.reading_ms) == (900, None, 4000)
    assert (first.lect, age.lect, age.words) == ("yue", PUTONGHUA, "四十出头")


def test_every_answer_tells_its_wording_and_its_version(held: Course) -> None:
    assert {row.questionnaire_version for row in held.answers} == {1}
    assert {row.wording for row in held.answers} <= {"yue", PUTONGHUA}


def test_a_response_of_another_campaign_is_not_found(survey: Survey, held: Course) -> None:
    with pytest.raises(NotFoundError):
        course_of(survey.session, survey.campaign.id + 1, held.response_uid)
    with pytest.raises(NotFoundError):
        course_of(survey.session, survey.campaign.id, uuid4())
