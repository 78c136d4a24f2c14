"""Shipped reference data meets a database that people have edited."""

from time import perf_counter

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.languages.models import Area, Lect, LectAlias, LectPrior, LectUnderstanding
from app.languages.service import import_priors, load_understanding, prior_of, set_understanding, sync_reference_data


def _counts(session: Session) -> list[int]:
    tables = (Lect, LectAlias, LectUnderstanding, Area, LectPrior)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_running_again_adds_nothing_and_is_quick(session: Session) -> None:
    sync_reference_data(session)
    before, started = _counts(session), perf_counter()
    sync_reference_data(session)
    assert perf_counter() - started < 2
    assert _counts(session) == before
    assert before[3] > 3_000


def test_what_is_missing_comes_back(session: Session) -> None:
    session.execute(delete(LectPrior).where(LectPrior.area_code == "653100"))
    sync_reference_data(session)
    assert prior_of(session, "653100")[0].lect == "ug"


def test_an_edited_degree_stays(session: Session) -> None:
    set_understanding(session, "yue", "普通话", degree=0.99)
    sync_reference_data(session)
    assert load_understanding(session).degree("yue", "cmn-x-putonghu") == 0.99


def test_an_imported_set_is_never_mixed_with_the_shipped_one(session: Session) -> None:
    head = b"admin_code,lect,weight,source,source_licence,as_of\n"
    import_priors(session, head + b"653100,ug,1,census,CC0,2020-11-01\n")
    sync_reference_data(session)
    assert len(prior_of(session, "653100")) == 1
