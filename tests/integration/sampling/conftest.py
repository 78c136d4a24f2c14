"""A draft campaign to import phone lists into."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.questionnaires.models import Questionnaire, QuestionnaireVersion


@pytest.fixture
def campaign(session: Session, now: datetime) -> Campaign:
    name = "Public safety, wave 1"
    questionnaire = Questionnaire(name=name)
    session.add(questionnaire)
    session.flush()
    version = QuestionnaireVersion(
        questionnaire_id=questionnaire.id, number=1, title=name, source_name="a.xlsx", source=b"", xform="",
        sha256="0" * 64, published_at=now, published_by=None,
    )  # fmt: skip
    session.add(version)
    session.flush()
    campaign = Campaign(
        name=name, organisation_zh="统计局", organisation_en="Statistics office", questionnaire_version_id=version.id,
        state="draft", time_zone="Asia/Shanghai", caller_number="+8685112340", ring_seconds=30,
        rules_version=1, rules_hash="", completes_wanted=None, seed=1, created_at=now, opened_at=None, closed_at=None,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    return campaign
