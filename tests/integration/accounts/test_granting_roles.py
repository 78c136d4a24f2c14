"""Adding people and giving them roles."""

from datetime import datetime

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import demonstration
from app.accounts.clients import ClientTakenError, create_client
from app.accounts.demonstration import DemonstrationSecretsError, refuse_demonstration_people
from app.accounts.domain import Role, Scope
from app.accounts.models import Membership, Person
from app.accounts.service import LoginTakenError, create_person, grant_role, roles_of, withdraw_role
from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.core.settings import Settings


@pytest.fixture
def in_earnest() -> Settings:
    return Settings(_env_file=None, demonstration=False, secret_key=SecretStr("k" * 32))


def test_a_login_is_given_once(session: Session, ana: Person, now: datetime, cheap_hasher: PasswordHasher) -> None:
    with pytest.raises(LoginTakenError):
        create_person(
            session, login="Ana", display_name="Other", password="long enough words", now=now, hasher=cheap_hasher
        )


def test_a_role_given_twice_is_one_role(session: Session, ana: Person, now: datetime) -> None:
    grant_role(session, ana, Role.INTERVIEWER, now=now)
    assert len(session.scalars(select(Membership).where(Membership.person_id == ana.id)).all()) == 1


def test_a_withdrawn_role_is_gone_in_that_campaign_only(
    session: Session, ana: Person, other_campaign: Campaign, now: datetime
) -> None:
    grant_role(session, ana, Role.INTERVIEWER, campaign_id=other_campaign.id, now=now)
    withdraw_role(session, ana, Role.INTERVIEWER, now=now)
    withdraw_role(session, ana, Role.INTERVIEWER, now=now)
    held = session.scalars(select(Membership.campaign_id).where(Membership.person_id == ana.id))
    assert held.all() == [other_campaign.id]


def test_roles_are_listed_in_the_order_of_the_table(session: Session, ada: Person, now: datetime) -> None:
    grant_role(session, ada, Role.INTERVIEWER, now=now)
    assert roles_of(session, ada.id) == [Role.INTERVIEWER, Role.ADMINISTRATOR]


def test_every_change_is_recorded_with_who_made_it(session: Session, ana: Person, ada: Person, now: datetime) -> None:
    actor = f"person:{ada.id}"
    grant_role(session, ana, Role.SUPERVISOR, actor=actor, now=now)
    withdraw_role(session, ana, Role.SUPERVISOR, actor=actor, now=now)
    acts = select(AuditEntry.act, AuditEntry.details).where(AuditEntry.actor == actor).order_by(AuditEntry.position)
    details = {"role": "supervisor"}
    assert [tuple(row) for row in session.execute(acts)] == [("role.granted", details), ("role.withdrawn", details)]


def test_a_client_id_is_given_once(session: Session, now: datetime, cheap_hasher: PasswordHasher) -> None:
    def create() -> None:
        create_client(
            session, client_id="office", name="Office", secret="s", scopes=[Scope.CAMPAIGNS_READ], now=now,
            hasher=cheap_hasher,
        )  # fmt: skip

    create()
    with pytest.raises(ClientTakenError):
        create()


def test_demonstration_passwords_stop_a_start_in_earnest(
    session: Session, now: datetime, cheap_hasher: PasswordHasher, in_earnest: Settings
) -> None:
    create_person(
        session, login="sue", display_name="Sue", password=demonstration.PASSWORD, now=now, hasher=cheap_hasher
    )
    with pytest.raises(DemonstrationSecretsError, match="sue"):
        refuse_demonstration_people(session, in_earnest)


def test_the_demonstration_client_stops_a_start_in_earnest(
    session: Session, now: datetime, cheap_hasher: PasswordHasher, in_earnest: Settings
) -> None:
    create_client(
        session, client_id=demonstration.CLIENT_ID, name="Demo", secret=demonstration.CLIENT_SECRET,
        scopes=list(Scope), now=now, hasher=cheap_hasher,
    )  # fmt: skip
    with pytest.raises(DemonstrationSecretsError, match="demo-client"):
        refuse_demonstration_people(session, in_earnest)


def test_people_of_the_same_name_with_their_own_passwords_are_welcome(
    session: Session, ana: Person, in_earnest: Settings, settings: Settings
) -> None:
    refuse_demonstration_people(session, in_earnest)
    refuse_demonstration_people(session, settings)
