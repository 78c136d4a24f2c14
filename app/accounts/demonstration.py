"""The demonstration's public sign-ins, and the refusal to run with them in earnest."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ApiClient, Person
from app.accounts.passwords import matches
from app.core.errors import ConflictError
from app.core.settings import Settings

LOGINS: Final = ("ana", "bao", "sue", "ada", "lin")
PASSWORD: Final = "xiangyin-demo"  # noqa: S105  public by design, refused outside the demonstration
CLIENT_ID: Final = "demo-client"
CLIENT_SECRET: Final = "demo-secret"  # noqa: S105  public by design, refused outside the demonstration


class DemonstrationSecretsError(ConflictError):
    """The demonstration's sign-ins still work here: %(who)s. Give them other passwords or remove them."""


def refuse_demonstration_people(session: Session, settings: Settings) -> None:
    """Raise DemonstrationSecretsError if anybody outside the demonstration could use its sign-ins."""
    if settings.demonstration:
        return
    people = session.execute(select(Person.login, Person.password_hash).where(Person.login.in_(LOGINS)))
    open_to_all = [login for login, stored in people if matches(PASSWORD, stored)]
    clients = session.scalars(select(ApiClient.secret_hash).where(ApiClient.client_id == CLIENT_ID))
    open_to_all += [CLIENT_ID for stored in clients if matches(CLIENT_SECRET, stored)]
    if open_to_all:
        raise DemonstrationSecretsError(who=", ".join(sorted(open_to_all)))
