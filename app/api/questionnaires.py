"""Questionnaires: check a workbook, publish it, read what was published, and let a campaign ask another version."""

from datetime import datetime
from typing import Annotated

from fastapi import Form, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.accounts.access import LARGEST_ID, require
from app.accounts.domain import Permission, Principal
from app.campaigns.asked import version_read_by, versions_read_by
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import InvalidInputError
from app.core.turns import Router
from app.interviewing.versions import ask_with, interviews_by_version
from app.questionnaires.preview import PreviewScreen, screens_of
from app.questionnaires.service import check_workbook, list_versions, load_form, publish_version
from app.questionnaires.session import CodebookItem, codebook

router = Router(tags=["questionnaires"])
Reader = Annotated[Principal, require(Permission.READ_CODEBOOK)]
Publisher = Annotated[Principal, require(Permission.CREATE_CAMPAIGN)]
VersionId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class VersionOut(BaseModel):
    """One published version, which never changes; `published_by` is a person's id, null for the program itself."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    questionnaire: str
    number: int
    title: str
    source_name: str
    sha256: str
    published_at: datetime
    published_by: int | None


class VersionsOut(BaseModel):
    """Versions by the questionnaire's name, the newest of each first."""

    versions: list[VersionOut]


class FormOut(BaseModel):
    """A version with its languages (BCP 47, the default first), its codebook, and its screens in one language."""

    version: VersionOut
    languages: list[str]
    language: str
    items: list[CodebookItem]
    screens: list[PreviewScreen]


class CheckOut(BaseModel):
    """What came of a workbook without faults: interviews rehearsed, the longest in screens, and what stood out."""

    title: str
    sha256: str
    languages: list[str]
    rehearsed: int
    longest: int
    never_asked: list[str]
    refusing: list[str]


class VersionIn(BaseModel):
    """The version that new interviews are to be held with."""

    model_config = ConfigDict(extra="forbid")

    version_id: int = Field(ge=1, le=LARGEST_ID)


class HeldOut(BaseModel):
    """How many interviews were begun with a version, and how many of them may still go on."""

    model_config = ConfigDict(from_attributes=True)

    version_id: int
    number: int
    interviews: int
    under_way: int


class AskedOut(BaseModel):
    """The version that new interviews are held with, and those that interviews were begun with."""

    version_id: int
    held: list[HeldOut]


@router.get("/questionnaires")
def read_versions(principal: Reader, session: ReadSession) -> VersionsOut:
    """List the published versions; whoever works in some campaigns only sees what those ask."""
    return VersionsOut(versions=[VersionOut.model_validate(line) for line in versions_read_by(session, principal)])


@router.post("/questionnaires/check")
def check(file: UploadFile, _principal: Publisher) -> CheckOut:
    """Say what keeps a workbook from being published, as faults by sheet and cell; nothing is kept."""
    checked = check_workbook(file.file.read(), file.filename or "")
    form, found = checked.compiled.form, checked.rehearsal
    return CheckOut(
        title=form.title,
        sha256=checked.compiled.sha256,
        languages=list(form.languages),
        rehearsed=found.runs,
        longest=found.longest,
        never_asked=found.never_asked(form),
        refusing=sorted(found.refusing),
    )


@router.post("/questionnaires", status_code=201)
def publish(
    file: UploadFile,
    name: Annotated[str, Form(max_length=200)],
    principal: Publisher,
    *,
    session: WriteSession,
    now: Now,
) -> VersionOut:
    """Publish a workbook under a name; the same file again gives the version that it already is."""
    version = publish_version(
        session,
        name=name,
        source=file.file.read(),
        file_name=file.filename or "",
        published_by=principal.id if principal.kind == "person" else None,
        now=now,
    )
    [line] = list_versions(session, among=[version.id])
    return VersionOut.model_validate(line)


@router.get("/questionnaires/{version_id}")
def read_version(
    version_id: VersionId,
    principal: Reader,
    session: ReadSession,
    *,
    language: Annotated[str | None, Query(max_length=100, description="one of `languages`")] = None,
) -> FormOut:
    """Return a version with its codebook, and every screen in one of its languages."""
    line = version_read_by(session, principal, version_id)
    form = load_form(session, version_id)
    chosen = form.languages[0] if language is None else language
    if chosen not in form.languages:
        raise InvalidInputError("The questionnaire has no wording in %(language)s.", language=chosen)
    return FormOut(
        version=VersionOut.model_validate(line),
        languages=list(form.languages),
        language=chosen,
        items=codebook(form),
        screens=screens_of(form, chosen),
    )


@router.get("/campaigns/{campaign_id}/questionnaire")
def read_asked(campaign_id: int, _principal: Reader, session: ReadSession) -> AskedOut:
    """Tell which version new interviews are held with, and how many were begun with each."""
    return _asked(session, campaign_id)


@router.put("/campaigns/{campaign_id}/questionnaire")
def ask_another(
    campaign_id: int,
    body: VersionIn,
    principal: Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)],
    *,
    session: WriteSession,
    now: Now,
) -> AskedOut:
    """Hold new interviews with another version; those that were begun go on with their own.

    409 for a closed campaign, and in the field for a version of another questionnaire.
    """
    version = version_read_by(session, principal, body.version_id)
    ask_with(session, get_campaign(session, campaign_id), version.id, actor=principal.actor, now=now)
    return _asked(session, campaign_id)


def _asked(session: Session, campaign_id: int) -> AskedOut:
    campaign = get_campaign(session, campaign_id)
    held = [HeldOut.model_validate(row) for row in interviews_by_version(session, campaign_id)]
    return AskedOut(version_id=campaign.questionnaire_version_id, held=held)
