"""What a client gets of one interview."""

from sqlalchemy import select

from app.interviewing.models import AnswerEvent
from app.languages.domain import PUTONGHUA
from tests.integration.delivery.conftest import Feed


def test_codes_are_text_numbers_are_numbers_and_nothing_is_null(feed: Feed) -> None:
    answers = feed.record["answers"]
    assert (answers["residence"], answers["age"], answers["comment"]) == ("1", 40, None)
    assert answers["worries"] == ["1"]


def test_every_item_has_a_status(feed: Feed) -> None:
    status = feed.record["answer_status"]
    assert status.keys() == feed.record["answers"].keys()
    assert (status["age"], status["adult"]) == ("answered", "not_asked")


def test_the_language_block_tells_what_was_known_and_what_was_spoken(feed: Feed) -> None:
    language = feed.record["language"]
    assert (language["observed"], language["declared"], language["used"]) == ("yue", None, PUTONGHUA)
    assert language["answers_by_lect"]["yue"] == 1
    assert language["interviewer_level"] == "interviews"
    assert language["match"] == "full"


def test_each_answer_tells_in_which_lect_it_was_given(feed: Feed) -> None:
    language, answers = feed.record["language"], feed.record["answers"]
    assert {"yue", PUTONGHUA} == set(language["answer_lect"].values())
    assert language["answer_lect"].keys() == language["answer_wording"].keys()
    assert {name for name, value in answers.items() if value is not None} - {"eligible"} <= language[
        "answer_lect"
    ].keys()


def test_predictions_come_with_their_shares(feed: Feed) -> None:
    predicted = feed.record["language"]["predicted"]
    assert "yue" in {fact["lect"] for fact in predicted}
    assert all(0 <= fact["confidence"] <= 1 for fact in predicted)


def test_every_answer_is_counted_under_its_lect(feed: Feed) -> None:
    given = feed.survey.session.scalars(select(AnswerEvent.id)).all()
    assert sum(feed.record["language"]["answers_by_lect"].values()) == len(given)


def test_the_questionnaire_version_can_be_told_apart(feed: Feed) -> None:
    questionnaire = feed.record["questionnaire"]
    assert questionnaire["version"] == 1
    assert len(questionnaire["sha256"]) == 64


def test_no_number_and_no_name_leaves_the_house(feed: Feed) -> None:
    written = str(feed.record)
    assert "13977112345" not in written
    assert "Ana" not in written
