import re
from types import ModuleType

import pytest
from jinja2 import UndefinedError

from app.dialing import appointments, causes, field_end, overdue, treatment, want_of_staff
from app.web import desk_screen
from app.web.i18n import CHINESE, ENGLISH, choose_language, environment, language_of, translate
from app.web.places import say_place
from tools import messages

SLOT = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh", CHINESE), ("zh-CN", CHINESE), ("zh_Hans_CN", CHINESE), ("en-GB", ENGLISH), ("fr", None), ("", None)],
)
def test_a_language_is_known_by_whatever_form_it_is_written_in(tag: str, language: object) -> None:
    assert language_of(tag) == language


def test_the_profile_wins_over_the_cookie_and_the_cookie_over_the_browser() -> None:
    assert choose_language(profile="en", cookie="zh-CN", accept="zh") == ENGLISH
    assert choose_language(profile=None, cookie="en", accept="zh") == ENGLISH
    assert choose_language(profile=None, cookie=None, accept="fr, en;q=0.8, zh;q=0.9") == CHINESE


@pytest.mark.parametrize("accept", [None, "", "fr", "*;q=x", ",,;q=", "en;q=0"])
def test_a_browser_that_asks_for_nothing_we_speak_gets_chinese(accept: str | None) -> None:
    assert choose_language(profile=None, cookie=None, accept=accept) == CHINESE


def test_an_error_from_below_is_said_in_the_screens_language() -> None:
    values = {"number": "3"}
    assert translate("zh-CN", "%(number)s cases wait for their time.", values) == "3 个个案尚未到拨打时间。"
    assert translate("en", "%(number)s cases wait for their time.", values) == "3 cases wait for their time."


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment("en").from_string("{{ nobody.knows }}").render()


@pytest.mark.parametrize(
    ("where", "words"),
    [("row 12, column 手机", "第 12 行，“手机”列"), ("ring_seconds", "振铃时长（秒）"), ("survey!C7", "survey!C7")],
)
def test_a_place_is_named_as_the_screen_names_it(where: str, words: str) -> None:
    assert say_place(where, "zh-CN") == words


def test_every_message_has_a_translation_and_none_is_fuzzy() -> None:
    catalogue = messages.load_catalogue()
    translated = {entry.id for entry in catalogue if entry.string}
    assert messages.expected_messages() - translated == set()
    assert [entry.id for entry in catalogue if entry.id and entry.fuzzy] == []


@pytest.mark.parametrize("module", [appointments, causes, desk_screen, field_end, overdue, treatment, want_of_staff])
def test_what_is_said_by_way_of_a_name_has_a_translation_too(module: ModuleType) -> None:
    said = {words for name, words in vars(module).items() if name.isupper() and isinstance(words, str) and " " in words}
    translated = {entry.id for entry in messages.load_catalogue() if entry.string}
    assert said
    assert said - translated == set()


def test_a_translation_keeps_the_slots_of_its_message() -> None:
    different = [
        entry.id
        for entry in messages.load_catalogue()
        if entry.id and sorted(SLOT.findall(str(entry.id))) != sorted(SLOT.findall(str(entry.string)))
    ]
    assert different == []


def test_no_translation_holds_a_percent_sign_that_formatting_would_trip_over() -> None:
    stray = [entry.string for entry in messages.load_catalogue() if entry.id and "%" in SLOT.sub("", str(entry.string))]
    assert stray == []


def test_the_catalogue_holds_nothing_that_nobody_says_any_more() -> None:
    living = messages.living_messages()
    assert [entry.id for entry in messages.load_catalogue() if entry.id and entry.id not in living] == []


def test_the_compiled_catalogue_is_the_one_people_edited() -> None:
    assert messages.compiled(messages.load_catalogue()) == messages.COMPILED.read_bytes()
