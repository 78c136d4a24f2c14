"""The part of a quota that the sample alone decides, as a label to keep cases apart by before anybody is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from app.quotas.domain import CellCount, Dimension, DimensionKind

UNKNOWN: Final = "?"  # the sample has no such value, so the unit lies outside every cell
OF_THE_FRAME: Final = (DimensionKind.AREA, DimensionKind.PHONE)  # in the order in which a label names them


@dataclass(frozen=True)
class FrameLabels:
    """Which values of the sample the quotas of a campaign look at; load it once, then label any number of rows."""

    area_digits: int = 0  # the most that any quota looks at; 0 where none looks at the area
    by_phone: bool = False

    @classmethod
    def over(cls, quotas: Iterable[Sequence[Dimension]]) -> "FrameLabels":
        """Combine what several quotas look at."""
        dimensions = [dimension for quota in quotas for dimension in quota]
        return cls(
            area_digits=max((dimension.digits for dimension in dimensions), default=0),
            by_phone=any(dimension.kind is DimensionKind.PHONE for dimension in dimensions),
        )

    def label(self, *, area_code: str | None, phone_kind: str) -> str:
        """Return for example "area=4501 phone=mobile"; empty where no quota looks at the sample."""
        parts = {}
        if self.area_digits:
            parts[DimensionKind.AREA] = (area_code or UNKNOWN)[: self.area_digits]
        if self.by_phone:
            parts[DimensionKind.PHONE] = phone_kind
        return write_label(parts)


def write_label(parts: Mapping[DimensionKind, str]) -> str:
    """Write the parts in the order that every label has."""
    return " ".join(f"{kind.value}={parts[kind]}" for kind in OF_THE_FRAME if kind in parts)


def read_label(label: str) -> dict[DimensionKind, str]:
    """Read what `write_label` wrote; what names no dimension of the frame is passed over."""
    pairs = (part.partition("=") for part in label.split(" "))
    return {DimensionKind(name): value for name, _, value in pairs if name in OF_THE_FRAME}


@dataclass(frozen=True)
class CountedQuota:
    """A quota with its cells as they stand."""

    dimensions: tuple[Dimension, ...]
    cells: tuple[CellCount, ...]

    def values_of(self, kind: DimensionKind) -> set[str]:
        """Return the values that the cells have in a dimension; empty where the quota has no such dimension."""
        places = [place for place, dimension in enumerate(self.dimensions) if dimension.kind is kind]
        return {cell.key[place] for place in places for cell in self.cells}

    @cached_property
    def by_frame(self) -> dict[tuple[str, ...], float | None]:
        """Need by the frame's part of the key: the largest of the cells behind it that take anybody new."""
        needs: dict[tuple[str, ...], float | None] = {}
        for cell in self.cells:
            part = tuple(cell.key[place] for place in self._places)
            needs.setdefault(part, None)
            if cell.takes_anybody_new:
                needs[part] = max(needs[part] or 0.0, cell.need)
        return needs

    @cached_property
    def _places(self) -> tuple[int, ...]:
        return tuple(place for place, dimension in enumerate(self.dimensions) if dimension.kind in OF_THE_FRAME)

    def need(self, parts: Mapping[DimensionKind, str]) -> float | None:
        """Return the largest need among the cells that a label can reach, None when none takes anybody new."""
        looked_at = [self.dimensions[place] for place in self._places]
        key = [_part(parts, dimension) for dimension in looked_at]
        whole = tuple(value for value in key if value is not None)
        if len(whole) == len(key) and all(len(v) >= d.digits for v, d in zip(whole, looked_at, strict=True)):
            return self.by_frame.get(whole)
        # A label from before the quota looked at this: whatever it does not say is still open.
        reached = [need for part, need in self.by_frame.items() if _agree(part, key) and need is not None]
        return max(reached, default=None)


def _part(parts: Mapping[DimensionKind, str], dimension: Dimension) -> str | None:
    value = parts.get(dimension.kind)
    return value[: dimension.digits] if value is not None and dimension.digits else value


def _agree(cell: Sequence[str], label: Sequence[str | None]) -> bool:
    return all(said is None or value.startswith(said) for value, said in zip(cell, label, strict=True))


class LabelNeeds(Mapping[str, float | None]):
    """Need by label, 0 to 1; None when no cell that the label can reach takes anybody new, or none is there at all.

    Where several quotas apply, every one of them must want the label, and the most wanted cell counts. Without any
    quota the empty label is wanted at 0. It answers for every label, also for those of earlier quotas: what such a
    label leaves open may come out either way. Its keys are the labels that the cells spell out.
    """

    def __init__(self, quotas: Sequence[CountedQuota]) -> None:
        self._quotas = quotas
        self._labels = FrameLabels.over(quota.dimensions for quota in quotas)

    def __getitem__(self, label: str) -> float | None:
        parts = read_label(label)
        needs = [quota.need(parts) for quota in self._quotas]
        return None if None in needs else max((need for need in needs if need is not None), default=0.0)

    def __iter__(self) -> Iterator[str]:
        named = [[(kind, value) for value in sorted(self._values(kind))] for kind in OF_THE_FRAME]
        for combination in product(*(values for values in named if values)):
            yield write_label(dict(combination))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _values(self, kind: DimensionKind) -> set[str]:
        """Name the values of the quotas that look closest; a coarser one says nothing that they do not."""
        return {
            value
            for quota in self._quotas
            for value in quota.values_of(kind)
            if kind is not DimensionKind.AREA or len(value) == self._labels.area_digits
        }
