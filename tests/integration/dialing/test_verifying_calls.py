"""Anybody may check a code: it tells about the survey, never about the person, and guessing gets nowhere."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.identity import Identity, identity_of, set_identity
from app.campaigns.service import close_campaign
from app.core.errors import InvalidInputError
from app.dialing import verification
from app.dialing.codes import code_of, draw_code, give_codes, is_well_formed
from app.dialing.models import CaseCode
from tests.callers import NANNING, NUMBERS
from tests.stage import SetClock, Survey

ABOUT = Identity(
    organisation_zh="某统计局",
    organisation_en="A statistics bureau",
    survey_zh="居民安全感调查",
    survey_en="Survey on public safety",
    approval_number="国统办函〔2026〕12号",
    approved_until=date(2027, 6, 30),
    contact_zh="12340",
    starts_on=date(2026, 11, 1),
)


@pytest.fixture
def code(survey: Survey) -> str:
    survey.add_numbers((NUMBERS[0], NANNING, "普通话"))
    set_identity(survey.session, survey.campaign, ABOUT, actor="system", now=survey.now)
    found = code_of(survey.session, survey.cases()[0].id)
    assert found is not None
    return found


def ask(client: TestClient, code: str) -> dict[str, object]:
    reply = client.post("/api/v1/verification", json={"code": code})
    assert reply.status_code == 200, reply.text
    answer: dict[str, object] = reply.json()
    return answer


def test_every_case_gets_a_code_of_its_own(survey: Survey, session: Session) -> None:
    survey.add_numbers(*((number, NANNING, "") for number in NUMBERS))
    codes = list(session.scalars(select(CaseCode.code)))
    assert len(set(codes)) == len(NUMBERS)
    assert all(is_well_formed(code) for code in codes)


def test_a_code_never_changes(survey: Survey, session: Session, code: str) -> None:
    case = survey.cases()[0]
    give_codes(session, [case.id])
    assert code_of(session, case.id) == code


def test_a_genuine_code_tells_who_asks_and_nothing_of_the_person(client: TestClient, code: str) -> None:
    answer = ask(client, f"{code[:4]} {code[4:8]}-{code[8:]}")
    assert answer["is_confirmed"]
    assert answer["survey"] == {
        "organisation_zh": "某统计局", "organisation_en": "A statistics bureau", "survey_zh": "居民安全感调查",
        "survey_en": "Survey on public safety", "approval_number": "国统办函〔2026〕12号",
        "approved_until": "2027-06-30", "contact_zh": "12340", "contact_en": "", "starts_on": "2026-11-01",
        "ends_on": None, "is_in_the_field": True, "numbers": ["077112340"],
    }  # fmt: skip


def test_wrong_and_unknown_codes_look_alike(client: TestClient, code: str) -> None:
    unknown = draw_code()
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)
    answers = [ask(client, typed) for typed in (unknown, mistyped, "", "hello", "9" * 100)]
    assert answers == [{"is_confirmed": False, "survey": None}] * 5


def test_a_code_still_holds_when_the_field_is_over(client: TestClient, survey: Survey, code: str) -> None:
    close_campaign(survey.session, survey.campaign, actor="system", now=survey.now)
    answer = ask(client, code)
    assert isinstance(answer["survey"], dict)
    assert not answer["survey"]["is_in_the_field"]
    assert client.get("/api/v1/verification").json() == {"surveys": []}


def test_one_address_may_not_go_on_guessing(client: TestClient, clock: SetClock, code: str) -> None:
    for _ in range(verification.INQUIRIES_PER_ADDRESS):
        ask(client, draw_code())
    refused = client.post("/api/v1/verification", json={"code": code})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    clock.advance(verification.WINDOW + timedelta(seconds=1))
    assert ask(client, code)["is_confirmed"]


def test_many_addresses_together_may_not_go_on_guessing(survey: Survey, code: str) -> None:
    for number in range(verification.INQUIRIES_IN_TOTAL):
        address = f"10.0.{number // 10}.1"
        verification.check_code(survey.session, "1", address=address, vault=survey.vault, now=survey.now)
    with pytest.raises(verification.TooManyInquiriesError):
        verification.check_code(survey.session, code, address="::1", vault=survey.vault, now=survey.now)


def test_only_surveys_that_say_who_they_are_stand_on_the_general_part(client: TestClient, survey: Survey) -> None:
    assert client.get("/api/v1/verification").json() == {"surveys": []}
    set_identity(survey.session, survey.campaign, ABOUT, actor="system", now=survey.now)
    [listed] = client.get("/api/v1/verification").json()["surveys"]
    assert listed["survey_en"] == "Survey on public safety"


def test_what_the_public_is_told_is_complete_or_refused(survey: Survey) -> None:
    wrong = Identity("某局", "", "", "", starts_on=date(2026, 12, 1), ends_on=date(2026, 11, 1))
    with pytest.raises(InvalidInputError) as refusal:
        set_identity(survey.session, survey.campaign, wrong, actor="system", now=survey.now)
    assert {fault.where for fault in refusal.value.faults} == {"organisation", "survey", "contact", "ends_on"}
    assert identity_of(survey.session, survey.campaign).survey_en == ""
