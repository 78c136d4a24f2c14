"""Publish questionnaires and hand out their compiled forms."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import URL, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.core.errors import Fault, InvalidInputError, NotFoundError
from app.questionnaires.excel import NOT_PUBLISHED
from app.questionnaires.form import Form, parse_form
from app.questionnaires.models import Questionnaire, QuestionnaireRecording, QuestionnaireVersion
from app.questionnaires.rehearsal import Rehearsal, rehearse
from app.questionnaires.workbook import NO_END, CompiledForm, compile_workbook

MOST_FORMS: Final = 64
REHEARSED: Final = 20  # interviews held with made-up respondents before a form is published
LONGEST_NAME: Final = 200
# A published version never changes, so a parsed form stays right as long as the process lives. Ids are those of one
# database, and a process may work with several.
_forms: OrderedDict[tuple[URL, int], Form] = OrderedDict()
_forms_lock: Final = Lock()


@dataclass(frozen=True)
class CheckedForm:
    """A workbook without faults, and what came of rehearsing it."""

    compiled: CompiledForm
    rehearsal: Rehearsal


@dataclass(frozen=True)
class VersionLine:
    """One published version in a list of them."""

    id: int
    questionnaire: str
    number: int
    title: str
    source_name: str
    sha256: str
    published_at: datetime
    published_by: int | None


def check_workbook(source: bytes, file_name: str) -> CheckedForm:
    """Do all that publishing does before it writes anything.

    Raises InvalidInputError with a fault for every cell that must be changed, and for a form in which an interview
    was not over after thousands of questions.
    """
    compiled = compile_workbook(source, file_name)
    found = rehearse(compiled.form, runs=REHEARSED)
    if found.unending is not None:
        raise InvalidInputError(NOT_PUBLISHED, faults=(Fault("survey", NO_END, (("name", found.unending),)),))
    return CheckedForm(compiled, found)


def publish_version(
    session: Session, *, name: str, source: bytes, file_name: str, published_by: int | None, now: datetime
) -> QuestionnaireVersion:
    """Publish a workbook under a name; the same file again gives the version that it already is.

    Raises InvalidInputError with a fault for every cell that must be changed; then nothing was written.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInputError("Give the questionnaire a name of at most %(most)s characters.", most=str(LONGEST_NAME))
    compiled = check_workbook(source, file_name).compiled
    questionnaire = _lock_questionnaire(session, name)
    versions = select(QuestionnaireVersion).where(QuestionnaireVersion.questionnaire_id == questionnaire.id)
    known = session.scalar(versions.where(QuestionnaireVersion.sha256 == compiled.sha256))
    if known is not None:
        return known
    last = session.scalar(select(func.max(versions.subquery().c.number))) or 0
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire.id,
        number=last + 1,
        title=compiled.title,
        source_name="".join(character for character in file_name if character.isprintable())[-LONGEST_NAME:],
        source=source,
        xform=compiled.xform,
        sha256=compiled.sha256,
        published_at=now,
        published_by=published_by,
    )
    session.add(version)
    session.flush()
    session.add_all(
        QuestionnaireRecording(version_id=version.id, name=one.name, media_type=one.media_type, content=one.content)
        for one in compiled.recordings
    )
    _record(session, version, now=now)
    return version


def _lock_questionnaire(session: Session, name: str) -> Questionnaire:
    """Find or make the questionnaire; its lock keeps two people from publishing the same number."""
    session.execute(insert(Questionnaire).values(name=name).on_conflict_do_nothing())
    return session.scalars(select(Questionnaire).where(Questionnaire.name == name).with_for_update()).one()


def _record(session: Session, version: QuestionnaireVersion, *, now: datetime) -> None:
    actor = "system" if version.published_by is None else f"person:{version.published_by}"
    details = {"number": version.number, "sha256": version.sha256, "file": version.source_name}
    subject = f"questionnaire_version:{version.id}"
    audit.record(session, "questionnaire.publish", actor=actor, subject=subject, details=details, now=now)


def find_version(session: Session, version_id: int) -> QuestionnaireVersion:
    """Return a version without its file and form, which load when they are read; raises NotFoundError."""
    version = session.get(QuestionnaireVersion, version_id)
    if version is None:
        raise NotFoundError("There is no questionnaire version %(id)s.", id=str(version_id))
    return version


def list_versions(session: Session, *, among: Collection[int] | None = None) -> list[VersionLine]:
    """Return the versions by the questionnaire's name, the newest of each first; `among` names ids, None means all."""
    wanted = (
        select(QuestionnaireVersion, Questionnaire.name)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .order_by(Questionnaire.name, QuestionnaireVersion.number.desc())
    )
    if among is not None:
        wanted = wanted.where(QuestionnaireVersion.id.in_(among))
    return [
        VersionLine(
            version.id,
            name,
            version.number,
            version.title,
            version.source_name,
            version.sha256,
            version.published_at,
            version.published_by,
        )
        for version, name in session.execute(wanted)
    ]


def find_recording(session: Session, version_id: int, name: str) -> QuestionnaireRecording:
    """Return a recording of a version; raises NotFoundError."""
    recording = session.get(QuestionnaireRecording, (version_id, name))
    if recording is None:
        raise NotFoundError("This version of the questionnaire has no recording %(name)s.", name=name)
    return recording


def load_form(session: Session, version_id: int) -> Form:
    """Return the form of a version, parsed once for each process; raises NotFoundError."""
    key = (session.get_bind().engine.url, version_id)
    with _forms_lock:
        known = _forms.get(key)
        if known is not None:
            _forms.move_to_end(key)
            return known
    form = parse_form(find_version(session, version_id).xform)
    with _forms_lock:
        _forms[key] = form
        if len(_forms) > MOST_FORMS:
            _forms.popitem(last=False)
    return form
