"""Change the quotas of a campaign one supervisor at a time, each change in the record and under a number of its own.

Locks are always taken in this order: the campaign's row, the chain of its audit record, its quotas, their cells. An
interview that is coded complete takes the chain before its cell as well, so while somebody changes quotas nothing
becomes complete, and what was complete before is all there to be counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.core.errors import ConflictError


class QuotasChangedError(ConflictError):
    """Somebody else has changed the quotas meanwhile. Look at them again, then repeat what is still wanted."""


@dataclass(frozen=True)
class Editor:
    """Who changes quotas, and which revision of them they have seen; None where they change whatever is there."""

    actor: str
    seen_revision: int | None = None


def begin_change(session: Session, campaign: Campaign, editor: Editor) -> None:
    """Let one supervisor at a time change a campaign's quotas; calls go on, because they only refer to its row.

    Raises QuotasChangedError when somebody else has changed them since the editor saw them, and ConflictError
    once the campaign is closed.
    """
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.state == CampaignState.CLOSED:
        raise ConflictError("The campaign is closed; its quotas stay as they are.")
    if editor.seen_revision not in {None, campaign.quota_revision}:
        raise QuotasChangedError


def note_change(
    session: Session, campaign: Campaign, act: str, *, editor: Editor, details: Mapping[str, object], now: datetime
) -> None:
    """Write a change down, which locks the chain of the record, and give the quotas their next revision."""
    subject = f"campaign:{campaign.id}"
    audit.record(session, act, actor=editor.actor, subject=subject, campaign_id=campaign.id, details=details, now=now)
    campaign.quota_revision += 1
    session.flush()
