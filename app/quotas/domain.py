"""What a cell of a quota has room for, how much it is still wanted, and who sits in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

SEAT_LASTS: Final = timedelta(hours=2)
AREA_DIGITS: Final = (2, 4, 6)  # GB/T 2260: province, prefecture, county
FULL_CODE: Final = 6
NONE_KNOWN: Final = ""  # the value of somebody who is known to have none, as a number without an area


class DimensionKind(StrEnum):
    """What a quota can tell respondents apart by."""

    AREA = "area"
    PHONE = "phone"  # as phone_number.kind: mobile, fixed, voip, unknown
    LECT = "lect"  # that the interview is held in
    ANSWER = "answer"  # to a question with one choice


@dataclass(frozen=True)
class Dimension:
    """One column of a quota; `digits` of the area code count for an area, `question` is named for an answer."""

    kind: DimensionKind
    digits: int = 0
    question: str = ""

    @property
    def name(self) -> str:
        """The name that values, columns of a file and faults go by: area, phone, lect, answer:age_group."""
        return f"{self.kind.value}:{self.question}" if self.kind is DimensionKind.ANSWER else self.kind.value

    def value_in(self, values: Mapping[str, str]) -> str | None:
        """Return the respondent's value, None while it is not known."""
        value = values.get(self.name)
        return value[: self.digits] if value is not None and self.kind is DimensionKind.AREA else value

    def as_json(self) -> dict[str, Any]:
        """Write the dimension as it is stored."""
        further = {"digits": self.digits} if self.digits else {"question": self.question} if self.question else {}
        return {"kind": self.kind.value, **further}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(DimensionKind(stored["kind"]), stored.get("digits", 0), stored.get("question", ""))


def key_of(dimensions: Sequence[Dimension], values: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the key of the cell that the values lie in, None until every dimension is known."""
    known = [value for dimension in dimensions if (value := dimension.value_in(values)) is not None]
    return tuple(known) if len(known) == len(dimensions) else None


class Closing(StrEnum):
    """How a supervisor has closed a cell by hand, whatever its numbers are."""

    SOFT = "soft"  # nobody new is called for it; whoever is on the line and lands there is interviewed
    HARD = "hard"  # an interview that lands there ends; whoever has a seat may finish


class CellState(StrEnum):
    """How far a cell is."""

    OPEN = "open"
    REACHED = "reached"  # closed softly by its target: nobody new is called for it
    STOPPED = "stopped"  # closed softly by a supervisor
    FULL = "full"  # closed hard by its numbers: completes and seats are as many as there may be
    CLOSED = "closed"  # closed hard by a supervisor


@dataclass(frozen=True)
class CellCount:
    """A cell by its numbers; `held` counts the seats of interviews under way."""

    key: tuple[str, ...]
    target: int
    most: int
    completes: int = 0
    held: int = 0
    closing: Closing | None = None

    @property
    def has_room(self) -> bool:
        """One more interview may land here."""
        return self.closing is not Closing.HARD and self.completes + self.held < self.most

    @property
    def takes_anybody_new(self) -> bool:
        """Calling somebody new for this cell makes sense."""
        return self.state is CellState.OPEN

    @property
    def state(self) -> CellState:
        """How far the cell is, the strictest first."""
        if self.closing is Closing.HARD:
            return CellState.CLOSED
        if not self.has_room:
            return CellState.FULL
        if self.closing is Closing.SOFT:
            return CellState.STOPPED
        return CellState.OPEN if self.completes < self.target else CellState.REACHED

    @property
    def need(self) -> float:
        """How much the cell is wanted, as `need_of` tells."""
        return need_of(completes=self.completes, target=self.target)


def need_of(*, completes: int, target: int) -> float:
    """Return how much is missing of the target, 0 (reached) to 1 (nothing yet).

    The automatic priority of queXS: 100 less the percentage completed.
    """
    return max(0.0, 1.0 - completes / target) if target > 0 else 0.0


class SeatState(StrEnum):
    """What became of a place that an interview took."""

    HELD = "held"  # the interview is under way, or broken off not long ago
    COMPLETE = "complete"  # counted for good
    RELEASED = "released"  # given back or run out; the interview may take it again while there is room


@dataclass(frozen=True)
class Seat:
    """An interview's place in a cell."""

    state: SeatState
    expires_at: datetime


@dataclass(frozen=True)
class Ledger:
    """Who sits in one cell. Each act returns the ledger after it; None where the cell has no room for it.

    Completes and held seats together never exceed `most`, whatever the order of acts and whatever the clocks say:
    a seat counts until it is marked released, never until some clock has passed it.
    """

    most: int
    completes: int = 0
    is_closed: bool = False  # hard, by a supervisor
    seats: Mapping[UUID, Seat] = field(default_factory=dict)

    @property
    def held(self) -> int:
        """Seats of interviews under way."""
        return sum(seat.state is SeatState.HELD for seat in self.seats.values())

    def take(self, uid: UUID, *, now: datetime) -> Self | None:
        """Give an interview a seat, or go on with the one it has; seats that have run out make room first."""
        seat = self.seats.get(uid)
        if seat is not None and seat.state is SeatState.COMPLETE:
            return self
        if seat is not None and seat.state is SeatState.HELD:
            return self.put(uid, SeatState.HELD, expires_at=now + SEAT_LASTS)
        after = self.expire(now=now)
        has_room = not after.is_closed and after.completes + after.held < after.most
        return after.put(uid, SeatState.HELD, expires_at=now + SEAT_LASTS) if has_room else None

    def complete(self, uid: UUID) -> Self | None:
        """Count the interview for good; None when it holds no seat, as without one there may be no room."""
        seat = self.seats.get(uid)
        if seat is None or seat.state is SeatState.RELEASED:
            return None
        if seat.state is SeatState.COMPLETE:
            return self
        return replace(self.put(uid, SeatState.COMPLETE, seat.expires_at), completes=self.completes + 1)

    def release(self, uid: UUID) -> Self:
        """Give the interview's seat back; a complete stays counted."""
        seat = self.seats.get(uid)
        if seat is None or seat.state is not SeatState.HELD:
            return self
        return self.put(uid, SeatState.RELEASED, seat.expires_at)

    def expire(self, *, now: datetime) -> Self:
        """Release every seat that was not used in time."""
        lapsed = (uid for uid, seat in self.seats.items() if seat.expires_at <= now)
        after = self
        for uid in list(lapsed):
            after = after.release(uid)
        return after

    def put(self, uid: UUID, state: SeatState, expires_at: datetime) -> Self:
        """Write one seat down, whatever it was before."""
        return replace(self, seats={**self.seats, uid: Seat(state, expires_at)})
