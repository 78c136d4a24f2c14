"""Signs of life are for everybody."""

from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.main import Wiring, create_app


def test_the_process_and_its_database_answer(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}


def test_while_the_database_is_prepared_only_the_sign_of_life_answers(settings: Settings) -> None:
    unprepared = settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"})
    with TestClient(create_app(unprepared, wiring=Wiring(is_ready=lambda: False))) as client:
        live, api, page = (client.get(path) for path in ("/health/live", "/api/v1/campaigns", "/sign-in"))
    assert live.status_code == 200
    assert (api.status_code, api.headers["content-type"]) == (503, "application/problem+json")
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert "正在准备" in page.text
