"""Count what happens to each caller number, let it rest when it must, and choose the one to call from."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import CallerNumber, Campaign, CampaignNumber
from app.campaigns.numbers import UnknownCallerNumberError
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import NumberRules
from app.core.errors import ConflictError, Fault
from app.core.straight import rows
from app.dialing.models import NumberRest
from app.dialing.number_health import FRAUD, UNWANTED, Figures, Rest, RestCause, Standing, choose, judge, resting

SHOWN_DAYS: Final = 14
ALL_REST: Final = "Every number that this campaign may call from rests. Give the case back."
WHY: Final = {
    RestCause.DAILY_CAP: "It has made its calls of today and rests until %(until)s.",
    RestCause.REJECTIONS: "Too many of its calls were rejected; it rests until %(until)s.",
    RestCause.COMPLAINTS: "Too many people took its calls for a fraud; it rests until %(until)s.",
    RestCause.BY_HAND: "A supervisor lets it rest until %(until)s.",
}
_LOCKED: Final = (
    select(CallerNumber.id)
    .join(CampaignNumber, CampaignNumber.caller_number_id == CallerNumber.id)
    .where(CampaignNumber.campaign_id == bindparam("campaign_id"))
    .order_by(CallerNumber.id)
    .with_for_update(of=CallerNumber, key_share=True)
)
# Whichever campaign a call was for: a network judges the number.
_FIGURES: Final = f"""
    count(*) AS calls, count(answered_at) AS answered, count(*) FILTER (WHERE ending = 'rejected') AS rejected,
    count(*) FILTER (WHERE outcome = '{FRAUD}' OR sip_code IN {UNWANTED}) AS complaints
"""
_STANDING: Final = """
    SELECT held.id, held.number, rest.cause, rest.ends_at,
        (SELECT count(*) FROM attempt WHERE caller_number_id = held.id AND requested_at >= %(day)s) AS calls_today
    FROM campaign_number AS link
    JOIN caller_number AS held ON held.id = link.caller_number_id
    LEFT JOIN LATERAL (
        SELECT cause, ends_at FROM number_rest
        WHERE caller_number_id = held.id AND lifted_at IS NULL AND starts_at <= %(now)s AND ends_at > %(now)s
        ORDER BY ends_at DESC LIMIT 1
    ) AS rest ON true
    WHERE link.campaign_id = %(campaign)s AND link.retired_at IS NULL
    ORDER BY held.id
"""
_SINCE_REST: Final = f"""
    SELECT {_FIGURES} FROM attempt
    WHERE caller_number_id = %(number)s AND requested_at >= greatest(%(day)s, (
        SELECT max(coalesce(lifted_at, ends_at)) FROM number_rest WHERE caller_number_id = %(number)s
    ))
"""
_BY_DAY: Final = f"""
    SELECT caller_number_id AS number_id, CAST(requested_at AT TIME ZONE %(zone)s AS date) AS day, {_FIGURES}
    FROM attempt
    WHERE caller_number_id IN (SELECT caller_number_id FROM campaign_number WHERE campaign_id = %(campaign)s)
        AND requested_at >= %(since)s
    GROUP BY 1, 2 ORDER BY 2 DESC, 1
"""


@dataclass(frozen=True)
class DayFigures:
    """What one number's calls of one day met with, in the campaign's time zone."""

    number_id: int
    day: date
    calls: int
    answered: int
    rejected: int
    complaints: int

    @property
    def figures(self) -> Figures:
        """The figures without the day."""
        return Figures(self.calls, self.answered, self.rejected, self.complaints)


@dataclass(frozen=True)
class _Standing:
    id: int
    number: str
    cause: str | None
    ends_at: datetime | None
    calls_today: int


def standings_of(session: Session, campaign: Campaign, *, now: datetime) -> list[Standing]:
    """Return how the campaign's numbers stand now."""
    starts, ends = day_of(campaign, now)
    rules = rules_of(session, campaign).numbers
    found = rows(session, _Standing, _STANDING, campaign=campaign.id, day=starts, now=now)
    return [_standing(row, rules, day_ends=ends) for row in found]


def _standing(row: _Standing, rules: NumberRules, *, day_ends: datetime) -> Standing:
    written = Rest(RestCause(row.cause), row.ends_at) if row.cause and row.ends_at else None
    return Standing(row.id, row.number, row.calls_today, resting(written, row.calls_today, rules, day_ends=day_ends))


