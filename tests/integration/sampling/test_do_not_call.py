"""Who asked not to be called is found however the number is written, in every campaign."""

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.core.errors import InvalidInputError, NotFoundError
from app.core.privacy import Vault
from app.sampling.contacts import add_do_not_call, is_do_not_call, reveal_name, reveal_number
from app.sampling.domain import guess_mapping
from app.sampling.models import DoNotCall, SampleUnit
from app.sampling.service import import_sample
from app.sampling.tables import read_table


@pytest.fixture
def unit_id(session: Session, campaign: Campaign, vault: Vault, now: datetime) -> int:
    table = read_table(b"phone,landline\n13985012345,0851-85123456\n", "list.csv")
    import_sample(
        session, campaign_id=campaign.id, table=table, mapping=guess_mapping(table.header), region="CN", vault=vault,
        imported_by=None, now=now,
    )  # fmt: skip
    return session.scalars(select(SampleUnit.id)).one()


def forbid(session: Session, number: str, *, vault: Vault, now: datetime) -> DoNotCall:
    return add_do_not_call(session, number, "asked", region="CN", vault=vault, added_by=None, now=now)


def test_a_unit_is_barred_by_any_of_its_numbers(session: Session, unit_id: int, vault: Vault, now: datetime) -> None:
    assert not is_do_not_call(session, unit_id)
    forbid(session, "０８５１－８５１２３４５６", vault=vault, now=now)
    assert is_do_not_call(session, unit_id)


def test_a_number_added_twice_keeps_its_first_reason_and_one_record(
    session: Session, vault: Vault, now: datetime
) -> None:
    first = forbid(session, "13985012345", vault=vault, now=now)
    again = add_do_not_call(
        session, "+8613985012345", "another reason", region="CN", vault=vault, added_by=None, now=now
    )
    assert (again.fingerprint, again.reason) == (first.fingerprint, "asked")
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_the_record_of_it_shows_no_number(session: Session, vault: Vault, now: datetime) -> None:
    forbid(session, "13985012345", vault=vault, now=now)
    entry = session.scalars(select(AuditEntry)).one()
    assert "85012345" not in f"{entry.subject} {entry.details}"


@pytest.mark.parametrize("text", ["110", "nobody", ""])
def test_what_is_no_number_cannot_be_listed(session: Session, vault: Vault, now: datetime, text: str) -> None:
    with pytest.raises(InvalidInputError):
        forbid(session, text, vault=vault, now=now)


def test_a_number_that_is_not_there_is_not_found(session: Session, unit_id: int, vault: Vault) -> None:
    with pytest.raises(NotFoundError):
        reveal_number(session, unit_id, vault, position=3)
    assert reveal_name(session, unit_id, vault) is None
