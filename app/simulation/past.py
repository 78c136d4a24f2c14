"""Take the ground of a simulation from a campaign: its areas with their counts, its lects, its rules."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.rule_book import document_of
from app.campaigns.service import get_campaign, lects_of_campaign
from app.core.errors import ConflictError
from app.languages.service import load_understanding, prior_of
from app.sampling.models import SampleUnit
from app.simulation.plans import Ground, SimulatedCampaign

NO_SAMPLE: Final = "The campaign has no sample yet."
NOWHERE: Final = ""


def take_campaign(session: Session, campaign_id: int) -> SimulatedCampaign:
    """Read a campaign's sample by area, the installation's language tables, and the rules in force.

    The people are the emulator's: as many in each area as were sampled there, whatever became of them.
    Raises UnknownCampaignError, and ConflictError when there is no sample.
    """
    campaign = get_campaign(session, campaign_id)
    counted = (
        select(SampleUnit.area_code, func.count())
        .where(SampleUnit.campaign_id == campaign.id)
        .group_by(SampleUnit.area_code)
        .order_by(SampleUnit.area_code)
    )
    places = tuple((code or NOWHERE, float(count)) for code, count in session.execute(counted))
    if not places:
        raise ConflictError(NO_SAMPLE)
    shares = {
        code: tuple((part.lect, part.share) for part in prior_of(session, code or None)) for code, _count in places
    }
    ground = Ground(
        places,
        shares,
        load_understanding(session),
        tuple(row.lect for row in lects_of_campaign(session, campaign.id)),
        campaign.time_zone,
        is_count=True,
    )
    return SimulatedCampaign(campaign.name, ground, document_of(session, campaign))
