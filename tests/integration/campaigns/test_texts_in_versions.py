"""What a campaign says, in versions: the newest is in force, and two who change it at once both keep their words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from app.campaigns.consent import consent_texts_of, set_consent_text
from app.campaigns.models import Campaign, ConsentText
from app.core.db import SessionFactory, session_factory
from app.languages.domain import PUTONGHUA
from tests.stage import Survey

SUPERVISORS = 4


@pytest.fixture
def make_session(own_engine: Engine) -> SessionFactory:
    """Sessions that really commit."""
    return session_factory(own_engine)


def change(make_session: SessionFactory, campaign_id: int, words: str, *, start: Barrier, now: datetime) -> None:
    with make_session() as session, session.begin():
        campaign = session.get_one(Campaign, campaign_id)
        start.wait()
        set_consent_text(session, campaign, PUTONGHUA, text=words, actor="person:1", now=now)


def test_the_newest_words_are_in_force_until_they_are_emptied(survey: Survey) -> None:
    session, campaign = survey.session, survey.campaign
    found = []
    for words in ("可以录音吗？", "我们想录音，可以吗？", ""):
        set_consent_text(session, campaign, PUTONGHUA, text=words, actor="person:1", now=survey.now)
        found.append([(one.version, one.text) for one in consent_texts_of(session, campaign.id)])
    assert found == [[(1, "可以录音吗？")], [(2, "我们想录音，可以吗？")], []]


def test_supervisors_who_change_the_words_at_once_all_keep_theirs(survey: Survey, make_session: SessionFactory) -> None:
    survey.session.commit()
    start, words = Barrier(SUPERVISORS), [f"第{number}种说法" for number in range(SUPERVISORS)]
    with ThreadPoolExecutor(SUPERVISORS) as threads:
        for done in [
            threads.submit(change, make_session, survey.campaign.id, text, start=start, now=survey.now)
            for text in words
        ]:
            done.result()
    kept = survey.session.execute(select(ConsentText.version, ConsentText.text).order_by(ConsentText.version)).all()
    assert [version for version, _text in kept] == list(range(1, SUPERVISORS + 1))
    assert sorted(text for _version, text in kept) == sorted(words)
