"""Published questionnaires: numbered, immutable, and read back as they were."""

import io
from datetime import datetime

import openpyxl
import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.core.errors import InvalidInputError, NotFoundError
from app.questionnaires.models import Questionnaire, QuestionnaireVersion
from app.questionnaires.service import find_version, load_form, publish_version
from app.questionnaires.session import InterviewState, next_question
from app.questionnaires.workbook import EXAMPLES

SOURCE = (EXAMPLES / "public-safety.xlsx").read_bytes()


def changed(cell: str, value: str) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(SOURCE))
    workbook["survey"][cell] = value
    workbook.save(target := io.BytesIO())
    return target.getvalue()


def publish(session: Session, now: datetime, source: bytes = SOURCE, *, name: str = "Safety") -> QuestionnaireVersion:
    return publish_version(
        session, name=name, source=source, file_name="public-safety.xlsx", published_by=None, now=now
    )


def test_the_example_is_published_with_its_file_and_form(session: Session, now: datetime) -> None:
    version = publish(session, now)
    session.expire_all()
    stored = find_version(session, version.id)
    assert (stored.number, stored.title, stored.published_at) == (1, "公共安全感与满意度调查", now)
    assert (stored.source, len(stored.sha256)) == (SOURCE, 64)
    assert stored.xform.startswith("<?xml")


def test_a_published_form_can_be_run(session: Session, now: datetime) -> None:
    form = load_form(session, publish(session, now).id)
    first = next_question(form, InterviewState({}, seed=1, started_at=now, lect="yue"))
    assert first is not None
    assert first.name == "residence"


def test_a_form_is_parsed_once(session: Session, now: datetime) -> None:
    version = publish(session, now)
    assert load_form(session, version.id) is load_form(session, version.id)


def test_a_form_belongs_to_its_database(session: Session, own_engine: Engine, now: datetime) -> None:
    version = publish(session, now)
    load_form(session, version.id)
    with Session(own_engine) as other, pytest.raises(NotFoundError):
        load_form(other, version.id)


def test_the_same_file_again_is_the_same_version(session: Session, now: datetime) -> None:
    assert publish(session, now).id == publish(session, now).id
    assert session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == 1


def test_a_changed_file_is_the_next_version_and_the_first_stays(session: Session, now: datetime) -> None:
    first = publish(session, now)
    second = publish(session, now, changed("C3", "您在本县居住满六个月了吗？"))
    assert (first.number, second.number) == (1, 2)
    assert load_form(session, first.id).question("residence").label["cmn-x-putonghu"].plain.startswith("请问")


def test_another_name_is_another_questionnaire(session: Session, now: datetime) -> None:
    assert publish(session, now).questionnaire_id != publish(session, now, name="Other").questionnaire_id


def test_a_bad_file_changes_nothing(session: Session, now: datetime) -> None:
    with pytest.raises(InvalidInputError) as caught:
        publish(session, now, changed("A4", "geopoint"))
    assert caught.value.faults[0].where == "survey!A4"
    assert session.scalar(select(func.count()).select_from(Questionnaire)) == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "line\nbreak"])
def test_a_questionnaire_has_a_name(session: Session, now: datetime, name: str) -> None:
    with pytest.raises(InvalidInputError):
        publish(session, now, name=name)


def test_publishing_is_on_record(session: Session, now: datetime) -> None:
    version = publish(session, now)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "questionnaire.publish")).one()
    assert entry.subject == f"questionnaire_version:{version.id}"


@pytest.mark.parametrize(
    "rewriting", [update(QuestionnaireVersion).values(title="Other"), delete(QuestionnaireVersion)], ids=str
)
def test_nobody_rewrites_a_version(session: Session, now: datetime, rewriting: object) -> None:
    publish(session, now)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(rewriting)  # type: ignore[call-overload]  # one of two statements


def test_an_unknown_version_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        load_form(session, 0)
