"""Quotas of the safety survey, and interviews that want a place in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.interviewing.quota_changes import HELD_BEFORE, shut_cell
from app.quotas.domain import CellCount, Closing, Dimension, DimensionKind
from app.quotas.service import CellPlan, Editor, QuotaPlan, list_quotas, set_quota, take_seat
from tests.stage import Survey

CITY = Dimension(DimensionKind.AREA, digits=4)
PHONE = Dimension(DimensionKind.PHONE)
LECT = Dimension(DimensionKind.LECT)
LIVES_HERE = Dimension(DimensionKind.ANSWER, question="residence")
AT_NIGHT = Dimension(DimensionKind.ANSWER, question="walk_night")
FEELS_SAFE = Dimension(DimensionKind.ANSWER, question="safety_overall")
NANNING = "450100"
WANTED = "wanted"
SetQuota = Callable[..., None]
Shut = Callable[[Closing | None], None]
SUE = Editor("person:1")


def plan(*cells: CellPlan, over: tuple[Dimension, ...], name: str = WANTED) -> QuotaPlan:
    return QuotaPlan(name, over, cells)


def cell(*key: str, most: int, target: int | None = None) -> CellPlan:
    return CellPlan(key, most if target is None else target, most)


@pytest.fixture
def quota(survey: Survey) -> SetQuota:
    """Set a quota of the survey; the pools stay as they were, so that a case of a full cell can still be taken."""

    def make(*cells: CellPlan, over: tuple[Dimension, ...], name: str = WANTED) -> None:
        wanted = plan(*cells, over=over, name=name)
        set_quota(survey.session, survey.campaign, wanted, earlier=HELD_BEFORE, editor=SUE, now=survey.now)

    return make


@pytest.fixture
def shut(survey: Survey) -> Shut:
    """Close the only cell of the survey, or open it."""

    def make(closing: Closing | None) -> None:
        [cell_id] = [c.id for standing in list_quotas(survey.session, survey.campaign.id) for c in standing.cells]
        shut_cell(survey.session, survey.campaign, cell_id, closing=closing, editor=SUE, now=survey.now)

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
