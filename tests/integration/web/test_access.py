import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.web.assets import asset_url
from tests.integration.conftest import SignInAs
from tests.stage import Survey

FOR_SUPERVISORS = ["/campaigns", "/campaigns/new", "/languages"]
OF_ONE_CAMPAIGN = [
    "/campaigns/{id}",
    "/campaigns/{id}/sample",
    "/campaigns/{id}/cases",
    "/campaigns/{id}/rules",
    "/campaigns/{id}/quotas",
    "/campaigns/{id}/roster",
    "/campaigns/{id}/demand",
    "/live/campaigns/{id}",
]


@pytest.mark.parametrize("path", FOR_SUPERVISORS)
def test_an_interviewer_may_not_open_a_supervisors_page(sign_in_as: SignInAs, ana: Person, path: str) -> None:
    reply = sign_in_as(ana).get(path)
    assert reply.status_code == 403
    assert "You may not open this page" in reply.text


@pytest.mark.parametrize("path", OF_ONE_CAMPAIGN)
def test_a_campaign_one_does_not_belong_to_does_not_exist(
    sign_in_as: SignInAs, survey: Survey, zoe: Person, path: str
) -> None:
    assert sign_in_as(zoe).get(path.format(id=survey.campaign.id)).status_code == 404


def test_a_supervisor_may_not_take_cases(sign_in_as: SignInAs, sue: Person) -> None:
    assert sign_in_as(sue).get("/desk").status_code == 403


def test_a_list_names_only_ones_own_campaigns(
    sign_in_as: SignInAs, survey: Survey, zoe: Person, other_campaign: Campaign
) -> None:
    page = sign_in_as(zoe).get("/campaigns").text
    assert "Zoe&#39;s campaign" in page
    assert survey.campaign.name not in page


def test_the_start_page_offers_what_the_role_allows(sign_in_as: SignInAs, ana: Person, ada: Person) -> None:
    assert 'href="/desk"' in sign_in_as(ana).get("/").text
    page = sign_in_as(ada).get("/").text
    assert 'href="/desk"' not in page
    assert 'href="/campaigns"' not in page


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/static/x/nothing.css", 404)])
def test_what_does_not_exist_is_a_readable_page(client: TestClient, path: str, status: int) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert "没有这个页面" in reply.text


def test_an_error_inside_an_open_screen_floats_above_it(sign_in_as: SignInAs, zoe: Person, survey: Survey) -> None:
    reply = sign_in_as(zoe).get(f"/campaigns/{survey.campaign.id}", headers={"hx-request": "true"})
    assert reply.headers["hx-retarget"] == "#toasts"
    assert "<html" not in reply.text


def test_a_form_from_another_site_is_refused(sign_in_as: SignInAs, ana: Person) -> None:
    assert sign_in_as(ana).post("/desk/off", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_an_asset_is_kept_for_ever_only_under_its_own_version(client: TestClient) -> None:
    right = client.get(asset_url("css/base.css"))
    assert "immutable" in right.headers["cache-control"]
    assert client.get("/static/older/css/base.css").headers["cache-control"] == "no-cache"
