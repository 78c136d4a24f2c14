"""Change a campaign's quotas, with everything that hangs on them: earlier interviews counted, pools in step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.dialing.quota_pools import follow_quotas, set_needs
from app.interviewing.earlier import HeldBefore
from app.quotas import service as quotas
from app.quotas.domain import Closing
from app.quotas.service import Editor, QuotaPlan

HELD_BEFORE: Final = HeldBefore()


def put_quota(session: Session, campaign: Campaign, plan: QuotaPlan, *, editor: Editor, now: datetime) -> None:
    """Create or replace one quota; raises as `set_quota` does."""
    quotas.set_quota(session, campaign, plan, earlier=HELD_BEFORE, editor=editor, now=now)
    follow_quotas(session, campaign)


def put_quotas(
    session: Session, campaign: Campaign, plans: Sequence[QuotaPlan], *, editor: Editor, now: datetime
) -> None:
    """Make these the campaign's quotas, and no others; raises as `set_quotas` does."""
    quotas.set_quotas(session, campaign, plans, earlier=HELD_BEFORE, editor=editor, now=now)
    follow_quotas(session, campaign)


def drop_quota(session: Session, campaign: Campaign, name: str, *, editor: Editor, now: datetime) -> None:
    """Remove a quota in which nobody was counted; raises as `remove_quota` does."""
    quotas.remove_quota(session, campaign, name, editor=editor, now=now)
    follow_quotas(session, campaign)


def shut_cell(
    session: Session, campaign: Campaign, cell_id: int, *, closing: Closing | None, editor: Editor, now: datetime
) -> None:
    """Close a cell by hand, or with None open it again; raises as `set_closing` does."""
    quotas.set_closing(session, campaign, cell_id, closing=closing, editor=editor, now=now)
    set_needs(session)
