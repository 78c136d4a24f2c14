"""Set the demonstration up: people, questionnaire, campaign and a drawn sample."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from random import Random
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.domain import WEEKDAYS
from app.campaigns.identity import Identity, set_identity
from app.campaigns.models import Campaign
from app.campaigns.service import DAY_HOURS, CampaignPlan, create_campaign, open_campaign
from app.core.privacy import Vault
from app.demo.cast import seed_cast
from app.demo.targets import seed_quotas
from app.dialing.intake import open_cases
from app.dialing.tick import set_pools
from app.languages.service import sync_reference_data
from app.questionnaires.service import publish_version
from app.sampling.domain import guess_mapping
from app.sampling.service import import_sample
from app.sampling.tables import read_table

CAMPAIGN: Final = "2026 年群众安全感满意度调查 · Public safety 2026"
CALLER_NUMBER: Final = "077112340"
ACTOR: Final = "system"
# Whoever tries the demonstration may do so at any hour; real people are never called at night.
ROUND_THE_CLOCK: Final = {day: [["00:00", "23:59"]] for day in WEEKDAYS}
COMPLETES_WANTED: Final = 400
TAILS: Final = 10_000  # a mobile prefix of seven digits leaves four


@dataclass(frozen=True)
class Demonstration:
    """What was set up."""

    campaign: Campaign
    players: list[Person]


def is_seeded(session: Session) -> bool:
    """Tell whether the demonstration is there already."""
    return session.scalar(select(Campaign.id).limit(1)) is not None


def seed_demonstration(
    session: Session,
    vault: Vault,
    *,
    players: int,
    numbers: int,
    seed: int,
    hours: Mapping[str, Any] = DAY_HOURS,
    now: datetime,
) -> Demonstration:
    """Create everything that a day of fieldwork needs; `numbers` is the size of the sample."""
    sync_reference_data(session)
    people = seed_cast(session, played=players, now=now)
    campaign = _campaign(session, seed=seed, hours=hours, now=now)
    table = read_table(draw_sample(numbers, seed=seed).encode(), "sample.csv")
    import_sample(
        session,
        campaign_id=campaign.id,
        table=table,
        mapping=guess_mapping(table.header),
        region="CN",
        vault=vault,
        imported_by=None,
        now=now,
    )
    open_cases(session, campaign, now=now)
    open_campaign(session, campaign, actor=ACTOR, now=now)
    set_pools(session, now=now)
    return Demonstration(campaign, people)


def seed_targets(session: Session, campaign: Campaign, *, completes: int, now: datetime) -> None:
    """Set the demonstration's quotas over so many interviews."""
    shares = {place["area_code"]: float(place["share"]) for place in _rows("places.csv")}
    seed_quotas(session, campaign, shares, completes=completes, actor=ACTOR, now=now)


def _campaign(session: Session, *, seed: int, hours: Mapping[str, Any], now: datetime) -> Campaign:
    source = files("app.questionnaires").joinpath("examples/public-safety.xlsx").read_bytes()
    version = publish_version(
        session,
        name="public-safety",
        source=source,
        file_name="public-safety.xlsx",
        published_by=None,
        now=now,
    )
    plan = CampaignPlan(
        name=CAMPAIGN,
        organisation_zh="自治区社情民意调查中心",
        organisation_en="Regional Centre for Public Opinion",
        questionnaire_version_id=version.id,
        greetings={row["lect"]: row["greeting"] for row in _rows("greetings.csv")},
        caller_number=CALLER_NUMBER,
        seed=seed,
        calling_hours=hours,
        completes_wanted=COMPLETES_WANTED,
    )
    campaign = create_campaign(session, plan, actor=ACTOR, now=now)
    set_identity(session, campaign, _identity(campaign), actor=ACTOR, now=now)
    return campaign


def _identity(campaign: Campaign) -> Identity:
    return Identity(
        organisation_zh=campaign.organisation_zh,
        organisation_en=campaign.organisation_en,
        survey_zh="2026 年群众安全感满意度调查",
        survey_en="Survey on public safety 2026",
        approval_number="示例〔2026〕1 号 (example)",
        contact_zh="区号 + 12340（示例）",
        contact_en="area code + 12340 (example)",
    )


def draw_sample(numbers: int, *, seed: int) -> str:
    """Return a CSV file of mobile numbers drawn by the shares of `places.csv`, without repetition."""
    random = Random(f"sample/{seed}")  # noqa: S311  a draw that can be repeated
    places = _rows("places.csv")
    shares = [float(place["share"]) for place in places]
    drawn: dict[str, str] = {}
    while len(drawn) < numbers:
        place = random.choices(places, shares)[0]
        number = f"{random.choice(place['prefixes'].split())}{random.randrange(TAILS):04d}"
        drawn.setdefault(number, place["area_code"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["手机", "区划代码"])
    writer.writerows(drawn.items())
    return out.getvalue()


def _rows(name: str) -> list[dict[str, str]]:
    text = files("app.demo").joinpath(f"data/{name}").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
