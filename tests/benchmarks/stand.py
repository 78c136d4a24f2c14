"""The test stand: an embedded PostgreSQL of its own, a database for each size, and people to work in it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.service import create_person, grant_role
from app.campaigns.models import Campaign
from app.campaigns.service import CampaignPlan, create_campaign, open_campaign
from app.core.db import SessionFactory, make_engine, session_factory
from app.core.embedded import DatabaseUrls, EmbeddedServer, start_embedded
from app.core.migrate import migrate
from app.core.privacy import Vault
from app.core.settings import Settings
from app.dialing.tick import count_pools
from app.languages.domain import Level
from app.languages.service import sync_reference_data
from app.questionnaires.service import publish_version
from app.staffing.domain import PresenceState
from app.staffing.models import Presence
from app.staffing.service import certify
from tests.benchmarks.fill import DRAINED, FULL, NOT_DUE, OTHER, SHUT, WORKED, fill, make_pools, tidy
from tests.benchmarks.pgbench import Pgbench

NOON: Final = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday; 12:00 in Shanghai, 10:00 in Urumqi
PASSWORD: Final = "words-for-the-stand"
WORKER: Final = "worker"
# Who finds nothing, and why: each interviews in one lect only.
IDLE: Final = {"lects drained": DRAINED, "nothing due": NOT_DUE, "pools shut": SHUT, "quota full": FULL}
MANY: Final = 32
_SET_ASIDE: Final = text(
    "UPDATE survey_case SET state = 'closed', holder_id = NULL, lease_until = NULL, closed_at = :now"
    " WHERE state = 'held'"
)
_SEAT: Final = text("UPDATE presence SET state = 'ready', case_id = NULL WHERE person_id = :person")


@dataclass(frozen=True)
class Plan:
    """How much is measured: sizes in cases, smallest first; a round is so many claims of ours and of the reference."""

    sizes: tuple[int, ...]
    rounds: int = 7
    claims: int = 60
    crowd_claims: int = 200  # of each of 32 interviewers at once
    wearing_claims: int = 20_000  # while an export runs
    batch: int = 10_000  # cases that one tick finds due
    on_the_line: int = 30  # interviewers who answer at the same time


def settings_for(database_url: str) -> Settings:
    """Return the settings of a program on this database; nobody signs in with the demonstration's secrets."""
    key = SecretStr("a key for the stand, forty characters long")
    return Settings(_env_file=None, database_url=database_url, secret_key=key)


@dataclass(frozen=True)
class Field:
    """One campaign of some size in its own database."""

    size: int
    urls: DatabaseUrls
    superuser: URL
    engine: Engine
    admin: Engine
    pgbench: Pgbench
    campaign_id: int
    people: Mapping[str, int]
    vault: Vault

    @property
    def make_session(self) -> SessionFactory:
        return session_factory(self.engine)

    @property
    def worker(self) -> int:
        """The interviewer who speaks three lects, 70 % of the sample."""
        return self.people[WORKER]

    @property
    def crowd(self) -> list[int]:
        """The 32 who speak the same three."""
        return [self.people[f"{WORKER}{number}"] for number in range(MANY)]

    def pools(self, *lects: str) -> list[int]:
        """Return the ids of these lects' pools."""
        wanted = text("SELECT id FROM pool WHERE lect = ANY(:lects) ORDER BY id")
        with self.admin.connect() as connection:
            return list(connection.scalars(wanted, {"lects": list(lects)}))

    @property
    def worked_pools(self) -> list[int]:
        """The pools that the worker serves in full: what the bare claim probes too."""
        return self.pools(*(lect for lect, _ in WORKED))

    def set_aside(self) -> int:
        """Put every case that was taken away for good, so that the next claim finds a fresh one; returns how many."""
        with self.admin.begin() as connection:
            return connection.execute(_SET_ASIDE, {"now": NOON}).rowcount

    def seat(self, connection: Connection, person_id: int) -> None:
        """Make an interviewer ready for the next case, whatever is on the screen."""
        connection.execute(_SEAT, {"person": person_id})
        connection.commit()

    @contextmanager
    def without_disk(self) -> Iterator["Field"]:
        """The same field, where no commit waits until it is on the disk."""
        setting = "-c synchronous_commit=off"
        address = make_url(self.urls.application).update_query_dict({"options": setting})
        engine = make_engine(address.render_as_string(hide_password=False))
        try:
            yield replace(self, engine=engine, pgbench=replace(self.pgbench, server_options=setting))
        finally:
            engine.dispose()

    def tidy(self) -> None:
        """Leave no dead rows to the next measurement."""
        tidy(self.admin)


