"""A stock phrase is known again however it is written, in its own lect and those below it, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.lexicon import Lexicon, Phrase, plain, read_phrases, shipped_lexicon
from app.core.errors import InvalidInputError

FINE = Phrase("cmn", "还可以", "最接近哪一个？")
LEXICON = Lexicon(1, (FINE, Phrase("yue", "几好", "最接近边一个？")))


@pytest.mark.parametrize("said", ["还可以", " 还可以。", "还可以吧！", "啊，还可以", "还 可 以"])
def test_a_phrase_is_known_however_it_is_written(said: str) -> None:
    assert LEXICON.heard("cmn-x-putonghu", said) == FINE


@pytest.mark.parametrize("said", ["", "还可以，就是路灯少", "可以", "还可以不可以"])
def test_whoever_says_more_has_been_understood(said: str) -> None:
    assert LEXICON.heard("cmn-x-putonghu", said) is None


@pytest.mark.parametrize("lect", ["yue", "cmnx", "en"])
def test_another_lect_has_its_own_phrases(lect: str) -> None:
    assert LEXICON.heard(lect, "还可以") is None


@given(st.text(max_size=30))
def test_reducing_twice_is_reducing_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_what_is_shipped_can_be_put_into_force() -> None:
    shipped = shipped_lexicon()
    lects = {phrase.lect for phrase in shipped.phrases}
    assert read_phrases(shipped.entries, lects) == shipped.phrases
    assert all(phrase.source.startswith(("reported: ", "judgement: ")) for phrase in shipped.phrases)


def test_every_probe_names_its_phrase() -> None:
    assert [one.phrase for one in shipped_lexicon().phrases if one.phrase not in one.probe] == []


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({"lect": "xx", "phrase": "好", "probe": "?"}, "phrases[2].lect"),
        ({"lect": "cmn", "phrase": "。", "probe": "?"}, "phrases[2].phrase"),
        ({"lect": "cmn", "phrase": "还可以吧", "probe": "?"}, "phrases[2].phrase"),
        ({"lect": "cmn", "phrase": "好", "probe": ""}, "phrases[2].probe"),
        ({"lect": "cmn", "phrase": "好" * 41, "probe": "?"}, "phrases[2].phrase"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(row: dict[str, str], where: str) -> None:
    first = {"lect": "cmn", "phrase": "还可以", "probe": "?"}
    with pytest.raises(InvalidInputError) as caught:
        read_phrases([first, row], {"cmn"})
    assert [fault.where for fault in caught.value.faults] == [where]


def test_empty_rows_are_passed_over() -> None:
    assert read_phrases([{"lect": "cmn"}, {"lect": "cmn", "phrase": "好", "probe": "?"}], {"cmn"})[0].phrase == "好"
