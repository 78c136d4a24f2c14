"""Signs of life for whoever watches the installation."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from app.accounts.access import PUBLIC
from app.core.db import ReadSession

router = APIRouter(prefix="/health", tags=["health"])


class HealthOut(BaseModel):
    """A sign of life."""

    status: str


@router.get("/live", dependencies=[PUBLIC])
async def live() -> HealthOut:
    """Answer as soon as the process serves; it asks nothing of the database."""
    return HealthOut(status="live")


@router.get("/ready", dependencies=[PUBLIC])
def ready(session: ReadSession) -> HealthOut:
    """Answer when the database answers too."""
    session.execute(text("SELECT 1"))
    return HealthOut(status="ready")
