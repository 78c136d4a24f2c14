"""Who works when in the demonstration: evenings and weekends, some people right now, and a lect short of hands."""

import csv
import io
from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.sampling.tables import read_table
from app.staffing.roster import import_shifts, staff_of

DAYS: Final = 10
SATURDAY: Final = 5
EVENING: Final = (time(17), time(21))
WEEKEND: Final = (time(10), time(18))
# By weekday from Monday. Few who interview in 壮语 are on the roster, the first of them the day after tomorrow, and
# nobody who interviews in 西南官话, so that the page of supply and demand has something to say.
_MOST: Final = ("ana", "player01", "player04", "player05", "player08")
TEAMS: Final = (_MOST, _MOST, _MOST, (*_MOST, "player02"), _MOST, ("ana", "bao", "player01"), ("ana", "player05"))
SHORT: Final = ("bao", "player02")
SHORT_UNTIL: Final = 2  # days ahead
AT_WORK_NOW: Final = ("ana", "player01", "player04", "player05")
SHIFT: Final = timedelta(hours=4)
Stretch = tuple[datetime, datetime]


def seed_roster(session: Session, campaign: Campaign, *, actor: str, now: datetime) -> None:
    """Put the demonstration's interviewers on the roster, from `now` for the coming days."""
    logins = {member.login for member in staff_of(session, campaign.id)}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["login", "starts", "ends"])
    for login, (starts_at, ends_at) in shifts_around(now.astimezone(ZoneInfo(campaign.time_zone)), logins):
        writer.writerow([login, starts_at.isoformat(), ends_at.isoformat()])
    table = read_table(out.getvalue().encode(), "roster.csv")
    import_shifts(session, campaign, table, actor=actor, now=now)


def shifts_around(now: datetime, logins: Collection[str]) -> Iterator[tuple[str, Stretch]]:
    """Yield the shifts of those who are there: at this hour for some, then as the teams work, day by day."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    for login in AT_WORK_NOW:
        if login in logins:
            yield login, (begins, begins + SHIFT)
    for ahead in range(DAYS):
        day = now.date() + timedelta(days=ahead)
        starts, ends = WEEKEND if day.weekday() >= SATURDAY else EVENING
        for login in TEAMS[day.weekday()]:
            is_away = (ahead == 0 and login in AT_WORK_NOW) or (ahead < SHORT_UNTIL and login in SHORT)
            if login in logins and not is_away:
                yield login, (datetime.combine(day, starts, now.tzinfo), datetime.combine(day, ends, now.tzinfo))
