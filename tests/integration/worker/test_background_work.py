"""What is done in the background: the scheduler's tick as a job, the network's reports in between."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app import worker
from app.campaigns.service import close_campaign
from app.core.db import SessionFactory
from app.core.embedded import DatabaseUrls
from app.core.privacy import Vault
from app.dialing import field_end
from app.languages.domain import PUTONGHUA
from app.quality.models import RelistenItem
from app.quality.queue import ItemState
from app.telephony.domain import CallEventKind
from app.telephony.scripted import ScriptedNetwork
from app.worker import BackgroundWork, Repeater, Work, make_job_app
from tests.stage import Desk, SetClock, Survey, in_a_thread

NANNING = "450100"
PATIENCE_SECONDS = 30.0


@dataclass
class NotedWork:
    """Work that only says when it was asked for."""

    ticked: Event
    delivered: Event
    told: Event

    def tick(self) -> dict[str, int]:
        self.ticked.set()
        return {}

    def deliver(self) -> int:
        self.delivered.set()
        return 0

    def settle_doubts(self) -> int:
        return 0

    def attend_answers(self) -> int:
        return 0

    def work_on_recordings(self) -> int:
        return 0

    def watch_over_monitoring(self) -> int:
        return 0

    def delete_old_recordings(self) -> int:
        return 0

    def look_at_ended(self) -> int:
        return 0

    def settle_queue(self) -> int:
        return 0

    def tell_people(self) -> dict[str, int]:
        self.told.set()
        return {}


@pytest.fixture
def noted() -> NotedWork:
    return NotedWork(Event(), Event(), Event())


@pytest.fixture
def conninfo(database: DatabaseUrls) -> str:
    return make_url(database.application).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def work(make_session: SessionFactory, network: ScriptedNetwork, vault: Vault, clock: SetClock) -> Work:
    return Work(make_session, network, vault, clock)


def test_a_tick_brings_waiting_cases_whose_time_has_come_into_the_queue(
    work: Work, desk: Desk, survey: Survey, clock: SetClock
) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"))
    desk.reach()
    desk.post("hang-up")
    desk.post("outcome", {"code": "call_later"})
    assert work.tick()["promoted"] == 0
    clock.advance(timedelta(hours=5))
    assert work.tick()["promoted"] == 1


def test_one_tick_ends_a_closed_field_in_transactions_of_a_batch_each(
    work: Work, survey: Survey, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (field_end, worker):
        monkeypatch.setattr(module, "BATCH" if module is field_end else "FIELD_BATCH", 2)
    survey.add_numbers(*((f"1397711234{n}", NANNING, "") for n in range(5)))
    close_campaign(survey.session, survey.campaign, actor="person:1", now=clock())
    survey.session.flush()
    assert work.tick()["ended"] == 5
    assert (work.tick()["ended"], {case.outcome for case in survey.cases()}) == (0, {"not_attempted"})


def test_a_delivery_moves_the_desk_with_the_line(work: Work, desk: Desk, survey: Survey, clock: SetClock) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"))
    desk.post("next-case")
    attempt = desk.post("dial")["attempt_id"]
    desk.network.let(attempt, CallEventKind.ANSWERED, at=clock())
    assert work.deliver() == 2
    assert (work.deliver(), desk.show()["state"]) == (0, "talking")


def test_an_interview_that_ended_is_looked_at_and_one_that_was_not_recorded_is_not_offered(
    work: Work, desk: Desk, survey: Survey
) -> None:
    survey.add_numbers(("13977112345", NANNING, "普通话"))
    desk.reach()
    desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": "complete"})
    assert (work.look_at_ended(), work.look_at_ended(), work.settle_queue()) == (1, 0, 0)
    item = survey.session.scalars(select(RelistenItem)).one()
    assert item.state == ItemState.UNLISTENABLE


def test_a_deferred_tick_is_done_once_and_leaves_nothing_behind(noted: NotedWork, conninfo: str) -> None:
    jobs = make_job_app(conninfo, cast("Work", noted))
    with jobs.open():
        deferred = jobs.tasks["app.worker.tick"].defer(timestamp=0)
    in_a_thread(lambda: jobs.run_worker(wait=False, install_signal_handlers=False))
    with jobs.open():
        # The worker may have put the next periodic tick in, which is another job.
        assert deferred not in {job.id for job in jobs.job_manager.list_jobs()}
    assert noted.ticked.is_set()


def test_background_work_ticks_and_delivers_until_it_is_stopped(noted: NotedWork, conninfo: str) -> None:
    work = BackgroundWork(cast("Work", noted), conninfo)
    work.start()
    assert noted.delivered.wait(PATIENCE_SECONDS)
    assert noted.ticked.wait(PATIENCE_SECONDS)
    assert noted.told.wait(PATIENCE_SECONDS)
    work.stop()
    noted.delivered.clear()
    assert not noted.delivered.wait(1.0)


def test_stopping_what_was_never_begun_is_no_failure(noted: NotedWork, conninfo: str) -> None:
    BackgroundWork(cast("Work", noted), conninfo).stop()


def failing_at_first(done: Event) -> Callable[[], None]:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("SELECT 1", {}, Exception("the server restarts"))
        done.set()

    return act


def test_a_lost_database_ends_a_round_and_not_the_work() -> None:
    done = Event()
    repeater = Repeater(failing_at_first(done), every_seconds=0.01, name="test")
    repeater.start()
    assert done.wait(PATIENCE_SECONDS)
    repeater.stop()
