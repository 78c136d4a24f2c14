"""Signs of life for whoever watches the installation."""

from http import HTTPStatus

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.accounts.access import PUBLIC
from app.core.db import ReadSession
from app.core.errors import XiangyinError
from app.core.problems import RESPONSES
from app.core.turns import Router

router = Router(prefix="/health", tags=["health"], responses=RESPONSES)


class NotReadyError(XiangyinError):
    """The database does not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


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
    try:
        session.execute(text("SELECT 1"))
    except OperationalError as error:
        raise NotReadyError from error
    return HealthOut(status="ready")
