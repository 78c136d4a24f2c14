"""Tables of the questionnaires package."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class Questionnaire(Numbered, Base):
    """A questionnaire by its name; what is asked stands in its versions."""

    __tablename__ = "questionnaire"

    name: Mapped[str] = mapped_column(unique=True)


class QuestionnaireRecording(Base):
    """A question of one version as a native speaker reads it."""

    __tablename__ = "questionnaire_recording"
    __table_args__ = {"info": APPEND_ONLY}

    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questionnaire_version.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class QuestionnaireVersion(Numbered, Base):
    """One published state of a questionnaire, with the file it came from and its compiled form."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "number"),
        UniqueConstraint("questionnaire_id", "sha256"),
        {"info": APPEND_ONLY},
    )

    questionnaire_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("questionnaire.id"))
    number: Mapped[int]
    title: Mapped[str]
    source_name: Mapped[str]
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    xform: Mapped[str] = mapped_column(deferred=True)
    sha256: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
