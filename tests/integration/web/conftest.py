"""Pages as a browser asks for them."""

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def client(client: TestClient) -> TestClient:
    """A browser that follows no redirect by itself and asks for pages."""
    client.headers["accept"] = "text/html"
    client.follow_redirects = False
    return client
