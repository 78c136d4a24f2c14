"""An interview that was held, and more versions of it in the feed."""

from typing import Any

import pytest
from sqlalchemy import select

from app.interviewing.models import ResponseSnapshot
from app.interviewing.snapshots import next_sequence
from app.languages.domain import PUTONGHUA
from tests.stage import Desk, Survey

NANNING = "450100"


class Feed:
    """The change feed as it grows."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    @property
    def newest(self) -> ResponseSnapshot:
        wanted = select(ResponseSnapshot).order_by(ResponseSnapshot.change_sequence.desc()).limit(1)
        return self.survey.session.scalars(wanted).one()

    @property
    def record(self) -> Any:
        return self.newest.record

    def grow(self, times: int) -> None:
        """Append further versions of the newest response."""
        for _ in range(times):
            before = self.newest
            snapshot = ResponseSnapshot(
                campaign_id=before.campaign_id,
                interview_id=before.interview_id,
                version=before.version + 1,
                change_sequence=next_sequence(self.survey.session, before.campaign_id),
                closed_at=before.closed_at,
                record=before.record,
            )
            self.survey.session.add(snapshot)
            self.survey.session.flush()


@pytest.fixture
def feed(desk: Desk, survey: Survey) -> Feed:
    """A feed with one complete interview, held in 普通话 after the first question in 粤语."""
    survey.add_numbers(("13977112345", NANNING, ""))
    desk.reach()
    desk.post("lects", {"kind": "observed", "lect": "yue"})
    desk.answer(desk.post("interview", {"lect": "yue"})["question"])
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    return Feed(survey)
