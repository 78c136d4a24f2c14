"""What would be shown after an answer is drawn before it is given, and is what the answer brings."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest
from httpx2 import Response

from app.telephony.domain import Ending
from tests.stage import Desk, Survey

NANNING = "450100"
FIRST_CHOICE = "code=1&status=answered"
OPEN_SCREEN = {"hx-request": "true"}
SCREEN = re.compile(r'([^"]*)" data-question-alone="([^"]*)">(.*)</template>', re.S)


@pytest.fixture
def first(desk: Desk, survey: Survey) -> dict[str, str]:
    """What the screen sends of the first question: a choice between yes and no."""
    survey.add_numbers(("13977112345", NANNING, ""))
    desk.reach()
    return fields(post(desk, "begin", lect="yue").text)


def post(desk: Desk, path: str, **sent: str) -> Response:
    return desk.client.post(f"/desk/{path}", data=sent, headers=OPEN_SCREEN)


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(interview|question|sequence|unrated)" value="([^"]*)"', page))


def ahead(desk: Desk, sent: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return by what is pressed which question would be shown, and how it is drawn."""
    parts = post(desk, "ahead", **sent).text.split('<template data-answers="')[1:]
    screens = [found.groups() for part in parts if (found := SCREEN.match(part))]
    return {key: (name, drawn) for keys, name, drawn in screens for key in unescape(keys).split(" ")}


def without_times(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r'name="shown_at" value="[^"]*"', "", page)).strip()


def pressed(key: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(key).items()}


@pytest.mark.parametrize("number", [0, 1])
def test_what_is_drawn_ahead_is_what_the_answer_brings(desk: Desk, first: dict[str, str], number: int) -> None:
    foreseen = ahead(desk, first)
    key = sorted(foreseen)[number]
    brought = post(desk, "answer", **first, **pressed(key))
    name, drawn = foreseen[key]
    assert brought.headers["X-Question-Alone"] == name
    assert without_times(brought.text) == without_times(drawn)


def test_a_whole_interview_is_seen_ahead_but_for_its_end(desk: Desk, first: dict[str, str]) -> None:
    sent, seen = first, []
    while "question" in sent:
        foreseen = ahead(desk, sent) or ahead(desk, sent := {**sent, **anything(desk)})
        key = FIRST_CHOICE if FIRST_CHOICE in foreseen else min(foreseen, default="")
        brought = post(desk, "answer", **{**sent, **pressed(key)})
        assert brought.status_code == 200
        seen.append(foreseen.get(key, ("",))[0] == brought.headers.get("X-Question-Alone"))
        sent = fields(brought.text)
    assert seen == [True] * (len(seen) - 1) + [False]
    assert len(seen) > 12


def anything(desk: Desk) -> dict[str, str]:
    """Return an answer to the question on the screen that takes more than one key."""
    choices = desk.show()["question"]["wording"]["choices"]
    return {"code": choices[0]["code"]} if choices else {"text": "45"}


def test_looking_ahead_saves_nothing(desk: Desk, first: dict[str, str]) -> None:
    ahead(desk, first)
    shown = desk.show()["question"]
    assert (shown["name"], shown["next_sequence"], shown["given"]) == (first["question"], 1, None)


def test_what_is_typed_is_seen_ahead_alone(desk: Desk, first: dict[str, str]) -> None:
    age = fields(post(desk, "answer", **first, code="1").text)
    foreseen = ahead(desk, {**age, "text": "45"})
    assert list(foreseen) == [""]
    assert post(desk, "answer", **age, text="45").headers["X-Question-Alone"] == foreseen[""][0]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"text": "200"}, "nobody is that old"),
        ({"text": "many"}, "no number"),
        ({"sequence": "9"}, "another screen's"),
        ({"question": "residence"}, "answered before"),
        ({"question": "nowhere"}, "no question of this form"),
        ({"interview": "00000000-0000-4000-8000-000000000000"}, "another interview"),
    ],
)
def test_nothing_is_said_ahead_of_what_would_not_be_saved(
    desk: Desk, first: dict[str, str], given: dict[str, str], why: str
) -> None:
    age = fields(post(desk, "answer", **first, code="1").text)
    assert post(desk, "ahead", **{**age, "text": "45", **given}).status_code == 204, why


def test_nothing_is_said_ahead_of_an_answer_that_is_put_right(desk: Desk, first: dict[str, str]) -> None:
    post(desk, "answer", **first, code="1")
    again = fields(post(desk, "back").text)
    assert post(desk, "ahead", **again, code="0").status_code == 204


def test_nothing_is_said_ahead_without_anybody_on_the_line(desk: Desk, first: dict[str, str]) -> None:
    desk.network.let_end(desk.network.placed[-1], Ending.HUNG_UP_BY_RESPONDENT, at=desk.clock())
    desk.deliver()
    assert post(desk, "ahead", **first, code="1").status_code == 204
