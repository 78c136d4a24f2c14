"""Quotas of the safety survey, and interviews that want a place in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.quotas.domain import CellCount, Dimension, DimensionKind
from app.quotas.service import CellPlan, QuotaPlan, list_quotas, set_quota, take_seat
from tests.stage import Survey

CITY = Dimension(DimensionKind.AREA, digits=4)
PHONE = Dimension(DimensionKind.PHONE)
LECT = Dimension(DimensionKind.LECT)
LIVES_HERE = Dimension(DimensionKind.ANSWER, question="residence")
FEELS_SAFE = Dimension(DimensionKind.ANSWER, question="safety_overall")
NANNING = "450100"
WANTED = "wanted"
SetQuota = Callable[..., None]


def plan(*cells: CellPlan, over: tuple[Dimension, ...], name: str = WANTED) -> QuotaPlan:
    return QuotaPlan(name, over, cells)


def cell(*key: str, most: int, target: int | None = None) -> CellPlan:
    return CellPlan(key, most if target is None else target, most)


@pytest.fixture
def quota(survey: Survey) -> SetQuota:
    """Set a quota of the survey."""

    def make(*cells: CellPlan, over: tuple[Dimension, ...], name: str = WANTED) -> None:
        wanted = plan(*cells, over=over, name=name)
        set_quota(survey.session, survey.campaign, wanted, actor="person:1", now=survey.now)

    return make


@dataclass
class Seats:
    """Interviews by number, asking for places."""

    session: Session
    campaign_id: int
    now: datetime

    def take(self, number: int, *, at: datetime | None = None, **values: str) -> bool:
        named = {name.replace("__", ":"): value for name, value in values.items()}
        uid = UUID(int=number)
        return take_seat(self.session, self.campaign_id, interview_uid=uid, values=named, now=at or self.now)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return completes and held seats of every cell."""
        return {" ".join(count.key): (count.completes, count.held) for count in self.cells()}

    def cells(self) -> list[CellCount]:
        return [cell.count for quota in list_quotas(self.session, self.campaign_id) for cell in quota.cells]


@pytest.fixture
def seats(survey: Survey) -> Seats:
    return Seats(survey.session, survey.campaign.id, survey.now)
