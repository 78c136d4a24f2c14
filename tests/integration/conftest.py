"""The cast: Ana and Bao interview, Sue supervises, Ada administers, Zoe belongs to another campaign."""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.domain import Role
from app.accounts.models import Person
from app.accounts.service import create_person, grant_role
from app.campaigns.models import Campaign
from app.campaigns.rule_book import default_rules, first_rules
from app.campaigns.service import DAY_HOURS, CampaignPlan, create_campaign, open_campaign
from app.core.privacy import Vault
from app.languages.domain import PUTONGHUA, Level
from app.questionnaires.models import Questionnaire, QuestionnaireVersion
from app.questionnaires.service import publish_version
from app.staffing.service import certify
from app.telephony.scripted import ScriptedNetwork
from tests.stage import Desk, SetClock, Survey

PASSWORD = "words-for-the-cast"
MakePerson = Callable[[str], Person]
SignInAs = Callable[[Person], TestClient]


@pytest.fixture(scope="session")
def cheap_hasher() -> PasswordHasher:
    """Argon2 as cheap as it goes: tests are no attackers."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def make_person(session: Session, cheap_hasher: PasswordHasher, now: datetime) -> MakePerson:
    """Add somebody without any role."""

    def make(login: str) -> Person:
        return create_person(
            session,
            login=login,
            display_name=login.title(),
            password=PASSWORD,
            locale="en",
            now=now,
            hasher=cheap_hasher,
        )

    return make


@pytest.fixture
def ana(session: Session, make_person: MakePerson, now: datetime) -> Person:
    """Interviews; speaks 普通话 and 粤语."""
    person = make_person("ana")
    grant_role(session, person, Role.INTERVIEWER, now=now)
    return person


@pytest.fixture
def bao(session: Session, make_person: MakePerson, now: datetime) -> Person:
    """Interviews; speaks 壮语 and 普通话."""
    person = make_person("bao")
    grant_role(session, person, Role.INTERVIEWER, now=now)
    return person


@pytest.fixture
def sue(session: Session, make_person: MakePerson, now: datetime) -> Person:
    """Supervises every campaign."""
    person = make_person("sue")
    grant_role(session, person, Role.SUPERVISOR, now=now)
    return person


@pytest.fixture
def ada(session: Session, make_person: MakePerson, now: datetime) -> Person:
    """Administers the installation."""
    person = make_person("ada")
    grant_role(session, person, Role.ADMINISTRATOR, now=now)
    return person


@pytest.fixture
def zoe(session: Session, make_person: MakePerson, other_campaign: Campaign, now: datetime) -> Person:
    """Supervises another campaign and must see nothing of ours."""
    person = make_person("zoe")
    grant_role(session, person, Role.SUPERVISOR, campaign_id=other_campaign.id, now=now)
    return person


@pytest.fixture
def other_campaign(session: Session, now: datetime) -> Campaign:
    """Zoe's campaign: a draft with an empty questionnaire."""
    questionnaire = Questionnaire(name="Zoe's questionnaire")
    session.add(questionnaire)
    session.flush()
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire.id,
        number=1,
        title="Zoe's questionnaire",
        source_name="zoe.xlsx",
        source=b"",
        xform="",
        sha256="0" * 64,
        published_at=now,
    )
    session.add(version)
    session.flush()
    campaign = _draft_campaign("Zoe's campaign", version, now=now)
    session.add(campaign)
    first_rules(session, campaign, default_rules(DAY_HOURS, attempts=8), now=now)
    return campaign


def _draft_campaign(name: str, version: QuestionnaireVersion, *, now: datetime) -> Campaign:
    return Campaign(
        name=name,
        organisation_zh="某调查中心",
        organisation_en="A survey centre",
        questionnaire_version_id=version.id,
        state="draft",
        time_zone="Asia/Shanghai",
        caller_number="+862088880000",
        ring_seconds=30,
        rules_version=1,
        seed=1,
        created_at=now,
    )


@pytest.fixture
def password() -> str:
    """Everybody's in the cast."""
    return PASSWORD


@pytest.fixture
def sign_in_as(client: TestClient) -> SignInAs:
    """Put somebody's session into the client's cookies."""

    def sign_in(person: Person) -> TestClient:
        reply = client.post("/api/v1/sessions", json={"login": person.login, "password": PASSWORD})
        assert reply.status_code == 201, reply.text
        return client

    return sign_in


@pytest.fixture
def survey(session: Session, vault: Vault, now: datetime, ana: Person, bao: Person) -> Survey:
    """A campaign in 普通话, 粤语 and 壮语, with Ana and Bao certified for what they speak."""
    certify(session, ana.id, {PUTONGHUA: Level.INTERVIEWS, "yue": Level.INTERVIEWS})
    certify(session, bao.id, {"za": Level.INTERVIEWS, PUTONGHUA: Level.INTERVIEWS})
    source = files("app.questionnaires").joinpath("examples/public-safety.xlsx").read_bytes()
    version = publish_version(
        session, name="safety", source=source, file_name="public-safety.xlsx", published_by=None, now=now
    )
    plan = CampaignPlan(
        name="Safety 2026",
        organisation_zh="某调查中心",
        organisation_en="A survey centre",
        questionnaire_version_id=version.id,
        greetings={PUTONGHUA: "您好！", "yue": "你好！", "za": "Mwngz ndei!"},
        caller_number="077112340",
        seed=7,
    )
    campaign = create_campaign(session, plan, actor="system", now=now)
    open_campaign(session, campaign, actor="system", now=now)
    return Survey(session, vault, campaign, now)


@pytest.fixture
def desk(survey: Survey, sign_in_as: SignInAs, ana: Person, network: ScriptedNetwork, clock: SetClock) -> Desk:
    """Ana's desk in the survey."""
    desk = Desk(sign_in_as(ana), network, clock)
    desk.post("ready", {"campaign_id": survey.campaign.id})
    return desk
