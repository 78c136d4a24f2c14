"""What comes in together is written together, and nobody is told before it is kept."""

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import OperationalError

from app.core.together import AT_ONCE, Together
from tests.stage import in_a_thread


class Store:
    """Keeps batches; refuses those with a number below zero."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def keep(self, items: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if any(item < 0 for item in items):
            message = f"{items} cannot be kept"
            raise ValueError(message)
        self.batches.append(list(items))

    @property
    def kept(self) -> list[int]:
        return sorted(item for batch in self.batches for item in batch)


def put_all(store: Store, items: Sequence[int]) -> list[BaseException | None]:
    async def put() -> list[BaseException | None]:
        together = Together(store.keep)
        return await asyncio.gather(*map(together.put, items), return_exceptions=True)

    return in_a_thread(lambda: asyncio.run(put()))


def test_whoever_comes_together_shares_one_turn() -> None:
    store = Store()
    put_all(store, range(50))
    assert store.batches == [list(range(50))]


def test_whoever_comes_while_others_still_come_shares_their_turn() -> None:
    async def put() -> None:
        together = Together(store.keep)

        async def come_later(turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await together.put(turns)

        await asyncio.gather(*map(come_later, range(5)))

    store = Store()
    in_a_thread(lambda: asyncio.run(put()))
    assert store.batches == [list(range(5))]


def test_a_batch_has_its_bounds() -> None:
    store = Store()
    put_all(store, range(2 * AT_ONCE))
    assert max(map(len, store.batches)) == AT_ONCE
    assert store.kept == list(range(2 * AT_ONCE))


def test_an_item_that_cannot_be_kept_takes_no_other_along() -> None:
    store = Store()
    told = put_all(store, [1, 2, -3, 4])
    assert [type(outcome) for outcome in told] == [type(None), type(None), ValueError, type(None)]
    assert store.kept == [1, 2, 4]


def test_nobody_waits_for_a_database_that_is_away_for_each_item() -> None:
    class Away(Store):
        async def keep(self, items: Sequence[int]) -> None:
            self.batches.append(list(items))
            raise OperationalError

    store = Away()
    assert [type(outcome) for outcome in put_all(store, [1, 2, 3])] == [OperationalError] * 3
    assert store.batches == [[1, 2, 3]]


def test_work_goes_on_after_a_failure() -> None:
    async def put() -> None:
        together = Together(store.keep)
        with pytest.raises(ValueError, match="cannot be kept"):
            await together.put(-1)
        await together.put(1)

    store = Store()
    in_a_thread(lambda: asyncio.run(put()))
    assert store.kept == [1]


@pytest.mark.parametrize("leaves", [0, 1, 2])
def test_somebody_who_leaves_keeps_nobody_waiting(leaves: int) -> None:
    async def put() -> None:
        together = Together(store.keep)
        tasks = [asyncio.create_task(together.put(item)) for item in range(3)]
        await asyncio.sleep(0)
        tasks[leaves].cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in told].count(asyncio.CancelledError) == 1

    store = Store()
    in_a_thread(lambda: asyncio.run(put()))
    assert store.kept == [0, 1, 2]
