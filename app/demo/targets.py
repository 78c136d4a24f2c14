"""The quotas of the demonstration: so many interviews in each place, and so many in each lect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.demo.cast import CANTONESE, SOUTHWESTERN, ZHUANG
from app.interviewing.quota_changes import put_quotas
from app.languages.domain import PUTONGHUA
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.service import CellPlan, Editor, QuotaPlan

PLACES: Final = "地区 · Places"
LECTS: Final = "语言 · Lects"
# Most respondents go on in 普通话; the others are wanted because they would be missing otherwise.
SHARES_OF_LECTS: Final = {PUTONGHUA: 0.7, CANTONESE: 0.12, ZHUANG: 0.12, SOUTHWESTERN: 0.06}
SPARE: Final = 1.1  # as many more than wanted may land in a cell before an interview there is one too many
PREFECTURE: Final = Dimension(DimensionKind.AREA, digits=4)


def seed_quotas(
    session: Session, campaign: Campaign, places: Mapping[str, float], *, completes: int, actor: str, now: datetime
) -> None:
    """Set quotas over `completes` interviews; `places` are the shares of the areas of the sample by their code."""
    plans = [
        QuotaPlan(PLACES, (PREFECTURE,), _cells({code[:4]: share for code, share in places.items()}, completes)),
        QuotaPlan(LECTS, (Dimension(DimensionKind.LECT),), _cells(SHARES_OF_LECTS, completes)),
    ]
    put_quotas(session, campaign, plans, editor=Editor(actor), now=now)


def _cells(shares: Mapping[str, float], completes: int) -> tuple[CellPlan, ...]:
    targets = {value: round(share * completes) for value, share in shares.items()}
    return tuple(CellPlan((value,), target, round(target * SPARE)) for value, target in targets.items())
