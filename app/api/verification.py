"""Is this call genuine? Anybody may ask, by the code they were told or without one."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import PUBLIC, request_address
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.verification import PublicSurvey, check_code, surveys_in_the_field

router = Router(prefix="/verification", tags=["verification"])


class CodeIn(BaseModel):
    """The code of the call, as it was heard or read; spaces and hyphens do not matter."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)


class SurveysOut(BaseModel):
    """The surveys that call people now and have said who they are."""

    surveys: list[PublicSurvey]


class CheckedOut(BaseModel):
    """Whether the code was given out by us, and for which survey."""

    is_confirmed: bool
    survey: PublicSurvey | None


@router.get("", dependencies=[PUBLIC])
def read_surveys(session: ReadSession) -> SurveysOut:
    """Return the general part: who calls people at present, and from which numbers."""
    return SurveysOut(surveys=surveys_in_the_field(session))


@router.post("", dependencies=[PUBLIC])
def check(body: CodeIn, request: Request, *, session: WriteSession, now: Now) -> CheckedOut:
    """Confirm a code or not; nothing is said about anybody. 429 after too many questions."""
    vault = request.app.state.vault
    survey = check_code(session, body.code, address=request_address(request), vault=vault, now=now)
    return CheckedOut(is_confirmed=survey is not None, survey=survey)
