"""A phone list becomes sample units: good rows stay, bad ones say why, and nothing comes in twice."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.core.errors import ConflictError, InvalidInputError, NotFoundError
from app.core.privacy import Vault
from app.sampling.contacts import add_do_not_call, numbers_of, reveal_name, reveal_number
from app.sampling.domain import ImportReport, Table, guess_mapping, stored_faults
from app.sampling.models import PhoneNumber, RespondentName, SampleImport, SampleUnit
from app.sampling.service import dry_run, import_sample, list_imports
from app.sampling.tables import read_table

LIST = """手机,座机,地区代码,姓名,方言,户型
13985012345,,520102,王小二,四川话,三居
１５１８５３１２３４５,0851-85123456,520300,李四,,
110,,520102,张三,,
13985012345,,520102,王小二,,
13885012345,,999999,赵五,,
"""

Try = Callable[..., ImportReport]
Bring = Callable[..., SampleImport]


def table_of(content: str, encoding: str = "utf-8") -> Table:
    return read_table(content.encode(encoding), "名单.csv")


@pytest.fixture
def trial(session: Session, campaign: Campaign, vault: Vault) -> Try:
    def run(content: str = LIST) -> ImportReport:
        table = table_of(content)
        return dry_run(
            session, campaign_id=campaign.id, table=table, mapping=guess_mapping(table.header), region="CN", vault=vault
        )

    return run


@pytest.fixture
def bring(session: Session, campaign: Campaign, vault: Vault, now: datetime) -> Bring:
    def run(content: str = LIST, *, encoding: str = "utf-8", into: Campaign = campaign) -> SampleImport:
        table = table_of(content, encoding)
        return import_sample(
            session, campaign_id=into.id, table=table, mapping=guess_mapping(table.header), region="CN", vault=vault,
            imported_by=None, now=now,
        )  # fmt: skip

    return run


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def units(session: Session, upload: SampleImport) -> list[SampleUnit]:
    of_import = select(SampleUnit).where(SampleUnit.import_id == upload.id).order_by(SampleUnit.id)
    return list(session.scalars(of_import))


def test_a_trial_run_tells_every_row_and_writes_nothing(session: Session, trial: Try) -> None:
    report = trial()
    assert [(verdict.row, verdict.accepted) for verdict in report.verdicts] == [
        (2, True), (3, True), (4, False), (5, False), (6, False),
    ]  # fmt: skip
    assert [count(session, model) for model in (SampleImport, SampleUnit, PhoneNumber, AuditEntry)] == [0, 0, 0, 0]


def test_the_import_does_what_the_trial_said(trial: Try, bring: Bring) -> None:
    said = trial()
    upload = bring()
    assert (upload.accepted, upload.refused) == (said.accepted, said.refused) == (2, 3)
    assert stored_faults(upload.report) == said.faults


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_good_rows_become_units_in_any_encoding(session: Session, bring: Bring, encoding: str) -> None:
    first, second = units(session, bring(encoding=encoding))
    assert (first.area_code, first.area_source, first.place_name) == ("520102", "frame", "贵州省贵阳市南明区")
    assert (first.declared_lect, first.columns, first.time_zone) == (
        "cmn-x-xina1239",
        {"户型": "三居"},
        "Asia/Shanghai",
    )
    assert (second.area_code, second.declared_lect, second.predicted_place_mismatch) == ("520300", None, False)


def test_numbers_and_names_lie_apart_and_encrypted(session: Session, bring: Bring, vault: Vault) -> None:
    first, second = units(session, bring())
    assert [number.masked for number in numbers_of(session, second.id)] == ["+86151****2345", "+86851****3456"]
    assert reveal_number(session, second.id, vault, position=2) == "+8685185123456"
    assert reveal_name(session, first.id, vault) == "王小二"
    clear = session.scalar(select(func.string_agg(text("u::text"), text("''"))).select_from(text("sample_unit u")))
    assert "13985012345" not in str(clear)
    assert "王小二" not in str(clear)


def test_the_same_list_again_adds_nothing(session: Session, bring: Bring) -> None:
    bring()
    again = bring()
    assert (again.accepted, again.refused) == (0, 5)
    assert count(session, SampleUnit) == count(session, RespondentName) == 2


def test_another_campaign_may_call_the_same_numbers(bring: Bring, other_campaign: Campaign) -> None:
    bring()
    assert bring(into=other_campaign).accepted == 2


def test_a_number_on_the_do_not_call_list_never_comes_in(
    session: Session, bring: Bring, vault: Vault, now: datetime
) -> None:
    add_do_not_call(session, "139 8501 2345", "asked by letter", region="CN", vault=vault, added_by=None, now=now)
    upload = bring()
    assert upload.accepted == 1
    assert stored_faults(upload.report)[0].words() == (
        "The number +86139****2345 is on the do-not-call list. It is never called."
    )


def test_every_reason_names_row_and_column_and_no_report_shows_a_number(bring: Bring) -> None:
    report = bring().report
    assert [row[3] for row in report["rows"]] == ["row 4, column 手机", "row 5, column 手机", "row 6, column 地区代码"]
    assert "13985012345" not in str(report)
    assert "8613985012345" not in str(report)


def test_an_import_is_an_act_on_record(session: Session, bring: Bring, campaign: Campaign) -> None:
    upload = bring()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject, entry.chain) == ("sample.imported", f"sample_import:{upload.id}", campaign.id)
    assert entry.details["accepted"] == 2


def test_the_record_of_an_import_cannot_be_rewritten(session: Session, bring: Bring) -> None:
    upload = bring()
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE sample_import SET refused = 0 WHERE id = :id"), {"id": upload.id})


def test_a_second_import_into_the_same_campaign_waits_for_the_first(
    engine: Engine, bring: Bring, campaign: Campaign
) -> None:
    bring()
    attempt = select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"xiangyin sample {campaign.id}", 0)))
    with engine.connect() as somebody_else:
        assert somebody_else.scalar(attempt) is False


def test_imports_are_listed_newest_first(session: Session, bring: Bring, campaign: Campaign) -> None:
    first, second = bring(), bring()
    assert [upload.id for upload in list_imports(session, campaign.id)] == [second.id, first.id]


def test_a_closed_campaign_takes_no_list(session: Session, bring: Bring, campaign: Campaign) -> None:
    campaign.state = "closed"
    with pytest.raises(ConflictError, match="closed"):
        bring()
    assert count(session, SampleImport) == 0


def test_an_unknown_campaign_is_not_found(session: Session, vault: Vault) -> None:
    table = table_of(LIST)
    with pytest.raises(NotFoundError):
        dry_run(session, campaign_id=0, table=table, mapping=guess_mapping(table.header), region="CN", vault=vault)


def test_a_list_without_telephone_column_changes_nothing(session: Session, bring: Bring) -> None:
    with pytest.raises(InvalidInputError) as error:
        bring("甲,乙\n1,2\n")
    assert error.value.faults[0].where == "phone"
    assert count(session, SampleImport) == 0
