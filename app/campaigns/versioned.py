"""What a campaign says in a lect, in versions: a change is a new row, and the newest row of each key is in force.

The tables have `campaign_id`, the columns of the key, `version`, `made_by` and `made_at`; nothing is ever changed or
deleted in them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import Campaign
from app.core.db import Base, append, table_of

Row = TypeVar("Row", bound=Base)


def in_force(session: Session, row_type: type[Row], campaign_id: int, *, key: Sequence[str]) -> list[Row]:
    """Return the newest row of each key, in the order of the keys; `key` names its columns."""
    columns = table_of(row_type).c
    names = [columns[name] for name in key]
    of_campaign = select(row_type).where(columns.campaign_id == campaign_id)
    return list(session.scalars(of_campaign.ext(distinct_on(*names)).order_by(*names, columns.version.desc())))


def put_in_force(
    session: Session,
    campaign: Campaign,
    row_type: type[Base],
    *,
    key: Mapping[str, str],
    content: Mapping[str, object],
    told: Mapping[str, object],
    act: str,
    actor: str,
    now: datetime,
) -> int:
    """Append the next version of a key and return its number; `told` stands for the content in the audit record."""
    # Two who save at once take turns here; calls go on, because they only refer to the campaign's row.
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))
    columns = table_of(row_type).c
    of_key = [columns.campaign_id == campaign.id, *(columns[name] == value for name, value in key.items())]
    version = 1 + (session.scalar(select(func.max(columns.version)).where(*of_key)) or 0)
    append(session, row_type, campaign_id=campaign.id, **key, version=version, **content, made_by=actor, made_at=now)
    audit.record(
        session,
        act,
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"campaign_id": campaign.id, **key, "version": version, **told},
        now=now,
    )
    return version
