"""A supervisor changes the rules in a form; every version says who, when, why and what."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.rule_book import change_rules, document_of, rule_versions
from app.web.rules_form import RulesForm
from tests.integration.conftest import SignInAs
from tests.stage import Survey


@pytest.fixture
def sue_at_work(sign_in_as: SignInAs, sue: Person) -> TestClient:
    return sign_in_as(sue)


@pytest.fixture
def typed(survey: Survey, session: Session) -> dict[str, str]:
    """The form as the browser would send it back untouched, with a reason."""
    fields = RulesForm.of(document_of(session, survey.campaign), "en").fields
    filled = {name: value for name, value in fields.items() if value}
    return {**filled, "expected_version": "1", "reason": "The evenings answer better."}


def address(survey: Survey) -> str:
    return f"/campaigns/{survey.campaign.id}/rules"


def test_a_change_is_a_new_version_with_its_reason(
    sue_at_work: TestClient, survey: Survey, session: Session, typed: dict[str, str], sue: Person
) -> None:
    reply = sue_at_work.post(address(survey), data=typed | {"treatments.no_answer.delay_minutes": "6 h"})
    assert reply.status_code == 303, reply.text
    newest = rule_versions(session, survey.campaign.id)[0]
    assert newest.document["treatments"]["no_answer"]["delay_minutes"] == 360
    assert (newest.version, newest.made_by, newest.reason) == (2, sue.id, "The evenings answer better.")
    page = sue_at_work.get(address(survey)).text
    assert "No answer · After</th><td>4 h</td><td>6 h</td>" in page


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"limits.per_case": "many"}, "limits.per_case", "Write a whole number."),
        ({"limits.per_day": "99"}, "limits.per_day", "Must be at most 24."),
        ({"treatments.busy.delay_minutes": "soon"}, "treatments.busy.delay_minutes", "Write a length of time"),
        ({"calling_hours.monday": "all day"}, "calling_hours.monday", "Write the window as two times"),
        ({"slices[1].windows.monday": "18:00-09:00"}, "slices[1].windows.monday", "ends before it starts"),
        ({"treatments.do_not_call.action": "retry"}, "treatments.do_not_call.action", "this outcome must close"),
        ({"treatments.refused_soft.most": "5"}, "treatments.refused_soft.most", "converted at most once"),
        ({"holidays": "1 October"}, "holidays", 'class="fault"'),
        ({"reason": " "}, "reason", "Say why the rules change."),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    sue_at_work: TestClient, survey: Survey, session: Session, typed: dict[str, str], *, wrong: dict[str, str],
    field: str, said: str,
) -> None:  # fmt: skip
    reply = sue_at_work.post(address(survey), data=typed | wrong | {"limits.per_number": "7"})
    assert reply.status_code == 422
    assert f'id="{field}-fault"' in reply.text
    assert said in reply.text
    assert 'name="limits.per_number" value="7"' in reply.text
    assert len(rule_versions(session, survey.campaign.id)) == 1


def test_what_cannot_be_read_and_what_contradicts_are_named_at_once(
    sue_at_work: TestClient, survey: Survey, typed: dict[str, str]
) -> None:
    wrong = {"weights.age": "heavy", "limits.per_day": "99"}
    page = sue_at_work.post(address(survey), data=typed | wrong).text
    assert 'id="weights.age-fault"' in page
    assert 'id="limits.per_day-fault"' in page


def test_whoever_comes_second_is_told_and_overwrites_nothing(
    sue_at_work: TestClient, survey: Survey, session: Session, typed: dict[str, str]
) -> None:
    document = document_of(session, survey.campaign) | {"holidays": ["2026-10-01"]}
    change_rules(
        session, survey.campaign, document, expected_version=1, reason="Holiday", person_id=None, now=survey.now
    )
    reply = sue_at_work.post(address(survey), data=typed)
    assert reply.status_code == 409
    assert "Somebody else has changed the rules meanwhile" in reply.text
    assert document_of(session, survey.campaign)["holidays"] == ["2026-10-01"]


def test_strangers_and_interviewers_do_not_reach_the_rules(
    sign_in_as: SignInAs, survey: Survey, typed: dict[str, str], ana: Person, zoe: Person
) -> None:
    for person, status in ((ana, 403), (zoe, 404)):
        client = sign_in_as(person)
        assert client.get(address(survey)).status_code == status
        assert client.post(address(survey), data=typed).status_code == status


def test_an_outcome_that_nobody_codes_has_no_row_and_what_was_said_of_it_stays(
    sue_at_work: TestClient, survey: Survey, session: Session, typed: dict[str, str]
) -> None:
    survey.change_rules(treatments={"no_interviewer": {"action": "close"}})
    assert "treatments.no_interviewer" not in sue_at_work.get(address(survey)).text
    reply = sue_at_work.post(address(survey), data=typed | {"expected_version": "2", "limits.per_number": "7"})
    assert reply.status_code == 303, reply.text
    assert document_of(session, survey.campaign)["treatments"]["no_interviewer"] == {"action": "close"}
