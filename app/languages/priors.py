"""What a place speaks: shares of lects by area, with a source on every row, replaceable by better tables."""

import math
from collections import defaultdict
from datetime import date
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.languages.areas import area_path, load_gazetteer
from app.languages.domain import LectShare, normalise_shares, rank_lects
from app.languages.gazetteer import Gazetteer
from app.languages.models import LectPrior
from app.languages.registry import LectNames, load_lect_names
from app.languages.tables import BadRowError, ImportReport, Row, Tally, read_rows

UNKNOWN_CODE: Final = "No area has the code %(code)s. Import the area first, or correct the code."
BAD_WEIGHT: Final = "%(weight)s is not a weight. Give a number above 0; the weights of an area are scaled to sum to 1."
BAD_DATE: Final = "%(date)s is not a date. Write it as 2026-11-23."
REPEATED: Final = "%(lect)s stands in an earlier row for the same area. Keep one of them."
_COLUMNS: Final = ("admin_code", "lect", "weight", "source", "source_licence", "as_of")


def prior_of(session: Session, area_code: str | None) -> tuple[LectShare, ...]:
    """Return the shares of the finest area at or above this one that has any, likeliest first; () when unknown."""
    if area_code is None:
        return ()
    codes = [area.code for area in reversed(area_path(session, area_code))]
    by_area: defaultdict[str, list[LectShare]] = defaultdict(list)
    for row in session.scalars(select(LectPrior).where(LectPrior.area_code.in_(codes))):
        by_area[row.area_code].append(LectShare(row.lect, row.share, row.source))
    return next((rank_lects(by_area[code]) for code in codes if code in by_area), ())


def import_priors(session: Session, source: bytes) -> ImportReport:
    """Replace the shares of every area that the table names; weights are scaled to sum to 1 in each.

    Columns: admin_code, lect, weight, source, source_licence, as_of. A bad row is reported and left out;
    the rest of its area is scaled without it. Areas that the table does not name stay as they are.
    """
    tally = Tally()
    gazetteer, names = load_gazetteer(session), load_lect_names(session)
    sets: dict[str, dict[str, LectPrior]] = {}
    for row in read_rows(source, columns=_COLUMNS):
        tally.rows += 1
        try:
            prior = _read_prior(row, gazetteer, names)
            if prior.lect in sets.get(prior.area_code, {}):
                raise BadRowError(row.fault("lect", REPEATED, lect=prior.lect))  # noqa: TRY301  one way out
        except BadRowError as error:
            tally.faults.append(error.fault)
            continue
        sets.setdefault(prior.area_code, {})[prior.lect] = prior
        tally.accepted += 1
    _replace(session, sets)
    return tally.report()


def _read_prior(row: Row, gazetteer: Gazetteer, names: LectNames) -> LectPrior:
    code = row.required("admin_code")
    if code not in gazetteer:
        raise BadRowError(row.fault("admin_code", UNKNOWN_CODE, code=code))
    try:
        lect = names.find(row.required("lect"))
    except BadRowError:
        raise
    except InvalidInputError as error:
        raise BadRowError(row.fault("lect", error.message, **error.values)) from error
    return LectPrior(
        area_code=code,
        lect=lect,
        share=_weight(row),
        source=row.required("source"),
        licence=row.required("source_licence"),
        as_of=_date(row),
    )


def _weight(row: Row) -> float:
    text = row.required("weight")
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise BadRowError(row.fault("weight", BAD_WEIGHT, weight=text))
    return weight


def _date(row: Row) -> date:
    text = row.required("as_of")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRowError(row.fault("as_of", BAD_DATE, date=text)) from error


def _replace(session: Session, sets: dict[str, dict[str, LectPrior]]) -> None:
    if not sets:
        return
    session.execute(delete(LectPrior).where(LectPrior.area_code.in_(sets)))
    for priors in sets.values():
        shares = normalise_shares([LectShare(prior.lect, prior.share, prior.source) for prior in priors.values()])
        session.execute(
            insert(LectPrior),
            [
                {
                    "area_code": priors[scaled.lect].area_code,
                    "lect": scaled.lect,
                    "share": scaled.share,
                    "source": scaled.source,
                    "licence": priors[scaled.lect].licence,
                    "as_of": priors[scaled.lect].as_of,
                }
                for scaled in shares
            ],
        )
