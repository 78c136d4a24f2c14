"""Pages as a browser asks for them."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web import mount


@pytest.fixture
def client(client: TestClient) -> TestClient:
    """A browser that follows no redirect by itself and asks for pages."""
    app = client.app
    assert isinstance(app, FastAPI)
    if not hasattr(app.state, "render_error_page"):
        mount(app)
    client.headers["accept"] = "text/html"
    client.follow_redirects = False
    return client
