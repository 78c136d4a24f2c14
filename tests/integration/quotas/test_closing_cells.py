"""A supervisor closes a cell softly or hard and opens it again, from the page and over the API."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.errors import ConflictError
from app.dialing.models import Pool
from app.dialing.routing import FULL_CELL
from app.interviewing.quota_changes import drop_quota, put_quota, put_quotas
from app.quotas.domain import Closing
from app.quotas.service import Editor, list_quotas
from tests.callers import NANNING, NUMBERS
from tests.integration.conftest import SignInAs
from tests.integration.quotas.conftest import CITY, PHONE, WANTED, Seats, SetQuota, Shut, cell, plan
from tests.stage import Survey


@pytest.fixture
def cells(survey: Survey, quota: SetQuota, sign_in_as: SignInAs, sue: Person) -> "Cells":
    """Two cells, and Sue at work."""
    survey.add_numbers((NUMBERS[0], NANNING, "普通话"))
    put_quota(
        survey.session, survey.campaign, plan(cell("4501", most=3), over=(CITY,)), editor=Editor("sue"), now=survey.now
    )
    return Cells(sign_in_as(sue), survey)


class Cells:
    """The quota's only cell over HTTP."""

    def __init__(self, client: TestClient, survey: Survey) -> None:
        self.client = client
        self.survey = survey
        self.page = f"/campaigns/{survey.campaign.id}/quotas"
        [self.id] = [c.id for standing in list_quotas(survey.session, survey.campaign.id) for c in standing.cells]

    def post(self, intent: str, status: int = 200, **body: Any) -> Any:
        reply = self.client.post(f"/api/v1{self.page}/cells/{self.id}/{intent}", json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def revision(self) -> int:
        revision: int = self.client.get(f"/api/v1{self.page}").json()["revision"]
        return revision


@pytest.mark.parametrize(("closing", "state"), [("soft", "stopped"), ("hard", "closed")])
def test_a_program_closes_a_cell_and_opens_it_again(cells: Cells, *, closing: str, state: str) -> None:
    shown = cells.post("close", closing=closing)["cell"]
    assert (shown["id"], shown["closing"], shown["state"]) == (cells.id, closing, state)
    shown = cells.post("open")["cell"]
    assert (shown["closing"], shown["state"]) == (None, "open")


def test_every_closing_is_in_the_record_once(cells: Cells) -> None:
    for closing in ("soft", "soft", "hard"):
        cells.post("close", closing=closing)
    cells.post("open")
    cells.post("open")
    wanted = select(AuditEntry).where(AuditEntry.act.like("quota.cell_%")).order_by(AuditEntry.position)
    told = [(entry.act, entry.details.get("closing")) for entry in cells.survey.session.scalars(wanted)]
    assert told == [("quota.cell_closed", "soft"), ("quota.cell_closed", "hard"), ("quota.cell_opened", None)]


@pytest.mark.parametrize("closing", ["soft", "hard"])
def test_nobody_is_called_for_a_closed_cell_from_then_on(cells: Cells, closing: str) -> None:
    needs = select(Pool.need).where(Pool.cell == "area=4501")
    cells.post("close", closing=closing)
    assert cells.survey.session.scalars(needs).all() == [FULL_CELL]
    cells.post("open")
    assert FULL_CELL not in cells.survey.session.scalars(needs).all()


@pytest.mark.parametrize(("closing", "is_let_in"), [(Closing.SOFT, True), (Closing.HARD, False)])
def test_who_lands_there_is_interviewed_only_where_it_is_closed_softly(
    quota: SetQuota, shut: Shut, seats: Seats, *, closing: Closing, is_let_in: bool
) -> None:
    quota(cell("mobile", most=3), over=(PHONE,))
    assert seats.take(1, phone="mobile")
    shut(closing)
    assert seats.take(1, phone="mobile")
    assert seats.take(2, phone="mobile") is is_let_in


def test_what_somebody_else_has_changed_is_looked_at_again_first(cells: Cells) -> None:
    seen = cells.revision()
    assert cells.post("close", expected_revision=seen)["revision"] == seen + 1
    said = cells.post("open", 409, expected_revision=seen)
    assert said["detail"].startswith("Somebody else has changed the quotas meanwhile.")
    assert cells.post("open", expected_revision=seen + 1)["cell"]["closing"] is None


def test_the_page_refuses_an_old_look_and_shows_what_is_there(cells: Cells) -> None:
    seen = cells.revision()
    cells.post("close", closing="hard")
    headers = {"accept": "text/html"}
    reply = cells.client.post(f"{cells.page}/cells/{cells.id}/open", data={"revision": seen}, headers=headers)
    assert reply.status_code == 409
    assert "Somebody else has changed the quotas meanwhile." in reply.text
    assert "Closed by hand" in reply.text


def test_a_whole_list_made_from_an_old_one_is_refused(cells: Cells) -> None:
    survey, old = cells.survey, Editor("bao", seen_revision=cells.revision())
    cells.post("close")
    for change in (put_quotas, drop_quota):
        what: Any = [plan(cell("4501", most=9), over=(CITY,))] if change is put_quotas else WANTED
        with pytest.raises(ConflictError):
            change(survey.session, survey.campaign, what, editor=old, now=survey.now)
    reply = cells.client.put(f"/api/v1{cells.page}", json={"quotas": [], "expected_revision": old.seen_revision})
    assert reply.status_code == 409


def test_a_cell_that_is_not_there_is_not_found(cells: Cells) -> None:
    cells.id += 1
    assert cells.post("close", 404)["status"] == 404
    assert cells.post("open", 404)["status"] == 404


@pytest.mark.parametrize("intent", ["close", "open"])
def test_interviewers_and_strangers_shut_nothing(
    cells: Cells, sign_in_as: SignInAs, ana: Person, zoe: Person, *, intent: str
) -> None:
    sign_in_as(ana)
    cells.post(intent, 403)
    sign_in_as(zoe)
    cells.post(intent, 404)