def day_of(campaign: Campaign, now: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of today where the campaign is."""
    zone = ZoneInfo(campaign.time_zone)
    today = now.astimezone(zone).date()
    midnights = (datetime.combine(day, datetime.min.time(), zone) for day in (today, today + timedelta(days=1)))
    starts, ends = (midnight.astimezone(now.tzinfo) for midnight in midnights)
    return starts, ends


def choose_number(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """Return the id of the number to call from; raises ConflictError that says of each why it rests.

    Where a daily cap is set, the numbers stay locked until the call is written down, so that it holds exactly.
    """
    if rules_of(session, campaign).numbers.calls_per_day is not None:
        session.execute(_LOCKED, {"campaign_id": campaign.id})
    standings = standings_of(session, campaign, now=now)
    chosen = choose(standings)
    if chosen is None:
        raise ConflictError(ALL_REST, tuple(why_it_rests(standing, campaign) for standing in standings))
    return chosen.number_id


def why_it_rests(standing: Standing, campaign: Campaign) -> Fault:
    """Say why a number rests and until when, by the campaign's own clock."""
    assert standing.rest is not None  # noqa: S101  asked only of those that rest
    until = standing.rest.until.astimezone(ZoneInfo(campaign.time_zone)).strftime("%Y-%m-%d %H:%M")
    return Fault(standing.number, WHY[standing.rest.cause], (("until", until),))


def figures_by_day(session: Session, campaign: Campaign, *, now: datetime) -> list[DayFigures]:
    """Return the figures of the last days, the newest first."""
    since = day_of(campaign, now)[0] - timedelta(days=SHOWN_DAYS - 1)
    return rows(session, DayFigures, _BY_DAY, campaign=campaign.id, since=since, zone=campaign.time_zone)


def rest_numbers(session: Session, *, now: datetime) -> int:
    """Let every number rest whose calls of today, since its last rest, went too badly; returns how many."""
    rested = 0
    for campaign in session.scalars(select(Campaign).where(Campaign.state == CampaignState.OPEN)).all():
        rules = rules_of(session, campaign).numbers
        if rules.judges:
            healthy = [standing for standing in standings_of(session, campaign, now=now) if standing.rest is None]
            rested += sum(_rest_if_bad(session, campaign, standing, now=now) for standing in healthy)
    return rested


def _rest_if_bad(session: Session, campaign: Campaign, standing: Standing, *, now: datetime) -> bool:
    number_id = standing.number_id
    lock = select(CallerNumber.id).where(CallerNumber.id == number_id).with_for_update(key_share=True, skip_locked=True)
    if session.scalar(lock) is None:
        return False  # somebody else judges it at this moment
    rules = rules_of(session, campaign).numbers
    [figures] = rows(session, Figures, _SINCE_REST, number=number_id, day=day_of(campaign, now)[0])
    cause = judge(figures, rules)
    if cause is None:
        return False
    until = now + timedelta(minutes=rules.rest_minutes)
    _write_rest(session, campaign, number_id, rest=Rest(cause, until), figures=figures, actor="system", now=now)
    return True


def rest_by_hand(
    session: Session, campaign: Campaign, number_id: int, *, minutes: int, actor: str, now: datetime
) -> None:
    """Let a number rest for a while; raises UnknownCallerNumberError."""
    _require(standings_of(session, campaign, now=now), number_id)
    rest = Rest(RestCause.BY_HAND, now + timedelta(minutes=minutes))
    _write_rest(session, campaign, number_id, rest=rest, figures=Figures(), actor=actor, now=now)


def lift_rests(session: Session, campaign: Campaign, number_id: int, *, actor: str, now: datetime) -> None:
    """Call from a number again before its rest is over; what its calls met with before counts no more."""
    _require(standings_of(session, campaign, now=now), number_id)
    open_rests = select(NumberRest).where(
        NumberRest.caller_number_id == number_id, NumberRest.lifted_at.is_(None), NumberRest.ends_at > now
    )
    lifted = session.scalars(open_rests.with_for_update()).all()
    if not lifted:
        raise ConflictError("This number does not rest.")
    for rest in lifted:
        rest.lifted_at, rest.lifted_by = now, actor
    session.flush()
    _record(session, campaign, "caller_number.rest_lifted", details={"number_id": number_id}, actor=actor, now=now)


def _require(standings: Sequence[Standing], number_id: int) -> None:
    if all(standing.number_id != number_id for standing in standings):
        raise UnknownCallerNumberError


def _write_rest(
    session: Session, campaign: Campaign, number_id: int, *, rest: Rest, figures: Figures, actor: str, now: datetime
) -> None:
    counted = asdict(figures)
    session.add(
        NumberRest(
            caller_number_id=number_id,
            cause=rest.cause,
            starts_at=now,
            ends_at=rest.until,
            figures=counted,
            actor=actor,
        )
    )
    session.flush()
    details = {"number_id": number_id, "cause": rest.cause.value, "until": rest.until.isoformat(), **counted}
    _record(session, campaign, "caller_number.rested", details=details, actor=actor, now=now)


def _record(
    session: Session, campaign: Campaign, act: str, *, details: dict[str, object], actor: str, now: datetime
) -> None:
    subject = f"campaign:{campaign.id}"
    audit.record(session, act, actor=actor, subject=subject, campaign_id=campaign.id, details=details, now=now)
