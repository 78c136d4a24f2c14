"""Places are given as answers come in, kept, given back, and counted."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.quotas.domain import SEAT_LASTS
from app.quotas.models import QuotaCell
from app.quotas.service import complete_seat, expire_seats, frame_labels, needs_of_labels, release_seat
from tests.integration.quotas.conftest import CITY, LIVES_HERE, PHONE, Seats, SetQuota, cell

ONE = UUID(int=1)


def test_a_seat_is_taken_when_every_value_is_known(quota: SetQuota, seats: Seats) -> None:
    quota(cell("4501", "1", most=1), over=(CITY, LIVES_HERE))
    assert seats.take(1, area="450102", phone="mobile")
    assert seats.counts() == {"4501 1": (0, 0)}
    assert seats.take(1, area="450102", answer__residence="1")
    assert seats.counts() == {"4501 1": (0, 1)}


def test_who_lands_in_a_full_cell_holds_nothing_anywhere(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=5), over=(PHONE,), name="phones")
    quota(cell("1", most=1), over=(LIVES_HERE,), name="people")
    assert seats.take(1, phone="mobile", answer__residence="1")
    assert seats.take(2, phone="mobile")
    assert not seats.take(2, phone="mobile", answer__residence="1")
    assert seats.counts() == {"1": (0, 1), "mobile": (0, 1)}


def test_what_no_cell_names_is_outside(quota: SetQuota, seats: Seats) -> None:
    quota(cell("4501", most=5), over=(CITY,))
    assert not seats.take(1, area="110101")
    assert not seats.take(2, area="")


def test_a_corrected_answer_moves_the_seat(quota: SetQuota, seats: Seats) -> None:
    quota(cell("1", most=1), cell("0", most=1), over=(LIVES_HERE,))
    seats.take(1, answer__residence="1")
    assert seats.take(1, answer__residence="0")
    assert seats.counts() == {"1": (0, 0), "0": (0, 1)}


def test_an_answer_that_applies_no_more_gives_the_seat_back(quota: SetQuota, seats: Seats) -> None:
    quota(cell("1", most=1), over=(LIVES_HERE,))
    seats.take(1, answer__residence="1")
    assert seats.take(1)
    assert seats.counts() == {"1": (0, 0)}


def test_a_complete_is_counted_once(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=2), over=(PHONE,))
    seats.take(1, phone="mobile")
    assert [complete_seat(seats.session, ONE), complete_seat(seats.session, ONE)] == [1, 0]
    assert release_seat(seats.session, ONE) == 0
    assert seats.counts() == {"mobile": (1, 0)}


def test_a_seat_given_back_is_for_the_next(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=1), over=(PHONE,))
    seats.take(1, phone="mobile")
    assert not seats.take(2, phone="mobile")
    assert release_seat(seats.session, ONE) == 1
    assert seats.take(2, phone="mobile")


def test_a_seat_that_ran_out_is_for_whoever_comes_first(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=1), over=(PHONE,))
    seats.take(1, phone="mobile")
    late = seats.now + SEAT_LASTS
    assert seats.take(2, at=late, phone="mobile")
    assert not seats.take(1, at=late, phone="mobile")
    assert complete_seat(seats.session, ONE) == 0


def test_the_same_interview_finds_its_place_again(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=1), over=(PHONE,))
    seats.take(1, phone="mobile")
    late = seats.now + SEAT_LASTS
    assert expire_seats(seats.session, now=late - timedelta(minutes=1)) == 0
    assert expire_seats(seats.session, now=late) == 1
    assert seats.counts() == {"mobile": (0, 0)}
    assert seats.take(1, at=late, phone="mobile")


def test_the_table_itself_refuses_a_complete_too_many(quota: SetQuota, seats: Seats) -> None:
    quota(cell("mobile", most=2), over=(PHONE,))
    with pytest.raises(IntegrityError):
        seats.session.execute(update(QuotaCell).values(completes=3))


def test_the_sample_is_labelled_and_wanted_by_what_is_missing(quota: SetQuota, seats: Seats) -> None:
    quota(cell("4501", "1", most=4), cell("4501", "0", most=1), cell("4502", "1", most=1), over=(CITY, LIVES_HERE))
    label = frame_labels(seats.session, seats.campaign_id).label(area_code="450102", phone_kind="mobile")
    seats.take(1, area="450102", answer__residence="1")
    complete_seat(seats.session, ONE)
    seats.take(2, area="450102", answer__residence="0")
    seats.take(3, area="450201", answer__residence="1")
    needs = needs_of_labels(seats.session, seats.campaign_id)
    assert (label, dict(needs)) == ("area=4501", {"area=4501": 0.75, "area=4502": None})


def test_without_quotas_everybody_has_a_place(seats: Seats) -> None:
    assert seats.take(1, phone="mobile")
    assert dict(needs_of_labels(seats.session, seats.campaign_id)) == {"": 0.0}
