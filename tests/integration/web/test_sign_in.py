import pytest
from fastapi.testclient import TestClient

from app.accounts.models import Person


def sign_in(client: TestClient, login: str, password: str, back: str = "/") -> str:
    reply = client.post("/sign-in", data={"login": login, "password": password, "next": back})
    return reply.headers.get("location", reply.text)


@pytest.fixture(autouse=True)
def _people(sue: Person) -> None:
    """Sue can sign in."""


def test_a_page_leads_to_the_sign_in_and_back(client: TestClient, password: str) -> None:
    asked = client.get("/campaigns?sort=name")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=/campaigns%3Fsort%3Dname"
    assert sign_in(client, "sue", password, "/campaigns?sort=name") == "/campaigns?sort=name"
    assert client.get("/campaigns").status_code == 200


def test_a_wrong_password_says_so_and_keeps_the_name(client: TestClient) -> None:
    page = sign_in(client, "sue", "wrong-password")
    assert "用户名与密码不符" in page
    assert 'value="sue"' in page


def test_a_failed_sign_in_is_counted_although_the_page_is_drawn(client: TestClient, password: str) -> None:
    for _ in range(10):
        sign_in(client, "sue", "wrong-password")
    assert "登录失败次数过多" in sign_in(client, "sue", password)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_sign_in_never_leads_to_another_site(client: TestClient, password: str, elsewhere: str) -> None:
    assert sign_in(client, "sue", password, elsewhere) == "/"


def test_signing_out_ends_the_session(client: TestClient, password: str) -> None:
    sign_in(client, "sue", password)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303


def test_the_language_of_the_profile_is_kept_for_the_next_browser(client: TestClient, password: str) -> None:
    sign_in(client, "sue", password)
    client.post("/preferences", data={"language": "zh-CN", "theme": "dark", "back": "/"})
    page = client.get("/").text
    assert '<html lang="zh-CN" data-theme="dark"' in page
    client.cookies.delete("xiangyin-language")
    assert 'lang="zh-CN"' in client.get("/").text


def test_a_stranger_reads_the_language_the_browser_asks_for(client: TestClient) -> None:
    page = client.get("/sign-in", headers={"accept-language": "en-GB,en;q=0.9"}).text
    assert "<h1>Sign in</h1>" in page
