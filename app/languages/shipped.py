"""The reference data that ships with the program, for work without a database."""

from collections import defaultdict
from functools import cache

from app.languages.domain import LectShare, Understanding, fold_name, rank_lects
from app.languages.reference import read_areas, read_csv, read_priors
from app.languages.registry import LectNames


@cache
def shipped_understanding() -> Understanding:
    """Return who follows whom, as a new installation knows it."""
    lects = read_csv("lects")
    return Understanding(
        [(row["listener"], row["speaker"], float(row["degree"])) for row in read_csv("understanding")],
        parents={row["tag"]: row["parent"] or None for row in lects},
        collective=[row["tag"] for row in lects if row["is_collective"] == "yes"],
    )


def shipped_prior(area_code: str) -> tuple[LectShare, ...]:
    """Return the shares of the finest Chinese area at or above this code that has any, likeliest first; () if none."""
    above = (area_code, f"{area_code[:4]}00", f"{area_code[:2]}0000")
    return next((_priors()[code] for code in above if code in _priors()), ())


@cache
def shipped_lect_names() -> LectNames:
    """Return every name, alias and tag of a lect, as a new installation knows them."""
    lects = read_csv("lects")
    names = {fold_name(row[name]): row["tag"] for row in lects for name in ("name_zh", "name_en")}
    names |= {fold_name(row["alias"]): row["lect"] for row in read_csv("lect_aliases")}
    return LectNames(names, (row["tag"] for row in lects))


@cache
def shipped_area_codes() -> frozenset[str]:
    """Return the codes of all Chinese areas (GB/T 2260, six digits)."""
    return frozenset(str(area["code"]) for area in read_areas())


@cache
def _priors() -> dict[str, tuple[LectShare, ...]]:
    by_area: defaultdict[str, list[LectShare]] = defaultdict(list)
    for row in read_priors():
        share = LectShare(str(row["lect"]), float(str(row["share"])), str(row["source"]))
        by_area[str(row["area_code"])].append(share)
    return {code: rank_lects(shares) for code, shares in by_area.items()}
