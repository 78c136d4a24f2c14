"""Who may take which interview from the queue, and what becomes of one that nobody can hear."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core.errors import ConflictError, NotFoundError
from app.dialing.models import Attempt
from app.interviewing.models import Interview, Recording
from app.interviewing.recordings import RecordingState
from app.languages.domain import PUTONGHUA, Level
from app.quality.checking import check_campaign
from app.quality.models import RelistenItem
from app.quality.queue import KEPT_FOR, ItemState, own_item, put_back, settle_queue, sounds_of, take_item, waiting_for
from app.quality.summary import summary_of
from app.staffing.service import certify
from app.telephony.monitoring.models import Monitoring
from tests.integration.conftest import MakePerson
from tests.integration.quality.conftest import HoldInterview, RecordCall
from tests.stage import Desk, Survey


def test_a_listener_takes_one_and_has_it_until_it_is_done(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session
) -> None:
    campaign = survey.campaign.id
    assert waiting_for(session, campaign, lin.id) == 1
    taken = take_item(session, campaign, lin.id, now=survey.now)
    assert taken is not None
    assert (taken.id, taken.state, taken.taken_by) == (queued.id, ItemState.TAKEN, lin.id)
    assert take_item(session, campaign, lin.id, now=survey.now) is taken
    assert waiting_for(session, campaign, lin.id) == 0


def test_nobody_listens_to_a_call_of_their_own(
    queued: RelistenItem, ana: Person, survey: Survey, session: Session
) -> None:
    assert take_item(session, survey.campaign.id, ana.id, now=survey.now) is None


def test_whoever_does_not_follow_the_lect_gets_nothing(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session
) -> None:
    certify(session, lin.id, {"yue": Level.INTERVIEWS})
    assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is None
    queued.lects = [PUTONGHUA, "yue"]
    session.flush()
    assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is None
    certify(session, lin.id, {"yue": Level.INTERVIEWS, PUTONGHUA: Level.UNDERSTANDS})
    assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is queued


def test_two_people_get_two_different_ones(
    hold_interview: HoldInterview, lin: Person, make_person: MakePerson, survey: Survey, session: Session
) -> None:
    other = make_person("mei")
    certify(session, other.id, {PUTONGHUA: Level.INTERVIEWS})
    for _ in range(2):
        hold_interview()
    check_campaign(session, survey.campaign.id, now=survey.now)
    taken = [take_item(session, survey.campaign.id, person.id, now=survey.now) for person in (lin, other, other)]
    assert [item and item.taken_by for item in taken] == [lin.id, other.id, other.id]
    assert len({item.id for item in taken if item}) == 2


@pytest.mark.parametrize("state", [RecordingState.MADE, RecordingState.RUNNING])
def test_one_that_is_still_being_fetched_waits(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session, state: str
) -> None:
    session.execute(update(Recording).values(state=state))
    assert settle_queue(session, now=survey.now) == 0
    assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is None


@pytest.mark.parametrize("change", [{"state": "deleted"}, {"state": "failed"}, {"is_unwanted": True}])
def test_what_the_respondent_objected_to_or_was_not_recorded_is_closed(
    queued: RelistenItem, survey: Survey, session: Session, change: dict[str, object]
) -> None:
    session.execute(update(Recording).values(**change))
    assert settle_queue(session, now=survey.now) == 1
    session.refresh(queued)
    assert queued.state == ItemState.UNLISTENABLE


def test_what_lies_too_long_goes_back_and_so_does_what_is_given_back(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session
) -> None:
    for give in ("by time", "by hand"):
        assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is not None
        if give == "by time":
            assert settle_queue(session, now=survey.now + KEPT_FOR + timedelta(seconds=1)) == 1
        else:
            put_back(session, queued, now=survey.now)
        session.refresh(queued)
        assert (queued.state, queued.taken_by) == (ItemState.WAITING, None)


def test_what_somebody_gave_back_comes_to_others_only(
    queued: RelistenItem, lin: Person, sue: Person, survey: Survey, session: Session
) -> None:
    certify(session, sue.id, {PUTONGHUA: Level.UNDERSTANDS})
    take_item(session, survey.campaign.id, lin.id, now=survey.now)
    put_back(session, queued, now=survey.now)
    assert waiting_for(session, survey.campaign.id, lin.id) == 0
    assert take_item(session, survey.campaign.id, lin.id, now=survey.now) is None
    assert summary_of(session, survey.campaign).given_back == 1
    assert take_item(session, survey.campaign.id, sue.id, now=survey.now) is queued
    assert summary_of(session, survey.campaign).given_back == 0


@pytest.mark.parametrize("has_joined", [True, False])
def test_nobody_listens_to_a_call_that_they_were_in_as_a_supervisor(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session, *, has_joined: bool
) -> None:
    attempt = session.scalars(select(Attempt)).one()
    monitoring = Monitoring(
        person_id=lin.id, campaign_id=survey.campaign.id, interviewer_id=attempt.interviewer_id, attempt_id=attempt.id,
        room="room", mode="listening", ticket_hash=b"ticket", asked_at=survey.now, seen_at=survey.now,
        joined_at=survey.now if has_joined else None, ended_at=survey.now, left_at=survey.now,
    )  # fmt: skip
    session.add(monitoring)
    session.flush()
    taken = take_item(session, survey.campaign.id, lin.id, now=survey.now)
    assert taken is (None if has_joined else queued)


def test_a_later_call_in_which_nothing_was_answered_is_heard_as_well(
    queued: RelistenItem, survey: Survey, desk: Desk, session: Session, *, record: RecordCall
) -> None:
    first = session.scalars(select(Attempt)).one()
    interview = session.get_one(Interview, queued.interview_id)
    interview.ended_at = survey.now + timedelta(hours=2)
    others = {"before": timedelta(hours=-3), "again": timedelta(hours=1), "after": timedelta(hours=3)}
    attempts = {name: copy_of(first, by=by) for name, by in others.items()}
    session.add_all(attempts.values())
    session.flush()
    heard = [record(attempts[name].id, survey.campaign.id).id for name in others][1]
    assert sounds_of(session, queued)[1:] == [heard]


def copy_of(attempt: Attempt, *, by: timedelta) -> Attempt:
    """The same call at another time."""
    kept = {column.key: getattr(attempt, column.key) for column in Attempt.__table__.columns if column.key != "id"}
    moved = {name: value + by if isinstance(value, datetime) else value for name, value in kept.items()}
    return Attempt(**moved)


def test_what_the_queue_settles_by_itself_is_on_the_record(
    queued: RelistenItem, lin: Person, survey: Survey, session: Session
) -> None:
    take_item(session, survey.campaign.id, lin.id, now=survey.now)
    settle_queue(session, now=survey.now + KEPT_FOR + timedelta(seconds=1))
    session.execute(update(Recording).values(state="deleted"))
    settle_queue(session, now=survey.now + KEPT_FOR)
    about = select(AuditEntry.act, AuditEntry.actor).where(AuditEntry.subject == f"relisten_item:{queued.id}")
    acts = session.execute(about.order_by(AuditEntry.position)).all()
    assert [tuple(act) for act in acts[1:]] == [("relisten.lapsed", "system"), ("relisten.closed", "system")]


def test_what_somebody_else_has_taken_is_none_of_anybodys_business(
    queued: RelistenItem, lin: Person, sue: Person, survey: Survey, session: Session
) -> None:
    take_item(session, survey.campaign.id, lin.id, now=survey.now)
    with pytest.raises(NotFoundError):
        own_item(session, survey.campaign.id, queued.id, listener_id=sue.id)
    queued.state = ItemState.DONE
    session.flush()
    with pytest.raises(ConflictError):
        own_item(session, survey.campaign.id, queued.id, listener_id=lin.id)
