"""The public page: is this call genuine? No sign-in, and nothing about anybody."""

from typing import Annotated

from fastapi import Form, Request, Response

from app.accounts.access import PUBLIC, request_address
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.turns import Router
from app.dialing.verification import PublicSurvey, check_code, surveys_in_the_field
from app.web.pages import render

PATH = "/verify"
LONGEST = 100

router = Router(include_in_schema=False)


@router.get(PATH, dependencies=[PUBLIC])
def show_verification(*, request: Request, session: ReadSession) -> Response:
    """Show who calls people at present, and ask for the code."""
    return _page(request, surveys_in_the_field(session), asked=False)


@router.post(PATH, dependencies=[PUBLIC])
def check(
    *, request: Request, session: WriteSession, now: Now, code: Annotated[str, Form(max_length=LONGEST)] = ""
) -> Response:
    """Confirm the code or not."""
    address, vault = request_address(request), request.app.state.vault
    found = check_code(session, code, address=address, vault=vault, now=now)
    return _page(request, surveys_in_the_field(session), asked=True, found=found, code=code)


def _page(
    request: Request, surveys: list[PublicSurvey], *, asked: bool, found: PublicSurvey | None = None, code: str = ""
) -> Response:
    return render(request, "verify.html", surveys=surveys, asked=asked, found=found, code=code)
