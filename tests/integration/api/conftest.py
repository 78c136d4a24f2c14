"""A campaign with one response, and the program that pulls it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from app.accounts.clients import create_client
from app.accounts.domain import Scope
from app.languages.domain import PUTONGHUA
from tests.stage import Desk, Survey

SECRET = "a secret for the program that pulls"


@pytest.fixture
def held_interview(desk: Desk, survey: Survey) -> Survey:
    """The survey after its first complete."""
    survey.add_numbers(("13977112345", "450100", "普通话"))
    desk.reach()
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    return survey


@dataclass
class Puller:
    """A program with a token, looking at one campaign."""

    client: TestClient
    token: str
    campaign_id: int

    def reply(self, part: str = "responses", **query: object) -> Response:
        address = f"/api/v1/campaigns/{self.campaign_id}/{part}"
        headers = {"Authorization": f"Bearer {self.token}"}
        reply: Response = self.client.get(address, params={k: str(v) for k, v in query.items()}, headers=headers)
        return reply

    def read(self, part: str = "responses", **query: object) -> Any:
        reply = self.reply(part, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture
def puller(
    session: Session, client: TestClient, held_interview: Survey, cheap_hasher: PasswordHasher, now: datetime
) -> Puller:
    """A client of OAuth with every scope."""
    create_client(
        session, client_id="scoring", name="Scoring", secret=SECRET, scopes=tuple(Scope), now=now, hasher=cheap_hasher
    )
    form = {"grant_type": "client_credentials", "client_id": "scoring", "client_secret": SECRET}
    token = client.post("/api/v1/oauth/token", data=form).json()["access_token"]
    return Puller(client, token, held_interview.campaign.id)
