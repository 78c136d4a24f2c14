"""Which column is read aloud to whom."""

import pytest

from app.questionnaires.tags import TagError, best_tag, canonical, name_of, tag_of


@pytest.mark.parametrize(
    ("heading", "tag"),
    [
        ("中文 (cmn-x-putonghu)", "cmn-x-putonghu"),
        ("粤语 (YUE)", "yue"),
        ("Hnm (hnm)", "hnm"),
        ("Español (es-mx)", "es-MX"),
        ("粤语 (yue-hant-hk)", "yue-Hant-HK"),
    ],
)
def test_the_tag_stands_in_parentheses(heading: str, tag: str) -> None:
    assert tag_of(heading) == tag


@pytest.mark.parametrize(
    "heading", ["中文 (zh)", "中文 (zh-CN)", "Chinese (zho)", "中文", "X (toolonglanguage)", "X ()"]
)
def test_what_names_no_spoken_language_is_refused(heading: str) -> None:
    with pytest.raises(TagError):
        tag_of(heading)


def test_the_readable_name_stands_before_the_parentheses() -> None:
    assert [name_of("中文 (cmn-x-putonghu)"), name_of("(en)"), name_of("odd")] == ["中文", "en", "odd"]


def test_cmn_stays_cmn() -> None:
    assert canonical("CMN-X-Xina1239") == "cmn-x-xina1239"


@pytest.mark.parametrize(
    ("lect", "tag"),
    [
        ("yue", "yue-Hant"),
        ("cmn-x-xina1239", "cmn-x-putonghu"),
        ("cmn-x-putonghu", "cmn-x-putonghu"),
        ("en-GB", "en"),
        ("bo", "en"),
    ],
)
def test_the_nearest_relative_is_read_else_the_first_column(lect: str, tag: str) -> None:
    assert best_tag(lect, ("en", "cmn-x-putonghu", "yue-Hant")) == tag
