"""The phrases of a campaign change as a whole, one version after the other, and the record says who."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.campaigns.lexicon_book import change_lexicon, lexicon_of
from app.core.errors import ConflictError
from tests.integration.conftest import SignInAs
from tests.stage import Survey

FINE = {"lect": "cmn", "phrase": "还可以", "probe": "最接近哪一个？", "note_zh": "", "note_en": "", "source": ""}


@pytest.fixture
def sue_client(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


def test_until_somebody_changes_them_the_shipped_phrases_are_in_force(survey: Survey) -> None:
    assert lexicon_of(survey.session, survey.campaign.id).version == 0


def test_a_change_makes_a_version_and_an_entry_of_the_record(survey: Survey) -> None:
    session, campaign = survey.session, survey.campaign
    change_lexicon(session, campaign, [FINE], expected_version=0, actor="person:1", now=survey.now)
    assert [one.phrase for one in lexicon_of(session, campaign.id).phrases] == ["还可以"]
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "lexicon.changed"))
    assert (entry.actor, entry.details) == ("person:1", {"version": 1, "phrases": 1})


def test_the_same_phrases_again_make_no_version(survey: Survey) -> None:
    for expected in (0, 1):
        made = change_lexicon(
            survey.session, survey.campaign, [FINE], expected_version=expected, actor="system", now=survey.now
        )
    assert made.version == 1


def test_whoever_comes_second_is_told(survey: Survey) -> None:
    change_lexicon(survey.session, survey.campaign, [FINE], expected_version=0, actor="system", now=survey.now)
    with pytest.raises(ConflictError):
        change_lexicon(survey.session, survey.campaign, [], expected_version=0, actor="system", now=survey.now)


def test_programs_read_and_replace_the_phrases(survey: Survey, sue_client: TestClient) -> None:
    address = f"/api/v1/campaigns/{survey.campaign.id}/lexicon"
    assert sue_client.get(address).json()["version"] == 0
    body = {"expected_version": 0, "phrases": [FINE]}
    assert sue_client.put(address, json=body).json() == {"version": 1, "phrases": [FINE]}
    assert sue_client.put(address, json=body).status_code == 409


def test_the_page_puts_its_rows_into_force(survey: Survey, sue_client: TestClient) -> None:
    address = f"/campaigns/{survey.campaign.id}/lexicon"
    sent = {"version": "0", **{name: [value, ""] for name, value in FINE.items()}}
    reply = sue_client.post(address, data=sent, follow_redirects=False)
    assert reply.status_code == 303
    assert "还可以" in sue_client.get(address).text
    assert len(lexicon_of(survey.session, survey.campaign.id).phrases) == 1


def test_the_page_names_a_row_that_cannot_be_used_and_keeps_what_was_typed(
    survey: Survey, sue_client: TestClient
) -> None:
    sent = {"version": "0", **FINE, "probe": ""}
    reply = sue_client.post(f"/campaigns/{survey.campaign.id}/lexicon", data=sent)
    assert (reply.status_code, "phrases[1].probe" in reply.text, "还可以" in reply.text) == (422, True, True)


def test_an_interviewer_does_not_change_the_phrases(survey: Survey, sign_in_as: SignInAs, ana: Person) -> None:
    reply = sign_in_as(ana).post(f"/campaigns/{survey.campaign.id}/lexicon", data={"version": "0"})
    assert reply.status_code == 403
    assert lexicon_of(survey.session, survey.campaign.id).version == 0
