"""Let people and REST clients in."""

from typing import Annotated

import typer

from app.accounts.clients import create_client
from app.accounts.domain import Role, Scope
from app.accounts.service import create_person, find_person, grant_role
from app.cli.command import client_commands, people_commands
from app.core.clock import utc_now
from app.languages.domain import read_level
from app.languages.service import find_lect
from app.staffing.service import certify
from app.terminal import console, open_session


@people_commands.command("add")
def add_person(
    login: str,
    name: str,
    *,
    role: Annotated[list[Role], typer.Option(help="may be given several times")],
    campaign: Annotated[int | None, typer.Option(help="only in this campaign; otherwise in every one")] = None,
    locale: str = "zh-CN",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Add somebody who may sign in; the first administrator comes this way."""
    with open_session() as (session, _settings):
        now = utc_now()
        person = create_person(session, login=login, display_name=name, password=password, locale=locale, now=now)
        for one in role:
            grant_role(session, person, one, campaign_id=campaign, now=now)
    console.print(f"{login} may sign in.")


@people_commands.command("certify")
def certify_person(
    login: str, lects: Annotated[list[str], typer.Argument(help="LECT=LEVEL: understands, converses or interviews")]
) -> None:
    """Replace the lects that an interviewer masters, as a native speaker has certified them."""
    with open_session() as (session, _settings):
        person = find_person(session, login)
        pairs = [text.rpartition("=") for text in lects]
        certify(session, person.id, {find_lect(session, lect).tag: read_level(level) for lect, _, level in pairs})
    console.print(f"{login} is certified for {len(lects)} lects.")


@client_commands.command("add")
def add_client(
    client_id: str,
    name: str,
    *,
    scope: Annotated[list[Scope], typer.Option(help="may be given several times")],
    campaign: Annotated[list[int] | None, typer.Option(help="only these campaigns; otherwise every one")] = None,
    secret: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Add a REST client."""
    with open_session() as (session, _settings):
        create_client(
            session,
            client_id=client_id,
            secret=secret,
            name=name,
            scopes=scope,
            campaign_ids=campaign or None,
            now=utc_now(),
        )
    console.print(f"{client_id} may ask for tokens.")
