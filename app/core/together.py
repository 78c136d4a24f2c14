"""Write down together what comes in together: whoever waits for the disk waits once for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from psycopg import OperationalError

Item = TypeVar("Item")
AT_ONCE: Final = 200


@dataclass(frozen=True)
class _Waiting(Generic[Item]):
    item: Item
    kept: asyncio.Future[None]


class Together(Generic[Item]):
    """Hands over at once all that came together or while the last ones were being kept.

    `keep` stores some items for good, or raises. Nothing rests here: whoever brought an item waits until it is kept.
    """

    def __init__(self, keep: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._keep = keep
        self._waiting: list[_Waiting[Item]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> None:
        """Return once the item is kept; raises what `keep` raised for it."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(item, loop.create_future())
        self._waiting.append(waiting)
        if self._writer is None:
            # A task of its own: whoever came first may leave while others wait.
            self._writer = loop.create_task(self._write())
        await waiting.kept

    async def _write(self) -> None:
        """Keep batch after batch until nothing waits."""
        while self._waiting:
            await self._all_come()
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            await self._settle(batch)
        self._writer = None

    async def _all_come(self) -> None:
        """Wait while others come: a request that is here is received in one turn of the loop and read in the next."""
        came = 0
        while came < len(self._waiting) < AT_ONCE:
            came = len(self._waiting)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def _settle(self, batch: Sequence[_Waiting[Item]]) -> None:
        """Keep a batch; where that fails, each for itself, so that one item takes no other along.

        Not where the database is away: no item is to blame for that, and each would wait for it anew.
        """
        try:
            await self._keep([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001  it is raised again, to whoever brought the item
            if len(batch) == 1 or isinstance(error, OperationalError):
                for waiting in batch:
                    _tell(waiting, error)
                return
            for waiting in batch:
                await self._settle([waiting])
            return
        for waiting in batch:
            _tell(waiting, None)


def _tell(waiting: _Waiting[Item], error: Exception | None) -> None:
    """Let whoever waits go on; somebody who has left, because the connection broke, is told nothing."""
    if waiting.kept.done():
        return
    if error is None:
        waiting.kept.set_result(None)
    else:
        waiting.kept.set_exception(error)
