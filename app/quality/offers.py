"""What listening offers a person: how much of each campaign waits for them, and what they have taken."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.domain import Permission, Principal
from app.campaigns.models import Campaign
from app.campaigns.service import list_campaigns
from app.quality.queue import held_item, waiting_for


@dataclass(frozen=True)
class CampaignToHear:
    """How much of a campaign waits for a listener, and which interview they have taken and not finished."""

    campaign_id: int
    name: str
    waiting: int
    held_item: int | None


def campaigns_to_hear(session: Session, listener: Principal) -> list[CampaignToHear]:
    """Return the campaigns in which this person listens."""
    mine = listener.campaigns_with(Permission.LISTEN_AGAIN)
    return [offer_of(session, one, listener.id) for one in list_campaigns(session) if mine is None or one.id in mine]


def offer_of(session: Session, campaign: Campaign, listener_id: int) -> CampaignToHear:
    """Return what one campaign offers a listener."""
    held = held_item(session, campaign.id, listener_id)
    waiting = waiting_for(session, campaign.id, listener_id)
    return CampaignToHear(campaign.id, campaign.name, waiting, held.id if held else None)
