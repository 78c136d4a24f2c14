"""Tables of lects, who follows whom, areas, and what an area speaks."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Numbered


class AreaLevel(StrEnum):
    """Depth of an area in its country's tree."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


class Lect(Base):
    """A language or dialect as spoken; its tag is its identity everywhere, also outside this system."""

    __tablename__ = "lect"
    __table_args__ = (CheckConstraint("tag <> 'zh' AND tag NOT LIKE 'zh-%'", name="spoken_not_written"),)

    tag: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    parent: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    family: Mapped[str]
    glottocode: Mapped[str | None]
    iso639_3: Mapped[str | None]
    # A collective name such as 苗语 covers speech so unlike that knowing it does not tell who can interview.
    is_collective: Mapped[bool] = mapped_column(default=False)


class LectAlias(Base):
    """Another name that field staff type for a lect, kept folded (see `domain.fold_name`)."""

    __tablename__ = "lect_alias"

    alias: Mapped[str] = mapped_column(primary_key=True)
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), index=True)


class LectUnderstanding(Base):
    """How far somebody at home in `listener` follows plain speech in `speaker`: 0 nothing, 1 all of it."""

    __tablename__ = "lect_understanding"
    __table_args__ = (CheckConstraint("degree BETWEEN 0 AND 1", name="degree_is_a_share"),)

    listener: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    speaker: Mapped[str] = mapped_column(ForeignKey("lect.tag"), primary_key=True)
    degree: Mapped[float]
    source: Mapped[str]


class RegistryRevision(Base):
    """A random word that changes with the lects and with who follows whom, so that processes may remember both."""

    __tablename__ = "registry_revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str]


class Area(Base):
    """A place by its official code: GB/T 2260 in China, the country's own code elsewhere."""

    __tablename__ = "area"
    __table_args__ = (Index(None, "parent_code"), Index(None, "name_zh"))

    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    level: Mapped[str]


class AreaAlias(Base):
    """A former, short or otherwise common name, or a former code, of an area."""

    __tablename__ = "area_alias"

    alias: Mapped[str] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)


class LectPrior(Numbered, Base):
    """Share of an area's adults who are most at ease in a lect on the telephone, and who says so."""

    __tablename__ = "lect_prior"
    __table_args__ = (
        UniqueConstraint("area_code", "lect"),
        CheckConstraint("share > 0 AND share <= 1", name="share_is_a_share"),
    )

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    lect: Mapped[str] = mapped_column(ForeignKey("lect.tag"), index=True)
    share: Mapped[float]
    source: Mapped[str]
    licence: Mapped[str]
    as_of: Mapped[date] = mapped_column(Date)
