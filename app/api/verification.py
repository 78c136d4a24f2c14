"""Is this call genuine? Anybody may ask, by the code they were told or without one."""

from datetime import date

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import PUBLIC, request_address
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.verification import check_code, surveys_in_the_field

router = Router(prefix="/verification", tags=["verification"])


class CodeIn(BaseModel):
    """The code of the call, as it was heard or read; spaces and hyphens do not matter."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100)


class PublicSurveyOut(BaseModel):
    """What anybody may know of a survey; texts that nobody has written are empty."""

    model_config = ConfigDict(from_attributes=True)

    organisation_zh: str
    organisation_en: str
    survey_zh: str
    survey_en: str
    approval_number: str
    approved_until: date | None
    contact_zh: str
    contact_en: str
    starts_on: date | None
    ends_on: date | None
    is_in_the_field: bool
    numbers: tuple[str, ...] = Field(description="the telephone numbers that its calls come from")


class SurveysOut(BaseModel):
    """The surveys that call people now and have said who they are."""

    surveys: list[PublicSurveyOut]


class CheckedOut(BaseModel):
    """Whether the code was given out by us, and for which survey."""

    is_confirmed: bool
    survey: PublicSurveyOut | None


@router.get("", dependencies=[PUBLIC])
def read_surveys(session: ReadSession) -> SurveysOut:
    """Return the general part: who calls people at present, and from which numbers."""
    return SurveysOut(surveys=[PublicSurveyOut.model_validate(survey) for survey in surveys_in_the_field(session)])


@router.post("", dependencies=[PUBLIC])
def check(body: CodeIn, request: Request, *, session: WriteSession, now: Now) -> CheckedOut:
    """Confirm a code or not; nothing is said about anybody. 429 after too many questions."""
    vault = request.app.state.vault
    survey = check_code(session, body.code, address=request_address(request), vault=vault, now=now)
    return CheckedOut(
        is_confirmed=survey is not None, survey=PublicSurveyOut.model_validate(survey) if survey else None
    )
