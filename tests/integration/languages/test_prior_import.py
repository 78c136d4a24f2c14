"""What a place speaks, and tables that say it better."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.languages import priors, tables
from app.languages.models import LectPrior
from app.languages.service import import_priors, prior_of

HEAD = "admin_code,lect,weight,source,source_licence,as_of\n"
KAILI = HEAD + "522601,hea,300,census,CC-BY-4.0,2020-11-01\n522601,西南官话,100,census,CC-BY-4.0,2020-11-01\n"


def test_a_county_takes_the_shares_of_its_prefecture(session: Session) -> None:
    assert prior_of(session, "522601") == prior_of(session, "522600")
    assert prior_of(session, "522601")[0].lect == "hea"
    assert sum(share.share for share in prior_of(session, "522601")) == pytest.approx(1)


def test_an_unknown_place_has_no_shares(session: Session) -> None:
    assert prior_of(session, None) == ()
    assert prior_of(session, "999999") == ()


def test_an_imported_table_replaces_an_areas_shares_as_a_whole(session: Session) -> None:
    report = import_priors(session, KAILI.encode())
    assert (report.rows, report.accepted, report.faults) == (2, 2, ())
    shares = {share.lect: share.share for share in prior_of(session, "522601")}
    assert shares == {"hea": 0.75, "cmn-x-xina1239": 0.25}
    assert len(prior_of(session, "522600")) > 2


def test_importing_the_same_table_twice_changes_nothing(session: Session) -> None:
    import_priors(session, KAILI.encode())
    before = prior_of(session, "522601")
    import_priors(session, KAILI.encode("gb18030"))
    assert prior_of(session, "522601") == before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("999999,hea,1,census,CC0,2020-11-01", priors.UNKNOWN_CODE),
        ("522601,hea,1,census,CC0,2020-11-01", priors.REPEATED),
        ("522601,kmc,-1,census,CC0,2020-11-01", priors.BAD_WEIGHT),
        ("522601,kmc,nan,census,CC0,2020-11-01", priors.BAD_WEIGHT),
        ("522601,kmc,many,census,CC0,2020-11-01", priors.BAD_WEIGHT),
        ("522601,kmc,1,census,CC0,November", priors.BAD_DATE),
        ("522601,kmc,1,,CC0,2020-11-01", tables.EMPTY_CELL),
        ("522601,,1,census,CC0,2020-11-01", tables.EMPTY_CELL),
    ],
)
def test_a_bad_row_never_loses_the_good_ones(session: Session, row: str, message: str) -> None:
    report = import_priors(session, (KAILI + row + "\n").encode())
    assert [fault.message for fault in report.faults] == [message]
    assert report.faults[0].where.startswith("row 4, column ")
    assert report.accepted == 2
    assert prior_of(session, "522601")[0].share == 0.75


def test_an_unknown_lect_in_a_row_is_named(session: Session) -> None:
    report = import_priors(session, (KAILI + "522600,四川,1,census,CC0,2020-11-01\n").encode())
    assert report.faults[0].where == "row 4, column lect"
    assert "四川话" in report.faults[0].words()


@pytest.mark.parametrize("source", [b"", b"code;lect\n", b"\xff\xfe\x00", b"PK\x03\x04\x00", KAILI.encode("utf-16")])
def test_what_is_no_such_table_is_refused_and_changes_nothing(session: Session, source: bytes) -> None:
    before = prior_of(session, "522601")
    with pytest.raises(InvalidInputError):
        import_priors(session, source)
    assert prior_of(session, "522601") == before


def test_every_row_keeps_its_source_and_licence(session: Session) -> None:
    import_priors(session, KAILI.encode())
    row = session.scalars(select(LectPrior).where(LectPrior.area_code == "522601", LectPrior.lect == "hea")).one()
    assert (row.source, row.licence, row.as_of.isoformat()) == ("census", "CC-BY-4.0", "2020-11-01")


def test_a_table_without_rows_changes_nothing(session: Session) -> None:
    assert import_priors(session, HEAD.encode()).rows == 0
