"""A quota that is set while interviews are held: all that was held before has its place in it at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.dialing.models import Attempt
from app.interviewing.earlier import HeldBefore
from app.interviewing.interviews import sitting_of
from app.interviewing.models import Interview
from app.interviewing.quota_changes import put_quotas
from app.interviewing.seats import values_of
from app.languages.domain import PUTONGHUA
from app.quotas.domain import SEAT_LASTS, Closing, Dimension, key_of
from app.quotas.service import UnderWay, set_quota
from tests.callers import NUMBERS
from tests.integration.quotas.conftest import (
    AT_NIGHT,
    CITY,
    FEELS_SAFE,
    LECT,
    LIVES_HERE,
    NANNING,
    PHONE,
    SUE,
    Seats,
    SetQuota,
    Shut,
    cell,
    plan,
)
from tests.stage import Desk, Survey

LIUZHOU = "450200"
EVERY_DIMENSION = (CITY, PHONE, LECT, FEELS_SAFE, AT_NIGHT)


@pytest.fixture(autouse=True)
def cases(survey: Survey) -> None:
    places = [NANNING, LIUZHOU, "", NANNING, LIUZHOU, NANNING]
    survey.add_numbers(*((number, place, "普通话") for number, place in zip(NUMBERS, places, strict=False)))


def hold(desk: Desk, *, random: Random | None = None, until: str | None = None) -> Any:
    """Reach somebody and ask up to and with a question, or to the end, by first choices or by chance."""
    desk.reach()
    shown = desk.post("interview", {"lect": PUTONGHUA})
    while shown["question"] is not None:
        question = shown["question"]
        choices = [choice["code"] for choice in question["wording"]["choices"]]
        by_chance = random is not None and choices and question["name"] not in {"residence", "adult"}
        shown = desk.answer(question, codes=(random.choice(choices),) if by_chance and random else ())
        if question["name"] == until:
            break
    return shown


def end(desk: Desk, code: str) -> None:
    desk.post("hang-up")
    desk.deliver()
    desk.post("outcome", {"code": code})


def complete(desk: Desk, *, random: Random | None = None) -> None:
    finished = hold(desk, random=random)
    assert finished["finished_as"] == "complete"
    end(desk, "complete")


def test_calls_go_on_at_once_in_the_cells_of_a_new_quota(session: Session, desk: Desk, survey: Survey) -> None:
    wanted = plan(cell("4501", most=5), cell("4502", most=5), over=(CITY,))
    put_quotas(session, survey.campaign, [wanted], editor=SUE, now=survey.now)
    assert desk.post("next-case")["masked_number"]


def test_who_was_complete_before_is_counted(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    complete(desk)
    quota(cell("4501", "1", most=5), cell("4502", "1", most=5), over=(CITY, LIVES_HERE))
    assert sorted(seats.counts().values()) == [(0, 0), (1, 0)]


def test_setting_it_again_counts_nobody_twice(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    complete(desk)
    for most in (1, 7):
        quota(cell("mobile", most=most), over=(PHONE,))
    complete(desk)
    quota(cell("mobile", most=9), over=(PHONE,))
    assert seats.counts() == {"mobile": (2, 0)}


def test_a_cell_that_is_added_later_finds_its_interviews(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    complete(desk)
    quota(cell("0", most=5), over=(LIVES_HERE,))
    assert seats.counts() == {"0": (0, 0)}
    quota(cell("0", most=5), cell("1", most=5), over=(LIVES_HERE,))
    assert seats.counts() == {"0": (0, 0), "1": (1, 0)}


def test_less_room_than_is_taken_is_refused_by_the_cell(desk: Desk, quota: SetQuota) -> None:
    complete(desk)
    hold(desk, until="residence")
    with pytest.raises(InvalidInputError) as error:
        quota(cell("fixed", most=0), cell("mobile", most=1), over=(PHONE,))
    [fault] = error.value.faults
    assert (fault.where, fault.words()) == ("cells[1].most", "2 places are taken by now. Allow at least as many.")


def test_who_is_on_the_line_has_a_seat_at_once_and_finishes(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    shown = hold(desk, until="residence")
    quota(cell("1", most=1), over=(LIVES_HERE,))
    assert seats.counts() == {"1": (0, 1)}
    assert not seats.take(99, answer__residence="1")
    while shown["question"] is not None:
        shown = desk.answer(shown["question"])
    end(desk, "complete")
    assert seats.counts() == {"1": (1, 0)}


def test_who_was_asked_everything_but_is_not_coded_yet_is_counted(desk: Desk, quota: SetQuota, seats: Seats) -> None:
    hold(desk)
    quota(cell("1", most=1), over=(LIVES_HERE,))
    end(desk, "complete")
    assert seats.counts() == {"1": (1, 0)}


@pytest.mark.parametrize(("away", "held"), [(SEAT_LASTS - timedelta(minutes=1), 1), (SEAT_LASTS, 0)])
def test_who_was_broken_off_holds_a_seat_as_long_as_any_other(
    desk: Desk, survey: Survey, seats: Seats, *, away: timedelta, held: int
) -> None:
    hold(desk, until="residence")
    end(desk, "broke_off")
    wanted = plan(cell("1", most=1), over=(LIVES_HERE,))
    late = desk.clock.advance(away)
    set_quota(survey.session, survey.campaign, wanted, earlier=HeldBefore(), editor=SUE, now=late)
    assert seats.counts() == {"1": (0, held)}
    assert seats.take(99, at=late + timedelta(minutes=1), answer__residence="1")


class NobodyIsSeen:
    """Interviews whose answers are on their way while the quota is set: nobody looks as if they were under way."""

    def completes(self, campaign_id: int, dimensions: Sequence[Dimension]) -> Select[Any, Any, Any]:
        return HeldBefore().completes(campaign_id, dimensions)

    def under_way(
        self, session: Session, campaign_id: int, dimensions: Sequence[Dimension], *, now: datetime
    ) -> Iterator[UnderWay]:
        yield from HeldBefore().under_way(session, campaign_id, dimensions, now=now + SEAT_LASTS)


def test_an_answer_on_its_way_meanwhile_takes_its_seat_with_the_next_one(
    desk: Desk, survey: Survey, seats: Seats
) -> None:
    shown = hold(desk, until="residence")
    wanted = plan(cell("1", most=1), over=(LIVES_HERE,))
    set_quota(survey.session, survey.campaign, wanted, earlier=NobodyIsSeen(), editor=SUE, now=survey.now)
    assert seats.counts() == {"1": (0, 0)}
    desk.answer(shown["question"])
    assert seats.counts() == {"1": (0, 1)}


@pytest.mark.parametrize(("closing", "held"), [(Closing.SOFT, 1), (Closing.HARD, 0)])
def test_a_cell_that_is_closed_hard_seats_nobody_anew(
    desk: Desk, survey: Survey, shut: Shut, *, seats: Seats, closing: Closing, held: int
) -> None:
    hold(desk)
    wanted = plan(cell("1", most=1), over=(LIVES_HERE,))
    set_quota(survey.session, survey.campaign, wanted, earlier=NobodyIsSeen(), editor=SUE, now=survey.now)
    shut(closing)
    set_quota(survey.session, survey.campaign, wanted, earlier=HeldBefore(), editor=SUE, now=survey.now)
    assert seats.counts() == {"1": (0, held)}


def keys_of(session: Session, dimensions: Sequence[Dimension]) -> list[tuple[str, ...]]:
    """Work out interview by interview what the statement over all of them must find."""
    keys = []
    for interview in session.scalars(select(Interview).where(Interview.state == "complete")):
        dialled = select(Attempt.phone_number_id).where(Attempt.case_id == interview.case_id)
        number_id = session.scalars(dialled.order_by(Attempt.id.desc())).first()
        sitting = sitting_of(session, interview, time_zone="Asia/Shanghai")
        values = values_of(session, sitting, dimensions, number_id=number_id)
        keys.append(key_of(dimensions, values) or ())
    return keys


@pytest.mark.parametrize("seed", range(3))
def test_what_is_counted_is_what_each_interview_says_of_itself(desk: Desk, survey: Survey, *, seed: int) -> None:
    random = Random(seed)  # noqa: S311  play, not secrets
    for _ in range(4):
        complete(desk, random=random)
    for dimensions in [EVERY_DIMENSION, *((dimension,) for dimension in EVERY_DIMENSION), (AT_NIGHT, CITY)]:
        found = survey.session.execute(HeldBefore().completes(survey.campaign.id, dimensions))
        counted = Counter(tuple(key) for _uid, key, _end in found)
        assert counted == Counter(keys_of(survey.session, dimensions))
        assert counted.total() == 4
