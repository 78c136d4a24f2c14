"""Recordings over the emulated network: reported, fetched, checked, locked away, listened to and deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.core.sealed import SealedFile
from app.dialing.models import Attempt
from app.interviewing.models import Recording, RecordingPlayback
from app.interviewing.recording_list import open_to_listen
from app.interviewing.recordings import ask_for, begin_recording, fail
from app.interviewing.shelf import Shelf, delete_at_age, work_on_recordings
from app.telephony.emulator.recordings import humming
from app.telephony.models import EmulatedRecording, RecordingReport
from app.telephony.recorder import RecordingAct
from app.telephony.sounds import read_wave
from app.telephony.twilio.recordings import RECORDINGS_PATH
from tests.integration.telephony.phone import Phone

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Home:
    """The phone with a call on it, and the shelf that recordings come to."""

    phone: Phone
    shelf: Shelf
    make_session: SessionFactory
    attempt_id: int

    def record(self) -> Recording:
        attempt = self.phone.session.get_one(Attempt, self.attempt_id)
        asked = ask_for(self.phone.session, attempt, now=self.phone.clock())
        begin_recording(self.make_session, self.phone.gateway, asked, now=self.phone.clock())
        return self.recording()

    def recording(self) -> Recording:
        newest = select(Recording).order_by(Recording.id.desc()).limit(1).execution_options(populate_existing=True)
        return self.phone.session.scalars(newest).one()

    def steer(self, act: RecordingAct) -> None:
        name = self.recording().provider_id or ""
        self.phone.gateway.steer_recording(attempt_id=self.attempt_id, name=name, act=act)

    def hang_up(self, *, after: timedelta = 30 * SECOND) -> None:
        self.phone.clock.advance(after)
        self.phone.gateway.hang_up(attempt_id=self.attempt_id, now=self.phone.clock())

    def report(self) -> int:
        return self.phone.carrier().report_recordings(now=self.phone.clock())

    def work(self, *, after: timedelta = timedelta()) -> int:
        now = self.phone.clock.advance(after)
        return work_on_recordings(self.make_session, self.phone.gateway, self.shelf, now=now)

    def bring(self) -> Recording:
        """Record half a minute and bring it home."""
        self.record()
        self.hang_up()
        self.report()
        self.work()
        return self.recording()

    def at_provider(self) -> int:
        return self.phone.session.scalar(select(func.count()).select_from(EmulatedRecording)) or 0

    def whole(self, recording: Recording) -> bytes:
        sealed: SealedFile = self.shelf.open(recording)
        return b"".join(sealed.read(0, sealed.size))


@pytest.fixture
def home(
    phone: Phone, make_attempt: Callable[[], int], make_session: SessionFactory, vault: Vault, tmp_path: Path
) -> Home:
    return Home(phone, Shelf(tmp_path, vault), make_session, phone.reach(make_attempt))


def test_a_recording_comes_home_locked_and_leaves_the_provider(home: Home) -> None:
    recording = home.bring()
    assert (recording.state, recording.seconds, recording.is_at_provider) == ("stored", 30, False)
    assert (home.at_provider(), recording.next_try_at) == (0, None)
    whole = home.whole(recording)
    assert (len(whole), read_wave(whole[:100]).seconds) == (recording.size_bytes, 30)
    assert b"RIFF" not in home.shelf.place(recording).read_bytes()


def test_what_is_said_in_a_pause_is_left_out(home: Home) -> None:
    home.record()
    home.phone.clock.advance(10 * SECOND)
    home.steer(RecordingAct.PAUSE)
    home.phone.clock.advance(60 * SECOND)
    home.steer(RecordingAct.RESUME)
    home.hang_up(after=5 * SECOND)
    home.report()
    assert home.recording().seconds == 15


def test_a_call_is_recorded_once_at_a_time(home: Home) -> None:
    home.record()
    assert home.record().state == "failed"


def test_each_report_counts_once_and_is_kept_without_the_address(home: Home, session: Session) -> None:
    recording = home.record()
    form = {
        "RecordingSid": recording.provider_id or "", "RecordingStatus": "completed", "RecordingDuration": "30",
        "RecordingUrl": "https://api.twilio.com/secret",
    }  # fmt: skip
    path = f"{RECORDINGS_PATH}?recording={recording.id}"
    assert [home.phone.post_signed(path, form) for _ in range(2)] == [204, 204]
    [kept] = session.scalars(select(RecordingReport)).all()
    assert "secret" not in str(kept.fields)
    assert home.recording().state == "made"


@pytest.mark.parametrize("change", [{}, {"RecordingStatus": "done"}, {"RecordingSid": ""}])
def test_a_report_that_is_forged_or_odd_is_refused(home: Home, change: dict[str, str]) -> None:
    form = {"RecordingSid": "RE1", "RecordingStatus": "completed", **change}
    path = f"{RECORDINGS_PATH}?recording=1"
    assert home.phone.post_signed(path, form, token=None if change else "theirs") == (422 if change else 403)


def test_a_report_about_another_recording_moves_nothing(home: Home) -> None:
    recording = home.record()
    form = {"RecordingSid": "RE" + "f" * 32, "RecordingStatus": "completed"}
    home.phone.post_signed(f"{RECORDINGS_PATH}?recording={recording.id}", form)
    home.phone.post_signed(f"{RECORDINGS_PATH}?recording=999999", form)
    assert home.recording().state == "running"


def test_a_late_report_of_the_beginning_does_not_bring_it_back(home: Home) -> None:
    recording = home.bring()
    form = {"RecordingSid": recording.provider_id or "", "RecordingStatus": "in-progress"}
    home.phone.post_signed(f"{RECORDINGS_PATH}?recording={recording.id}", form)
    assert home.recording().state == "stored"


def test_a_report_that_never_comes_is_asked_for(home: Home) -> None:
    home.record()
    home.hang_up()
    assert [home.work(after=4 * MINUTE), home.work(after=2 * MINUTE)] == [0, 1]
    assert home.recording().state == "made"
    home.work()
    assert home.recording().state == "stored"


def test_a_beginning_whose_answer_got_lost_is_found(home: Home) -> None:
    home.phone.weather.fails_after = requests.exceptions.ReadTimeout()
    assert home.record().provider_id is None
    home.work(after=16 * SECOND)
    assert (home.recording().state, home.recording().provider_id is not None) == ("running", True)


class Sabotage:
    """Files that arrive otherwise than they were sent."""

    def __init__(self, home: Home, spoil: Callable[[bytes], bytes]) -> None:
        self.fetch = home.phone.weather.fetch
        self.spoil = spoil
        home.phone.weather.fetch = self.fetch_spoilt  # type: ignore[method-assign]
        self.weather = home.phone.weather

    def fetch_spoilt(self, url: str, *, auth: tuple[str, str], receive: Callable[[bytes], object]) -> int:
        whole: list[bytes] = []
        size = self.fetch(url, auth=auth, receive=whole.append)
        receive(self.spoil(b"".join(whole)))
        return size

    def end(self) -> None:
        self.weather.fetch = self.fetch  # type: ignore[method-assign]


def padded(whole: bytes, head: bytes) -> bytes:
    return head + bytes(len(whole) - len(head))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda whole: whole[:-1], "another size"),
        (lambda whole: padded(whole, b"<html>"), "no WAV file"),
        (lambda whole: padded(whole, next(humming(31))), "cut short"),
        (lambda whole: padded(whole, next(humming(20))), "lasts another time"),
    ],
)
def test_a_wrong_file_is_refused_shown_and_fetched_again(
    home: Home, spoil: Callable[[bytes], bytes], problem: str
) -> None:
    sabotage = Sabotage(home, spoil)
    recording = home.bring()
    assert (recording.state, home.at_provider()) == ("made", 1)
    assert problem in (recording.problem or "")
    assert [path for path in home.shelf.folder.rglob("*") if path.is_file()] == []
    sabotage.end()
    assert [home.work(after=29 * SECOND), home.work(after=SECOND)] == [0, 1]
    assert (home.recording().state, home.recording().problem) == ("stored", None)


def test_what_cannot_be_deleted_there_yet_is_deleted_later(home: Home) -> None:
    home.record()
    home.hang_up()
    home.report()
    home.phone.weather.fails_before = requests.exceptions.ConnectTimeout()
    home.work()
    assert (home.recording().state, home.recording().is_at_provider, home.at_provider()) == ("stored", True, 1)
    home.work(after=MINUTE)
    assert (home.recording().is_at_provider, home.at_provider()) == (False, 0)


@pytest.mark.parametrize("moment", ["under way", "made", "stored"])
def test_what_the_respondent_objects_to_is_nowhere_any_more(home: Home, session: Session, moment: str) -> None:
    recording = home.bring() if moment == "stored" else home.record()
    if moment == "made":
        home.hang_up()
        home.report()
    recording.is_unwanted, recording.next_try_at = True, home.phone.clock()
    session.flush()
    for _ in range(4):
        home.work(after=MINUTE)
    assert (home.recording().state, home.at_provider()) == ("deleted", 0)
    assert not home.shelf.place(recording).exists()
    [details] = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "recording.deleted")).all()
    assert details["cause"] == "objection"


def test_a_recording_is_deleted_at_its_age_and_that_is_on_the_record(home: Home, session: Session) -> None:
    recording = home.bring()
    made_at = home.phone.clock()

    def delete(days: float) -> int:
        at = made_at + timedelta(days=days)
        return delete_at_age(session, home.shelf, campaign_id=recording.campaign_id, keep_days=30, now=at)

    assert [delete(29.9), delete(30), delete(31)] == [0, 1, 0]
    assert (home.recording().state, home.shelf.place(recording).exists()) == ("deleted", False)
    [details] = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "recording.deleted")).all()
    assert details == {"attempt_id": home.attempt_id, "cause": "age"}


def test_what_never_came_home_is_deleted_at_the_provider_at_its_age(home: Home, session: Session) -> None:
    campaign_id = home.record().campaign_id
    home.hang_up()
    home.report()
    late = home.phone.clock.advance(timedelta(days=31))
    assert delete_at_age(session, home.shelf, campaign_id=campaign_id, keep_days=30, now=late) == 1
    home.work()
    assert (home.recording().state, home.at_provider()) == ("deleted", 0)
    [details] = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "recording.deleted")).all()
    assert details["cause"] == "age"


def test_what_is_deleted_while_it_comes_does_not_come_back(home: Home, session: Session) -> None:
    campaign_id = home.record().campaign_id
    home.hang_up()
    home.report()
    late = home.phone.clock.advance(timedelta(days=31))

    def grow_too_old(whole: bytes) -> bytes:
        assert delete_at_age(session, home.shelf, campaign_id=campaign_id, keep_days=30, now=late) == 1
        return whole

    Sabotage(home, grow_too_old)
    home.work()
    home.work(after=SECOND)
    assert (home.recording().state, home.at_provider()) == ("deleted", 0)
    assert [path for path in home.shelf.folder.rglob("*") if path.is_file()] == []


def test_each_listening_is_on_the_record_once(home: Home, session: Session) -> None:
    recording = home.bring()

    def listen(actor: str, *, after: timedelta = timedelta()) -> Any:
        now, campaign_id = home.phone.clock.advance(after), recording.campaign_id
        return open_to_listen(session, home.shelf, recording.id, campaign_id=campaign_id, actor=actor, now=now)

    for actor, after in (("person:1", 0), ("person:1", 59), ("person:2", 0), ("person:1", 2)):
        listen(actor, after=after * MINUTE)
    acts = select(AuditEntry.actor).where(AuditEntry.act == "recording.listened").order_by(AuditEntry.position)
    assert session.scalars(acts).all() == ["person:1", "person:2", "person:1"]
    assert session.scalar(select(func.count()).select_from(RecordingPlayback)) == 3


def test_one_that_was_given_up_too_early_is_brought_home_all_the_same(home: Home) -> None:
    recording = home.record()
    name = recording.provider_id
    recording.provider_id = None
    fail(recording, "The provider knows of no such recording.")
    home.phone.session.commit()
    home.hang_up()
    home.report()
    home.work()
    assert (home.recording().provider_id, home.recording().state, home.at_provider()) == (name, "stored", 0)


def test_one_that_nobody_wants_is_deleted_there_though_it_was_given_up(home: Home) -> None:
    recording = home.record()
    recording.provider_id, recording.is_unwanted = None, True
    fail(recording, "The provider knows of no such recording.")
    home.phone.session.commit()
    home.hang_up()
    home.report()
    home.work()
    assert (home.recording().state, home.at_provider()) == ("deleted", 0)
