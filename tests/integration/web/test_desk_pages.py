"""The console as a browser drives it, one form after the other."""

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.campaigns.service import close_campaign
from app.dialing.models import Appointment
from app.dialing.tick import COUNT_EVERY
from app.telephony.domain import Ending
from tests.stage import Desk, Survey

NANNING = "450100"
OPEN_SCREEN = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def cases(survey: Survey) -> None:
    survey.add_numbers(("13977112345", NANNING, ""), ("13977112346", NANNING, ""))


def press(desk: Desk, path: str, **fields: str) -> str:
    """Send one form of the console and return the desk that comes back."""
    reply: Response = desk.client.post(f"/desk/{path}", data=fields, headers=OPEN_SCREEN)
    assert reply.status_code == 200, reply.text
    return reply.text


def stage_of(page: str) -> str:
    found = re.search(r'<section id="desk" class="desk (\w+)"', page)
    assert found, page
    return found[1]


def answer(desk: Desk, page: str, **given: str) -> str:
    fields = dict(re.findall(r'name="(question|sequence|shown_at)" value="([^"]*)"', page))
    return press(desk, "answer", **fields, **given)


def without_times(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r'name="shown_at" value="[^"]*"', "", page)).strip()


def shown(page: str) -> dict[str, str]:
    """Return what the screen sends with an answer."""
    return dict(re.findall(r'name="(question|sequence|unrated)" value="([^"]*)"', page))


def stays_as_drawn(desk: Desk, *parts: str) -> None:
    """Say that what was drawn alone is what stands in the whole desk."""
    whole = without_times(desk.client.get("/desk", headers=OPEN_SCREEN).text)
    for part in parts:
        assert '<section id="desk"' not in part
        assert without_times(part) in whole


def reach(desk: Desk) -> str:
    """Take a case, dial, and have it answered."""
    press(desk, "next")
    desk.client.post("/desk/dial", headers=OPEN_SCREEN)
    attempt = desk.show()["call"]["attempt_id"]
    desk.network.let_answer(attempt, at=desk.clock())
    desk.deliver()
    return str(desk.client.get("/desk", headers=OPEN_SCREEN).text)


def dial_in_vain(desk: Desk) -> str:
    """Dial the case on the screen, or the next one, and find the line busy."""
    press(desk, "next")
    desk.client.post("/desk/dial", headers=OPEN_SCREEN)
    desk.network.let_end(desk.network.placed[-1], Ending.BUSY, at=desk.clock())
    desk.deliver()
    return str(desk.client.get("/desk", headers=OPEN_SCREEN).text)


def test_the_whole_page_and_the_region_alone_are_the_same(desk: Desk) -> None:
    whole = desk.client.get("/desk").text
    region = desk.client.get("/desk", headers=OPEN_SCREEN).text
    assert whole.startswith("<!DOCTYPE html>")
    assert region.strip() in whole


def test_a_case_is_shown_with_a_masked_number_only(desk: Desk) -> None:
    page = press(desk, "next")
    assert stage_of(page) == "preview"
    assert "+86139****234" in page
    assert "1397711234" not in page


def test_a_call_goes_from_the_opening_to_the_first_question(desk: Desk) -> None:
    assert stage_of(reach(desk)) == "opening"
    page = press(desk, "begin", lect="yue")
    assert stage_of(page) == "question"
    assert 'class="read-aloud" lang="yue"' in page


def test_an_answer_is_saved_and_the_next_question_shown(desk: Desk) -> None:
    reach(desk)
    first = press(desk, "begin", lect="yue")
    second = answer(desk, first, code="1")
    assert 'name="question" value="age"' in second
    assert 'value="residence"' in press(desk, "back")


def test_only_the_question_is_drawn_where_nothing_around_it_changed(desk: Desk) -> None:
    reach(desk)
    page = press(desk, "begin", lect="yue")
    # The first answer of a section lets the screen ask how well it was followed, so that is drawn as well.
    with_rating = desk.client.post("/desk/answer", data={**shown(page), "code": "1"}, headers=OPEN_SCREEN)
    question, _, rating = with_rating.text.partition('<template data-in-place-of=".rated">')
    stays_as_drawn(desk, question, rating.partition("</template>")[0])
    alone = desk.client.post("/desk/answer", data={**shown(question), "text": "40"}, headers=OPEN_SCREEN)
    assert "X-Question-Alone" in alone.headers
    assert "<template" not in alone.text
    stays_as_drawn(desk, alone.text)


