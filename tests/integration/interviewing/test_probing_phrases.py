"""Nothing but a stock phrase is no answer yet: the interviewer probes, and keeps the words."""

from typing import Any

import pytest

from app.campaigns.lexicon_book import change_lexicon
from app.languages.domain import PUTONGHUA
from tests.integration.interviewing.conftest import Saved
from tests.stage import Desk, Survey

LIKES = {"lect": PUTONGHUA, "phrase": "巴适", "probe": "您说“巴适”，最接近哪一个？"}


def sent(question: str, sequence: int, **given: object) -> dict[str, object]:
    return {"question": question, "client_sequence": sequence, **given}


@pytest.fixture
def asked(desk: Desk) -> Any:
    """The first question with a middle among its choices, in 普通话."""
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    while not (shown["question"]["kind"] == "select_one" and len(shown["question"]["wording"]["choices"]) > 4):
        shown = desk.answer(shown["question"])
    return shown["question"]


def test_the_screen_tells_what_to_listen_for(desk: Desk, asked: Any) -> None:
    assert "还可以" in [phrase["phrase"] for phrase in asked["phrases"]]
    assert desk.show()["question"]["phrases"] == asked["phrases"]


def test_a_phrase_alone_is_asked_about_first(desk: Desk, asked: Any, saved: Saved) -> None:
    before = len(saved.rows())
    code = asked["wording"]["choices"][0]["code"]
    body = sent(asked["name"], asked["next_sequence"], codes=[code], words="还可以吧")
    [fault] = desk.post("answers", body, refused=422)["errors"]
    assert (fault["where"], "您说“还可以”" in fault["message"]) == (asked["name"], True)
    assert len(saved.rows()) == before


def test_after_the_probe_code_and_words_are_kept_together(desk: Desk, asked: Any, saved: Saved) -> None:
    code = asked["wording"]["choices"][0]["code"]
    body = sent(asked["name"], asked["next_sequence"], codes=[code], words="还可以", is_probed=True)
    desk.post("answers", body)
    row = saved.rows()[-1]
    assert (row.value, row.words, row.is_probed) == ([code], "还可以", True)


def test_words_that_say_more_need_no_probe(desk: Desk, asked: Any, saved: Saved) -> None:
    code = asked["wording"]["choices"][0]["code"]
    desk.post("answers", sent(asked["name"], asked["next_sequence"], codes=[code], words="还可以，比去年安全"))
    assert saved.rows()[-1].words == "还可以，比去年安全"


def test_a_campaign_has_its_own_phrases(desk: Desk, survey: Survey, asked: Any) -> None:
    change_lexicon(survey.session, survey.campaign, [LIKES], expected_version=0, actor="system", now=survey.now)
    assert [phrase["phrase"] for phrase in desk.show()["question"]["phrases"]] == ["巴适"]


def test_in_another_lect_its_own_phrases_are_shown(desk: Desk, asked: Any) -> None:
    shown = desk.post("interview", {"lect": "yue"})["question"]
    assert {"几好", "麻麻哋"} <= {phrase["phrase"] for phrase in shown["phrases"]}
