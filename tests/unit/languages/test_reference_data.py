"""The shipped tables hold together."""

from collections import defaultdict

import pytest

from app.languages.domain import PUTONGHUA, Understanding, fold_name, normalise_tag
from app.languages.reference import read_areas, read_csv, read_lects, read_priors, read_understanding
from app.languages.tags import iso639_3_of

LECTS = {str(row["tag"]): row for row in read_lects()}
AREAS = {str(row["code"]): row for row in read_areas()}
WHO_FOLLOWS = Understanding(
    ((str(row["listener"]), str(row["speaker"]), float(row["degree"])) for row in read_understanding()),
    parents={tag: str(row["parent"]) if row["parent"] else None for tag, row in LECTS.items()},
)
SHARES: defaultdict[str, dict[str, float]] = defaultdict(dict)
for prior in read_priors():
    SHARES[str(prior["area_code"])][str(prior["lect"])] = float(str(prior["share"]))


def test_every_tag_is_canonical_and_its_code_is_in_iso_639_3() -> None:
    assert all(normalise_tag(tag) == tag for tag in LECTS)
    special = {"und", "mis", "mul", "zxx"}
    assert all(row["iso639_3"] in {iso639_3_of(tag), tag if tag in special else None} for tag, row in LECTS.items())


def test_the_nineteen_members_of_chinese_are_there() -> None:
    members = "cdo cjy cmn cnp cpx csp czh czo gan hak hnm hsn luh lzh mnp nan sjc wuu yue"
    assert set(members.split()) <= set(LECTS)
    assert {PUTONGHUA, "cmn-x-xina1239", "za", "ug", "bo", "mvf", "ii", "ko", "kk", "hea", "en", "es"} <= set(LECTS)


def test_every_parent_stands_before_its_members() -> None:
    seen: set[str] = set()
    for tag, row in LECTS.items():
        assert row["parent"] is None or row["parent"] in seen
        seen.add(tag)


def test_every_name_and_alias_means_one_lect() -> None:
    named = [(fold_name(str(row[key])), tag) for tag, row in LECTS.items() for key in ("name_zh", "name_en", "tag")]
    aliases = [(fold_name(row["alias"]), row["lect"]) for row in read_csv("lect_aliases")]
    meaning = dict(named) | dict(aliases)
    assert all(meaning[name] == tag for name, tag in {*named, *aliases})
    assert {tag for _, tag in aliases} <= set(LECTS)


def test_an_alias_is_never_the_tag_of_another_language() -> None:
    for row in read_csv("lect_aliases"):
        assert iso639_3_of(row["alias"]) in {None, LECTS[row["lect"]]["iso639_3"]}


@pytest.mark.parametrize(
    ("alias", "tag"),
    [("四川话", "cmn-x-xina1239"), ("客家语", "hak"), ("白话", "yue"), ("壮话", "za"), ("苗语", "hmn")],
)
def test_what_field_staff_type_is_an_alias(alias: str, tag: str) -> None:
    assert {row["alias"]: row["lect"] for row in read_csv("lect_aliases")}[alias] == tag


def test_who_follows_whom_names_known_lects_and_shares() -> None:
    for row in read_understanding():
        assert {row["listener"], row["speaker"]} <= set(LECTS)
        assert 0 < float(row["degree"]) <= 1
        assert row["source"]


def test_mandarin_is_followed_better_than_it_follows() -> None:
    for lect in ("yue", "nan", "wuu", "hak", "gan", "hsn", "cjy"):
        assert WHO_FOLLOWS.degree(lect, PUTONGHUA) > WHO_FOLLOWS.degree(PUTONGHUA, lect)


def test_kinds_of_zhuang_and_of_miao_are_kept_apart() -> None:
    assert WHO_FOLLOWS.degree("zyb", "za") >= 0.7
    assert WHO_FOLLOWS.degree("zyb", "zhd") < 0.5
    assert WHO_FOLLOWS.degree("hea", "cqd") < 0.2


def test_jin_is_nearer_to_mandarin_than_to_tibetan() -> None:
    assert WHO_FOLLOWS.degree("cjy", PUTONGHUA) > 0.7
    assert WHO_FOLLOWS.degree("cjy", "bo") == 0


def test_every_prefecture_and_province_has_shares() -> None:
    needed = {code for code, row in AREAS.items() if row["level"] != "county"}
    below_province = {code for code, row in AREAS.items() if row["level"] == "county" and code[2:4] == "90"}
    assert needed | below_province <= set(SHARES)
    assert set(SHARES) <= set(AREAS)


def test_the_shares_of_an_area_sum_to_one() -> None:
    for code, shares in SHARES.items():
        assert sum(shares.values()) == pytest.approx(1, abs=1e-6), code
        assert min(shares.values()) > 0


def test_shares_name_lects_and_never_a_collective_name() -> None:
    named = {lect for shares in SHARES.values() for lect in shares}
    assert named <= set(LECTS)
    assert not any(LECTS[lect]["is_collective"] for lect in named)


def test_every_share_says_where_it_comes_from() -> None:
    assert all(row["source"] and row["licence"] and row["as_of"] for row in read_priors())


@pytest.mark.parametrize(
    ("code", "lects"),
    [
        ("653100", {"ug"}),
        ("513400", {"ii", "cmn-x-xina1239"}),
        ("522600", {"hea", "doc", "kmc"}),
        ("632700", {"bo", "khg"}),
        ("150500", {"mvf"}),
        ("222400", {"ko"}),
        ("654300", {"kk"}),
        ("450100", {"za", "yue"}),
        ("440500", {"nan-x-chao1239"}),
        ("330300", {"wuu-x-ouji1238"}),
    ],
)
def test_a_place_speaks_its_minority_language_too(code: str, lects: set[str]) -> None:
    assert lects <= set(SHARES[code])


def test_every_area_alias_leads_to_an_area_and_hides_none() -> None:
    names = {str(row["name_zh"]) for row in AREAS.values()}
    for row in read_csv("area_aliases"):
        assert row["area_code"] in AREAS
        assert row["alias"] not in AREAS
        assert row["alias"] not in names


def test_every_area_but_a_province_has_a_parent() -> None:
    for code, row in AREAS.items():
        assert (row["parent_code"] is None) == (row["level"] == "province"), code
        assert row["parent_code"] is None or row["parent_code"] in AREAS
