from datetime import UTC, datetime

import pytest

from app.core.errors import InvalidInputError
from app.dialing.domain import AppointmentKind
from app.web.when import read_time

MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("+2h", "2026-11-23 12:00"),
        ("30分钟后", "2026-11-23 10:30"),
        ("+1d", "2026-11-24 10:00"),
        ("19:00", "2026-11-23 19:00"),
        ("9:30", "2026-11-24 09:30"),
        ("tomorrow 19:00", "2026-11-24 19:00"),
        ("明天晚上7点半", "2026-11-24 19:30"),
        ("今晚8点", "2026-11-23 20:00"),
        ("后天下午3点", "2026-11-25 15:00"),
        ("11-25 10:30", "2026-11-25 10:30"),
        ("1月5日 10:30", "2027-01-05 10:30"),
        ("周三 10:00", "2026-11-25 10:00"),
        ("Monday 18:15", "2026-11-30 18:15"),
        ("wed 18:15", "2026-11-25 18:15"),
        ("１９：３０", "2026-11-23 19:30"),
    ],
)
def test_a_typed_time_is_read_in_the_respondents_zone(typed: str, local: str) -> None:
    agreed = read_time(typed, time_zone="Asia/Shanghai", now=MONDAY_TEN)
    assert (f"{agreed.starts_at:%Y-%m-%d %H:%M}", agreed.kind) == (local, AppointmentKind.HARD)


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("明天上午", "2026-11-24 09:00", "2026-11-24 12:00"),
        ("wednesday evening", "2026-11-25 19:00", "2026-11-25 22:00"),
        ("下午", "2026-11-23 14:00", "2026-11-23 18:00"),
        ("tomorrow", "2026-11-24 09:00", "2026-11-25 00:00"),
    ],
)
def test_a_part_of_a_day_is_a_medium_appointment(typed: str, begins: str, ends: str) -> None:
    agreed = read_time(typed, time_zone="Asia/Shanghai", now=MONDAY_TEN)
    assert agreed.kind == AppointmentKind.MEDIUM
    assert f"{agreed.starts_at:%Y-%m-%d %H:%M}" == begins
    assert f"{agreed.ends_at:%Y-%m-%d %H:%M}" == ends


def test_the_same_words_mean_another_instant_in_another_zone() -> None:
    here, there = (read_time("19:00", time_zone=zone, now=MONDAY_TEN) for zone in ("Asia/Shanghai", "Asia/Urumqi"))
    assert (there.starts_at - here.starts_at).total_seconds() == 2 * 3600


@pytest.mark.parametrize("typed", ["", "soon", "25:00", "2-31 10:00", "+h", "下次"])
def test_what_is_not_understood_says_how_to_write_it(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_time(typed, time_zone="Asia/Shanghai", now=MONDAY_TEN)
    assert refused.value.faults[0].where == "when"
