"""The quotas of one run in memory: who sits in which cell, by the product's own ledgers and labels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.campaigns.rules import Weights
from app.dialing.routing import FULL_CELL
from app.dialing.score import need_points
from app.quotas.domain import CellCount, Ledger, key_of
from app.quotas.labels import CountedQuota, FrameLabels, LabelNeeds
from app.quotas.plans import CellPlan, QuotaPlan

_Place = tuple[int, tuple[str, ...]]  # which quota, and the key of a cell in it


class SeatBook:
    """Every cell of every quota; without quotas it wants everybody and refuses nobody.

    Its ledgers hold only seats under way, as those that the product loads do: the rest is counted.
    """

    def __init__(self, plans: Sequence[QuotaPlan]) -> None:
        self._plans = plans
        self._cells: dict[_Place, CellPlan] = {
            (number, cell.key): cell for number, plan in enumerate(plans) for cell in plan.cells
        }
        self._ledgers = {place: Ledger(cell.most) for place, cell in self._cells.items()}
        self._sitting: dict[int, set[_Place]] = {}
        self._counted: set[tuple[int, _Place]] = set()
        self.labels = FrameLabels.over(plan.dimensions for plan in plans)
        self._changes = 0
        self._filled = -1, False  # as of which change

    def take(self, case_id: int, values: Mapping[str, str], *, now: datetime) -> bool:
        """Take the interview's place in the cell of every quota that is known; False when one has no room.

        As in the product, seats in other cells are given back, and after False nothing is held.
        """
        taken = {place: self._taken(place, case_id, now=now) for place in self._wanted(values)}
        is_seated = None not in taken.values()
        after = {place: ledger for place, ledger in taken.items() if ledger is not None} if is_seated else {}
        for place in self._sitting.get(case_id, set()) - after.keys():
            self._vacate(case_id, place)
        self._ledgers |= after
        self._sitting[case_id] = {place for place in after if (case_id, place) not in self._counted}
        self._changes += 1
        return is_seated

    def complete(self, case_id: int) -> None:
        """Count the interview for good in every cell where it sits."""
        for place in self._sitting.pop(case_id, ()):
            counted = self._ledgers[place].complete(UUID(int=case_id))
            if counted is not None:
                self._ledgers[place] = counted
                self._counted.add((case_id, place))
            self._vacate(case_id, place)
        self._changes += 1

    def release(self, case_id: int) -> None:
        """Give back what the interview holds."""
        for place in self._sitting.pop(case_id, ()):
            self._vacate(case_id, place)
        self._changes += 1

    def expire(self, *, now: datetime) -> None:
        """Release the seats that were not used for two hours."""
        for place in {place for places in self._sitting.values() for place in places}:
            held = self._ledgers[place].held
            self._ledgers[place] = self._ledgers[place].expire(now=now)
            self._changes += self._ledgers[place].held != held

    def _vacate(self, case_id: int, place: _Place) -> None:
        ledger = self._ledgers[place]
        others = {uid: seat for uid, seat in ledger.seats.items() if uid.int != case_id}
        self._ledgers[place] = replace(ledger, seats=others)

    @property
    def changes(self) -> int:
        """Grows with everything that may change a need."""
        return self._changes

    def needs(self, weights: Weights) -> "Needs":
        """Return the points that each label's need adds to the priority of its cases."""
        quotas = [
            CountedQuota(plan.dimensions, tuple(count for n, count in self.counts() if n == number))
            for number, plan in enumerate(self._plans)
        ]
        return Needs(LabelNeeds(quotas), weights)

    def counts(self) -> Iterator[tuple[int, CellCount]]:
        """Yield each cell as it stands, with the number of its quota."""
        for (number, key), ledger in self._ledgers.items():
            cell = self._cells[number, key]
            yield number, CellCount(key, cell.target, cell.most, ledger.completes, ledger.held)

    def name_of(self, number: int) -> str:
        """Return the name of a quota."""
        return self._plans[number].name

    @property
    def is_filled(self) -> bool:
        """Some quota has reached the target of all its cells, so that nobody is wanted any more."""
        if self._filled[0] != self._changes:
            short = {number for number, count in self.counts() if count.completes < count.target}
            self._filled = self._changes, len(short) < len(self._plans)
        return self._filled[1]

    def _wanted(self, values: Mapping[str, str]) -> Iterator[_Place]:
        for number, plan in enumerate(self._plans):
            key = key_of(plan.dimensions, values)
            if key is not None:
                yield number, key

    def _taken(self, place: _Place, case_id: int, *, now: datetime) -> Ledger | None:
        """Return the ledger with the seat in it; None where it is full, and for a combination that no cell names."""
        ledger = self._ledgers.get(place)
        if ledger is None or (case_id, place) in self._counted:
            return ledger
        return ledger.take(UUID(int=case_id), now=now)


class Needs:
    """Need by label in points of priority, worked out when it is first asked for; -1 where nobody new is wanted."""

    def __init__(self, needs: LabelNeeds, weights: Weights) -> None:
        self._needs = needs
        self._weights = weights
        self._points: dict[str, int] = {}

    def of(self, label: str) -> int:
        """Return the points of a label."""
        if label not in self._points:
            need = self._needs[label]
            self._points[label] = FULL_CELL if need is None else need_points(need, self._weights)
        return self._points[label]
