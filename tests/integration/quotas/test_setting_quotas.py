"""A supervisor's plan becomes cells, or is refused with every fault at its place."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.campaigns.service import close_campaign
from app.core.errors import ConflictError, InvalidInputError, NotFoundError
from app.interviewing.quota_changes import drop_quota, put_quotas, shut_cell
from app.quotas.domain import CellState, Closing, Dimension, DimensionKind
from app.quotas.plans import CellPlan
from app.quotas.service import complete_seat, list_quotas
from tests.integration.quotas.conftest import (
    CITY,
    LECT,
    LIVES_HERE,
    PHONE,
    SUE,
    WANTED,
    Seats,
    SetQuota,
    Shut,
    cell,
    plan,
)
from tests.stage import Survey


def answer(question: str) -> Dimension:
    return Dimension(DimensionKind.ANSWER, question=question)


def places(error: pytest.ExceptionInfo[InvalidInputError]) -> list[str]:
    return [fault.where for fault in error.value.faults]


def test_codes_are_cut_to_their_digits_and_lects_become_tags(quota: SetQuota, seats: Seats) -> None:
    quota(cell("450100", "壮语", most=3), cell("4502", "za", most=2), over=(CITY, LECT))
    assert seats.counts() == {"4501 za": (0, 0), "4502 za": (0, 0)}


@pytest.mark.parametrize(
    ("dimension", "key", "where"),
    [
        (answer("shoe_size"), "1", "dimensions[0].question"),
        (answer("age"), "40", "dimensions[0].question"),
        (answer("worries"), "1", "dimensions[0].question"),
        (answer("residence"), "7", "cells[0].answer:residence"),
        (CITY, "9901", "cells[0].area"),
        (CITY, "450102", "cells[0].area"),
        (Dimension(DimensionKind.AREA, digits=5), "45010", "dimensions[0].digits"),
        (PHONE, "pigeon", "cells[0].phone"),
        (LECT, "Klingonish", "cells[0].lect"),
        (LECT, "bo", "cells[0].lect"),
    ],
)
def test_what_does_not_exist_is_named(quota: SetQuota, dimension: Dimension, key: str, where: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        quota(cell(key, most=3), over=(dimension,))
    assert places(error) == [where]


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ((cell("mobile", most=3), cell("mobile", most=4)), ["cells[1]"]),
        ((cell("mobile", most=3, target=4),), ["cells[0].most"]),
        ((cell("mobile", most=3, target=-1), cell("fixed", "x", most=1)), ["cells[0].target", "cells[1].key"]),
        ((), ["cells"]),
    ],
)
def test_cells_that_cannot_be_are_named_all_at_once(
    quota: SetQuota, seats: Seats, cells: tuple[CellPlan, ...], where: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as error:
        quota(*cells, over=(PHONE,))
    assert places(error) == where
    assert seats.cells() == []


def test_a_dimension_is_named_once_and_a_quota_has_a_name(quota: SetQuota) -> None:
    with pytest.raises(InvalidInputError) as error:
        quota(cell("mobile", "mobile", most=1), over=(PHONE, PHONE), name=" ")
    assert places(error) == ["name", "dimensions[1]"]


def test_cells_that_stay_keep_what_was_counted(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=3), cell("fixed", most=3), over=(PHONE,))
    seats.take(1, phone="mobile")
    complete_seat(seats.session, UUID(int=1))
    seats.take(2, phone="mobile")
    quota(cell("mobile", most=9), cell("voip", most=1), over=(PHONE,))
    assert seats.counts() == {"mobile": (1, 1), "voip": (0, 0)}


@pytest.mark.parametrize(
    ("key", "most", "where"), [("mobile", 1, "cells[0].most"), ("fixed", 5, "cells"), ("1", 5, "dimensions")]
)
def test_nobody_who_was_counted_loses_a_place(
    quota: SetQuota, seats: Seats, key: str, most: int, *, where: str
) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    assert seats.take(1, phone="mobile")
    assert seats.take(2, phone="mobile")
    with pytest.raises(InvalidInputError) as error:
        quota(cell(key, most=most), over=(LIVES_HERE if key == "1" else PHONE,))
    assert places(error) == [where]


def test_the_whole_list_takes_the_place_of_what_was_there(survey: Survey, quota: SetQuota) -> None:
    quota(cell("mobile", most=3), over=(PHONE,), name="old")
    plans = [plan(cell("1", most=2), over=(LIVES_HERE,), name="new")]
    put_quotas(survey.session, survey.campaign, plans, editor=SUE, now=survey.now)
    assert [quota.name for quota in list_quotas(survey.session, survey.campaign.id)] == ["new"]


def test_a_fault_in_a_list_names_the_quota_too(survey: Survey) -> None:
    plans = [plan(cell("1", most=2), over=(LIVES_HERE,)), plan(cell("2g", most=2), over=(PHONE,), name="b")]
    with pytest.raises(InvalidInputError) as error:
        put_quotas(survey.session, survey.campaign, plans, editor=SUE, now=survey.now)
    assert places(error) == ["quotas[1].cells[0].phone"]


def test_a_quota_in_which_somebody_sits_is_not_removed(survey: Survey, quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    seats.take(1, phone="mobile")
    with pytest.raises(ConflictError):
        drop_quota(survey.session, survey.campaign, WANTED, editor=SUE, now=survey.now)


def test_a_closed_campaign_keeps_its_quotas(survey: Survey, quota: SetQuota) -> None:
    close_campaign(survey.session, survey.campaign, actor="person:1", now=survey.now)
    with pytest.raises(ConflictError):
        quota(cell("mobile", most=3), over=(PHONE,))


def test_a_cell_is_closed_and_opened_by_hand(quota: SetQuota, seats: Seats, shut: Shut) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    shut(Closing.HARD)
    assert seats.cells()[0].state is CellState.CLOSED
    assert not seats.take(1, phone="mobile")
    shut(None)
    assert seats.take(1, phone="mobile")


def test_a_cell_of_another_campaign_is_not_there(survey: Survey, quota: SetQuota, other_campaign: Campaign) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    [cell_id] = [c.id for standing in list_quotas(survey.session, survey.campaign.id) for c in standing.cells]
    with pytest.raises(NotFoundError):
        shut_cell(survey.session, other_campaign, cell_id, closing=Closing.HARD, editor=SUE, now=survey.now)


def test_every_change_is_in_the_record(survey: Survey, quota: SetQuota, session: Session, *, shut: Shut) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    for closing in (Closing.SOFT, Closing.HARD, Closing.HARD, None):
        shut(closing)
    drop_quota(session, survey.campaign, WANTED, editor=SUE, now=survey.now)
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("quota.%")).order_by(AuditEntry.position))
    assert acts.all() == [
        "quota.set",
        "quota.cell_closed",
        "quota.cell_closed",
        "quota.cell_opened",
        "quota.removed",
    ]