@dataclass
class Stand:
    """The server, and one field for each size that was asked for."""

    server: EmbeddedServer
    folder: Path
    prefix: str
    plan: Plan
    say: Callable[[str], None] = lambda _words: None
    stack: ExitStack = field(default_factory=ExitStack)
    _fields: dict[int, Field] = field(default_factory=dict)

    @property
    def smallest(self) -> Field:
        return self.field(self.plan.sizes[0])

    @property
    def million(self) -> Field:
        """The size that most rows speak of: the one before the largest where that is 10 million, else the largest."""
        sizes = [size for size in self.plan.sizes if size <= 1_000_000]
        return self.field(sizes[-1])

    def field(self, size: int) -> Field:
        """Return the field of that size, filled at its first use."""
        if size not in self._fields:
            self.say(f"filling a campaign of {size:,} cases")
            self._fields[size] = self.stack.enter_context(self._opened(size))
        return self._fields[size]

    @contextmanager
    def _opened(self, size: int) -> Iterator[Field]:
        name = f"{self.prefix}_{size}"
        urls = start_embedded(Path(self.server.server.pgdata), database=name).urls
        superuser = make_url(self.server.server.get_uri()).set(drivername="postgresql+psycopg", database=name)
        migrate(urls.owner)
        engine = make_engine(urls.application)
        admin = create_engine(superuser, pool_size=4)
        try:
            pgbench = Pgbench(Path(self.server.server.bin_path), superuser, self.folder)
            yield _set_up(size, urls, superuser, engine=engine, admin=admin, pgbench=pgbench)
        finally:
            engine.dispose()
            admin.dispose()
            _drop(superuser, name)


def _drop(superuser: URL, name: str) -> None:
    engine = create_engine(superuser.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def _set_up(size: int, urls: DatabaseUrls, superuser: URL, *, engine: Engine, admin: Engine, pgbench: Pgbench) -> Field:
    vault = Vault.from_settings(settings_for(urls.application))
    with session_factory(engine)() as session, session.begin():
        sync_reference_data(session)
        campaign = _campaign(session)
        people = _people(session, campaign)
        pools = make_pools(session, campaign)
    fill(
        superuser,
        campaign,
        size=size,
        pools=pools,
        ciphertext=vault.encrypt("+8613977112345"),
        person_id=people[WORKER],
        now=NOON,
    )
    with session_factory(engine)() as session, session.begin():
        count_pools(session, now=NOON)
    return Field(size, urls, superuser, engine, admin, pgbench, campaign.id, people, vault)


def _campaign(session: Session) -> Campaign:
    source = files("app.questionnaires").joinpath("examples/public-safety.xlsx").read_bytes()
    version = publish_version(
        session, name="stand", source=source, file_name="public-safety.xlsx", published_by=None, now=NOON
    )
    plan = CampaignPlan(
        name="Stand",
        organisation_zh="某调查中心",
        organisation_en="A survey centre",
        questionnaire_version_id=version.id,
        greetings={lect: "您好！" for lect, _ in (*WORKED, (OTHER, 5))},
        caller_number="077112340",
        seed=7,
    )
    campaign = create_campaign(session, plan, actor="system", now=NOON)
    open_campaign(session, campaign, actor="system", now=NOON)
    return campaign


def _people(session: Session, campaign: Campaign) -> dict[str, int]:
    """Make the worker, the crowd and those who find nothing, each at a desk and ready."""
    worked = {lect: Level.INTERVIEWS for lect, _ in WORKED}
    lects = {WORKER: worked, **{f"{WORKER}{number}": worked for number in range(MANY)}}
    lects |= {why.replace(" ", "-"): {lect: Level.INTERVIEWS} for why, lect in IDLE.items()}
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    ids = {}
    for login, levels in lects.items():
        person = create_person(
            session, login=login, display_name=login, password=PASSWORD, locale="en", now=NOON, hasher=cheap
        )
        grant_role(session, person, Role.INTERVIEWER, now=NOON)
        certify(session, person.id, levels)
        session.add(
            Presence(person_id=person.id, campaign_id=campaign.id, state=PresenceState.READY, since=NOON, case_id=None)
        )
        ids[login] = person.id
    return ids
