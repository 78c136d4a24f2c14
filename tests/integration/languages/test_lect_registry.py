"""Finding, adding and relating lects in the database."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidInputError
from app.languages import registry
from app.languages.domain import PUTONGHUA
from app.languages.registry import UnknownLectError
from app.languages.service import add_lect, find_lect, list_lects, load_understanding, set_understanding
from app.languages.tags import WRITTEN_CHINESE


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("四川话", "cmn-x-xina1239"),
        ("Hakka", "hak"),
        ("普通话", PUTONGHUA),
        ("zh-min-nan", "nan"),
        ("yue-Hant-HK", "yue"),
    ],
)
def test_a_lect_is_found_as_people_type_it(session: Session, typed: str, tag: str) -> None:
    assert find_lect(session, typed).tag == tag


@pytest.mark.parametrize("typed", ["zh", "中文", "Chinese", "zh-CN"])
def test_written_chinese_names_no_lect(session: Session, typed: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        find_lect(session, typed)
    assert refusal.value.message == WRITTEN_CHINESE


def test_an_unknown_lect_is_answered_with_close_names(session: Session) -> None:
    with pytest.raises(UnknownLectError) as refusal:
        find_lect(session, "四川")
    assert "四川话" in str(refusal.value)


def test_a_lect_like_no_other_is_answered_plainly(session: Session) -> None:
    with pytest.raises(UnknownLectError) as refusal:
        find_lect(session, "cmn-x-nowhere")
    assert refusal.value.message == registry.UNKNOWN_LECT


def test_any_valid_tag_can_be_added(session: Session) -> None:
    wolof = add_lect(session, tag="WO", name_zh="沃洛夫语", name_en="Wolof")
    dialect = add_lect(session, tag="nan-x-longyan", name_zh="龙岩闽南语", name_en="Longyan", parent="闽南话")
    assert (wolof.tag, wolof.iso639_3) == ("wo", "wol")
    assert (dialect.parent, dialect.family) == ("nan", "Sinitic")
    assert find_lect(session, "wolof") in list_lects(session)
    assert load_understanding(session).degree("nan-x-longyan", PUTONGHUA) == 0.58


def test_a_lect_is_not_added_twice(session: Session) -> None:
    with pytest.raises(ConflictError):
        add_lect(session, tag="zh-yue", name_zh="粤语", name_en="Cantonese")


@pytest.mark.parametrize("name", ["", "  ", "a\x00"])
def test_a_lect_needs_both_names(session: Session, name: str) -> None:
    with pytest.raises(InvalidInputError, match="name in Chinese and in English"):
        add_lect(session, tag="wo", name_zh=name, name_en="Wolof")


def test_written_chinese_is_not_added(session: Session) -> None:
    with pytest.raises(InvalidInputError):
        add_lect(session, tag="zh-Hant", name_zh="中文", name_en="Chinese")


def test_who_follows_whom_is_set_in_one_direction(session: Session) -> None:
    before = load_understanding(session).degree("cmn-x-putonghu", "yue")
    set_understanding(session, "粤语", "普通话", degree=0.75)
    after = load_understanding(session)
    assert after.degree("yue", PUTONGHUA) == 0.75
    assert after.degree(PUTONGHUA, "yue") == before


@pytest.mark.parametrize("degree", [-0.1, 1.1, float("nan")])
def test_a_degree_is_a_share(session: Session, degree: float) -> None:
    with pytest.raises(InvalidInputError, match="from 0"):
        set_understanding(session, "yue", "hak", degree=degree)


def test_only_a_lect_with_members_is_paired_with_itself(session: Session) -> None:
    set_understanding(session, "za", "za", degree=0.6)
    assert load_understanding(session).degree("zgb", "zch") == 0.6
    with pytest.raises(InvalidInputError, match="follow it fully"):
        set_understanding(session, "ug", "ug", degree=0.5)


def test_the_shipped_miao_is_a_collective_name(session: Session) -> None:
    assert find_lect(session, "苗语").is_collective
    assert load_understanding(session).covers("hmn", "hea")
