"""What became of a campaign's notices, counted."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.core.straight import rows

_COUNTS: Final = """
    SELECT coalesce(message.state, notice.state) AS state, coalesce(notice.reason, message.problem) AS reason,
        count(*) AS notices
    FROM notice LEFT JOIN message_request AS message ON message.message_id = notice.id
    WHERE notice.campaign_id = %(campaign)s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


@dataclass(frozen=True)
class NoticeCount:
    """How many notices came so far: planned, skipped, or the state of their message; and why, where that is known."""

    state: str
    reason: str | None
    notices: int


def count_notices(session: Session, campaign_id: int) -> list[NoticeCount]:
    """Count a campaign's notices by what became of them, the most frequent first."""
    return rows(session, NoticeCount, _COUNTS, campaign=campaign_id)
