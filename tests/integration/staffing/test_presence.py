"""Who interviews in which lects, and what they are doing."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.campaigns.models import Campaign
from app.languages.domain import PUTONGHUA, Level
from app.staffing.domain import PresenceState
from app.staffing.models import PresenceChange
from app.staffing.service import certify, enter, presence_of, presences_in, skills_of


def test_a_new_certificate_replaces_the_old_one(session: Session, ana: Person) -> None:
    certify(session, ana.id, {PUTONGHUA: Level.INTERVIEWS, "yue": Level.CONVERSES})
    certify(session, ana.id, {"yue": Level.INTERVIEWS, "za": Level.UNDERSTANDS})
    assert skills_of(session, ana.id) == {"yue": Level.INTERVIEWS, "za": Level.UNDERSTANDS}


def test_certificates_are_each_persons_own(session: Session, ana: Person, bao: Person) -> None:
    certify(session, ana.id, {"yue": Level.INTERVIEWS})
    certify(session, bao.id, {"za": Level.INTERVIEWS})
    assert skills_of(session, ana.id) == {"yue": Level.INTERVIEWS}


def test_someone_never_seen_is_off(session: Session, ana: Person, now: datetime) -> None:
    presence = presence_of(session, ana.id, now=now)
    assert (presence.state, presence.since, presence.case_id) == ("off", now, None)
    assert presence_of(session, ana.id, now=now) is presence


def test_each_change_is_kept_and_the_same_state_is_none(session: Session, ana: Person, now: datetime) -> None:
    presence = presence_of(session, ana.id, now=now)
    for minutes, state in enumerate((PresenceState.READY, PresenceState.READY, PresenceState.BREAK)):
        enter(session, presence, state, now=now + timedelta(minutes=minutes))
    changes = session.scalars(select(PresenceChange).where(PresenceChange.person_id == ana.id)).all()
    assert [change.state for change in changes] == ["ready", "break"]
    assert presence.since == now + timedelta(minutes=2)


def test_a_campaign_shows_those_at_work_the_longest_in_their_state_first(
    session: Session, ana: Person, bao: Person, *, other_campaign: Campaign, now: datetime
) -> None:
    for person, state, minutes in ((ana, "ready", 5), (bao, "break", 1)):
        presence = presence_of(session, person.id, now=now)
        presence.campaign_id = other_campaign.id
        enter(session, presence, PresenceState(state), now=now + timedelta(minutes=minutes))
    assert [person for person, _ in presences_in(session, other_campaign.id)] == [bao, ana]
    enter(session, presence_of(session, bao.id, now=now), PresenceState.OFF, now=now)
    assert [person for person, _ in presences_in(session, other_campaign.id)] == [ana]
