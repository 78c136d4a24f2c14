"""Tables of the sampling package: who may be called, with numbers and names apart from all else."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import APPEND_ONLY, Base, Numbered


class SampleImport(Numbered, Base):
    """One upload of a phone list and what became of each of its rows."""

    __tablename__ = "sample_import"
    __table_args__ = {"info": APPEND_ONLY}

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    accepted: Mapped[int]
    refused: Mapped[int]
    # As ImportReport.as_json writes it: rows, columns, reasons and masked cells only. Read on demand, it can be long.
    report: Mapped[dict[str, Any]] = mapped_column(deferred=True)


class SampleUnit(Numbered, Base):
    """One sampled person or household, without what identifies them."""

    __tablename__ = "sample_unit"

    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"), index=True)
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sample_import.id"), index=True)
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    # `frame` when the list named the area, `number` when only the number's prefix did.
    area_source: Mapped[str | None]
    place_name: Mapped[str]
    time_zone: Mapped[str]
    declared_lect: Mapped[str | None] = mapped_column(ForeignKey("lect.tag"))
    columns: Mapped[dict[str, Any]]
    # People move and keep their number, so a difference is a remark and never an error.
    predicted_place_mismatch: Mapped[bool]


class PhoneNumber(Numbered, Base):
    """A telephone number of a sampled unit; readable only with the installation's key."""

    __tablename__ = "phone_number"
    __table_args__ = (UniqueConstraint("campaign_id", "fingerprint"), UniqueConstraint("sample_unit_id", "position"))

    sample_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sample_unit.id"))
    campaign_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("campaign.id"))
    position: Mapped[int]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    masked: Mapped[str]
    kind: Mapped[str]


class RespondentName(Base):
    """The name of a sampled unit, where the list gave one."""

    __tablename__ = "respondent_name"

    sample_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sample_unit.id"), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class ContactPreference(Base):
    """How the owner of a number wants to be reached; no refusal of a survey, and no ban on calls."""

    __tablename__ = "contact_preference"

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    no_messages: Mapped[bool]
    source: Mapped[str]
    changed_at: Mapped[datetime]


class DoNotCall(Base):
    """A number that nobody may call again, in any campaign."""

    __tablename__ = "do_not_call"

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
