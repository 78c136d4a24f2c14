"""A committed change wakes the screens that show it; one that is rolled back wakes nobody."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.core.db import driver_address
from app.core.live import Switchboard, announce, campaign_topic, person_topic
from tests.stage import in_a_thread

PATIENCE_SECONDS = 10.0
UNTIL_IT_LISTENS_SECONDS = 1.0
QUIET_SECONDS = 1.0
Act = Callable[[], object]
Hear = Callable[[Act], bool]


@pytest.fixture
def hear(engine: Engine) -> Hear:
    """Watch campaign 7, act once it is being listened to, and tell whether that was heard."""

    async def listen(act: Act) -> bool:
        switchboard = Switchboard(driver_address(engine))
        switchboard.start()
        heard: asyncio.Queue[bool] = asyncio.Queue()
        watching = asyncio.create_task(note_changes(switchboard, heard))
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS)  # whoever begins to watch looks once
        await asyncio.sleep(UNTIL_IT_LISTENS_SECONDS)
        while not heard.empty():
            heard.get_nowait()
        await asyncio.to_thread(act)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(watching), QUIET_SECONDS)
        await asyncio.to_thread(switchboard.stop)
        await watching
        return not heard.empty()

    return lambda act: in_a_thread(lambda: asyncio.run(listen(act)))


async def note_changes(switchboard: Switchboard, heard: "asyncio.Queue[bool]") -> None:
    async for changed in switchboard.watch(campaign_topic(7), at_once=True):
        await heard.put(changed)


def say(engine: Engine, *topics: str) -> Act:
    def act() -> None:
        with Session(engine) as session, session.begin():
            announce(session, *topics)

    return act


def test_a_committed_change_is_heard(engine: Engine, hear: Hear) -> None:
    assert hear(say(engine, campaign_topic(7), person_topic(3)))


def test_a_change_elsewhere_wakes_nobody_here(engine: Engine, hear: Hear) -> None:
    assert not hear(say(engine, campaign_topic(8), person_topic(7)))


def test_a_change_that_is_rolled_back_wakes_nobody(engine: Engine, hear: Hear) -> None:
    def act() -> None:
        with Session(engine) as session:
            announce(session, campaign_topic(7))
            session.rollback()

    assert not hear(act)
