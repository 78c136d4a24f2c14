"""What other packages ask of quotas: one place to import from."""

from sqlalchemy.orm import Session

from app.quotas.cells import (
    StandingCell,
    StandingQuota,
    UnknownCellError,
    dimensions_in_use,
    list_quotas,
    set_closing,
    standing_cell,
)
from app.quotas.changing import Editor, QuotasChangedError
from app.quotas.earlier import Earlier, UnderWay
from app.quotas.labels import CountedQuota, FrameLabels, LabelNeeds
from app.quotas.plans import CellPlan, QuotaPlan
from app.quotas.seats import QuotaFullError, complete_seat, expire_seats, release_seat, take_seat
from app.quotas.setting import remove_quota, set_quota, set_quotas

__all__ = [
    "CellPlan",
    "Earlier",
    "Editor",
    "FrameLabels",
    "LabelNeeds",
    "QuotaFullError",
    "QuotaPlan",
    "QuotasChangedError",
    "StandingCell",
    "StandingQuota",
    "UnderWay",
    "UnknownCellError",
    "complete_seat",
    "dimensions_in_use",
    "expire_seats",
    "frame_labels",
    "list_quotas",
    "needs_of_labels",
    "release_seat",
    "remove_quota",
    "set_closing",
    "set_quota",
    "set_quotas",
    "standing_cell",
    "take_seat",
]


def frame_labels(session: Session, campaign_id: int) -> FrameLabels:
    """Load what the campaign's quotas look at in the sample; its `label` then reads no database."""
    return FrameLabels.over(dimensions_in_use(session, campaign_id))


def needs_of_labels(session: Session, campaign_id: int) -> LabelNeeds:
    """Return how much each label of `frame_labels` is wanted, 0 to 1, or None when nobody new is called for it.

    A label that no cell names lies outside the quota and is None as well. Without quotas everything is wanted at 0.
    """
    quotas = list_quotas(session, campaign_id)
    return LabelNeeds([CountedQuota(quota.dimensions, tuple(c.count for c in quota.cells)) for quota in quotas])