def test_a_screen_that_may_be_old_is_drawn_whole(desk: Desk) -> None:
    reach(desk)
    fields = shown(press(desk, "begin", lect="yue"))
    del fields["unrated"]
    whole = desk.client.post("/desk/answer", data={**fields, "code": "1"}, headers=OPEN_SCREEN)
    assert (stage_of(whole.text), "X-Question-Alone" in whole.headers) == ("question", False)


def test_a_wrong_answer_says_why_and_the_question_stays(desk: Desk) -> None:
    reach(desk)
    age = answer(desk, press(desk, "begin", lect="yue"), code="1")
    fields = dict(re.findall(r'name="(question|sequence)" value="([^"]*)"', age))
    reply = desk.client.post("/desk/answer", data={**fields, "text": "many"}, headers=OPEN_SCREEN)
    assert reply.status_code == 422
    assert "Enter a whole number in digits." in reply.text
    assert 'name="question" value="age"' in reply.text


def test_a_line_that_was_busy_preselects_its_outcome_and_leads_to_the_next_case(desk: Desk) -> None:
    page = dial_in_vain(desk)
    assert stage_of(page) == "wrap_up"
    assert re.search(r'value="busy"[^>]*checked', page)
    assert stage_of(press(desk, "outcome", code="busy")) == "preview"


def test_a_typed_time_becomes_an_appointment_with_its_outcome(desk: Desk, survey: Survey) -> None:
    reach(desk)
    desk.client.post("/desk/hang-up", headers=OPEN_SCREEN)
    desk.deliver()
    page = press(desk, "outcome", code="appointment", when="tomorrow 19:00", note="after supper", then="break")
    [booked] = survey.session.scalars(select(Appointment))
    assert stage_of(page) == "break"
    assert f"{booked.starts_at:%Y-%m-%d %H:%M %z}" == "2026-11-24 11:00 +0000"
    assert (booked.kind, booked.note) == ("hard", "after supper")


def test_an_outcome_with_a_time_nobody_understands_changes_nothing(desk: Desk) -> None:
    reach(desk)
    desk.client.post("/desk/hang-up", headers=OPEN_SCREEN)
    desk.deliver()
    reply = desk.client.post("/desk/outcome", data={"code": "appointment", "when": "soon"}, headers=OPEN_SCREEN)
    assert reply.status_code == 422
    assert "This time is not understood" in reply.text
    assert stage_of(reply.text) == "wrap_up"


def test_what_is_heard_changes_what_the_screen_knows(desk: Desk) -> None:
    reach(desk)
    page = press(desk, "language", lect="za", kind="declared")
    assert "stated by the respondent" in page


def test_without_a_case_the_screen_says_what_holds_them_back(desk: Desk) -> None:
    dial_in_vain(desk)
    press(desk, "outcome", code="busy")
    dial_in_vain(desk)
    press(desk, "outcome", code="busy")
    desk.pass_time(COUNT_EVERY)
    page = press(desk, "next")
    assert stage_of(page) == "ready"
    assert "2 cases wait for their time." in page


def test_a_browser_without_scripts_gets_whole_pages(desk: Desk, client: TestClient) -> None:
    reply = client.post("/desk/next")
    assert reply.status_code == 200
    assert reply.text.startswith("<!DOCTYPE html>")


def test_a_desk_whose_field_has_closed_says_so_and_hopes_for_no_case(desk: Desk, survey: Survey) -> None:
    close_campaign(survey.session, survey.campaign, actor="person:1", now=desk.clock())
    page = press(desk, "next")
    assert stage_of(page) == "ready"
    assert "The field of this campaign is closed" in page
    assert "appears here by itself" not in page
    assert stage_of(press(desk, "off")) == "off"


def test_a_time_booked_in_mid_call_can_be_with_the_same_interviewer(desk: Desk, survey: Survey) -> None:
    reach(desk)
    press(desk, "appointment", when="tomorrow 19:00", with_me="true")
    booked = survey.session.scalars(select(Appointment)).one()
    assert booked.with_id == booked.booked_by
