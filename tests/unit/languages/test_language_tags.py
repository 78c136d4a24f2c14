"""What counts as the tag of a spoken language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.languages.domain import normalise_tag
from app.languages.tags import BAD_TAG, WRITTEN_CHINESE, iso639_3_of, plain_language


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("zh-min-nan", "nan"),
        ("i-hak", "hak"),
        ("ZH-yue", "yue"),
        ("zh-yue-hk", "yue-HK"),
        ("zh-cmn", "cmn"),
        ("zh-guoyu", "cmn"),
        ("zha", "za"),
        (" ｙｕｅ ", "yue"),
        ("CMN-X-Xina1239", "cmn-x-xina1239"),
    ],
)
def test_a_tag_has_one_canonical_spelling(typed: str, tag: str) -> None:
    assert normalise_tag(typed) == tag


@pytest.mark.parametrize("code", ["hnm", "luh", "sjc", "hnm-CN"])
def test_codes_newer_than_the_library_are_accepted(code: str) -> None:
    assert normalise_tag(code) == code


@pytest.mark.parametrize("written", ["zh", "zho", "chi", "zh_CN", "zh-Hans", "zh-min", "zh-min-bei"])
def test_written_chinese_is_refused_as_a_spoken_language(written: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normalise_tag(written)
    assert refusal.value.message == WRITTEN_CHINESE


@pytest.mark.parametrize(
    "wrong", ["", "xx", "cmn-x-jianghuai", "wuu-wenzhou", "nan-Latn-pehoeji", "yue-foo", "hnm-foo", "x" * 9, "a\x00b"]
)
def test_an_invalid_tag_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normalise_tag(wrong)
    assert refusal.value.message == BAD_TAG


@given(st.text(max_size=30))
def test_any_text_is_a_tag_or_a_clear_refusal(text: str) -> None:
    try:
        tag = normalise_tag(text)
    except InvalidInputError:
        return
    assert normalise_tag(tag) == tag


def test_region_and_script_say_nothing_about_speech() -> None:
    assert plain_language("yue-Hant-HK") == "yue"
    assert plain_language("cmn-x-xina1239") == "cmn-x-xina1239"


def test_a_private_tag_has_no_three_letter_code() -> None:
    assert iso639_3_of("x-mine") is None
    assert iso639_3_of("za-CN") == "zha"
