"""A campaign moves from draft to open to closed, and never back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.campaigns.models import Campaign
from app.campaigns.service import close_campaign, open_campaign
from app.core.errors import ConflictError


def test_the_field_opens_and_closes_once(session: Session, other_campaign: Campaign, now: datetime) -> None:
    later = now + timedelta(days=30)
    open_campaign(session, other_campaign, actor="person:1", now=now)
    close_campaign(session, other_campaign, actor="person:1", now=later)
    session.refresh(other_campaign)
    assert other_campaign.state == "closed"
    assert (other_campaign.opened_at, other_campaign.closed_at) == (now, later)
    with pytest.raises(ConflictError):
        open_campaign(session, other_campaign, actor="person:1", now=later)


def test_a_draft_cannot_be_closed_nor_an_open_field_opened(
    session: Session, other_campaign: Campaign, now: datetime
) -> None:
    with pytest.raises(ConflictError, match="must be open first"):
        close_campaign(session, other_campaign, actor="person:1", now=now)
    open_campaign(session, other_campaign, actor="person:1", now=now)
    with pytest.raises(ConflictError, match="must be draft first"):
        open_campaign(session, other_campaign, actor="person:1", now=now)


def test_both_moves_are_recorded(session: Session, other_campaign: Campaign, now: datetime) -> None:
    open_campaign(session, other_campaign, actor="person:1", now=now)
    close_campaign(session, other_campaign, actor="person:2", now=now)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.chain == other_campaign.id).order_by(AuditEntry.position)
    )
    recorded = [(entry.act, entry.actor) for entry in entries]
    assert recorded == [("campaign.open", "person:1"), ("campaign.closed", "person:2")]
