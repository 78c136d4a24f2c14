"""A supervisor writes what the call-back line says, and sees who called."""

import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.core.settings import Settings
from tests.callers import NANNING
from tests.integration.conftest import SignInAs
from tests.integration.interviewing.ringing import Ringing
from tests.stage import Survey

WORDS = {"lect": "yue", "phrase": "opening", "text": "{organisation}搵你傾兩句。"}


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person, survey: Survey) -> TestClient:
    survey.add_numbers(("13977112345", NANNING, ""))
    return sign_in_as(sue)


@pytest.fixture
def address(survey: Survey) -> str:
    return f"/campaigns/{survey.campaign.id}/call-back-line"


def test_the_shipped_words_are_shown_until_a_text_replaces_them(sue_at_work: TestClient, address: str) -> None:
    assert "頭先係我哋打電話俾你" in sue_at_work.get(address).text
    sue_at_work.post(address, data=WORDS)
    page = sue_at_work.get(address).text
    assert "搵你傾兩句" in page
    assert "replaced by the text of this campaign" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "{organisation}搵{name}"}, "There is nothing to fill {name} with."),
        ({"text": "你好"}, "Say who calls"),
        ({"phrase": "choose", "text": "{lect}"}, "This phrase needs {key}."),
        ({"phrase": "moon"}, "Choose what the line says"),
        ({"lect": "moonish"}, "moonish"),
    ],
)
def test_a_wrong_text_is_named_and_not_lost(
    sue_at_work: TestClient, address: str, change: dict[str, str], words: str
) -> None:
    reply = sue_at_work.post(address, data=WORDS | change)
    assert reply.status_code >= 400
    assert words in reply.text
    assert f"{(WORDS | change)['text']}</textarea>" in reply.text


def test_a_lect_that_no_voice_reads_is_named(sue_at_work: TestClient, address: str) -> None:
    assert "No voice reads Zhuang" in sue_at_work.get(address).text


def test_a_call_is_counted_and_stands_on_the_page_of_its_case(
    sue_at_work: TestClient, address: str, settings: Settings, survey: Survey
) -> None:
    Ringing(sue_at_work, settings).ring().press("1").press("1")
    assert "Chose a time by key" in sue_at_work.get(address).text
    [case] = survey.cases()
    page = sue_at_work.get(f"/campaigns/{survey.campaign.id}/cases/{case.id}").text
    assert "Calls from the respondent" in page
    assert "The respondent chose this time by key on the call-back line." in page
    assert "The lect:" in page


def test_a_program_writes_a_phrase_and_reads_the_counts_and_the_case(
    sue_at_work: TestClient, address: str, settings: Settings, survey: Survey
) -> None:
    Ringing(sue_at_work, settings).ring().press("9").press("9")
    line = sue_at_work.put(f"/api/v1{address}", json=WORDS).json()
    assert line["texts"] == [{**WORDS, "version": 1}]
    assert [(count["result"], count["calls"]) for count in line["counts"]] == [("do_not_call", 1)]
    [case] = survey.cases()
    told = sue_at_work.get(f"/api/v1/campaigns/{survey.campaign.id}/cases/{case.id}").json()
    assert [(call["result"], call["is_confirmed"]) for call in told["inbound_calls"]] == [("do_not_call", False)]


def test_somebody_of_another_campaign_writes_no_word_of_ours(sign_in_as: SignInAs, zoe: Person, address: str) -> None:
    assert sign_in_as(zoe).post(address, data=WORDS).status_code == 404
