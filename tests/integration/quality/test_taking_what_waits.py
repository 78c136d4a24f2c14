"""Who may take which interview from the queue, and what becomes of one that nobody can hear."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.core.errors import ConflictError, NotFoundError
from app.interviewing.models import Recording
from app.interviewing.recordings import RecordingState
from app.languages.domain import PUTONGHUA, Level
from app.quality.checking import check_campaign
from app.quality.models import RelistenItem
from app.quality.queue import KEPT_FOR, ItemState, own_item, put_back, settle_queue, take_item, waiting_for
from app.staffing.service import certify
from tests.integration.conftest import MakePerson
from tests.integration.quality.conftest import HoldInterview
from tests.stage import Survey


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
