"""Find an area by code, by name, or by the way a telephone directory or an old list writes it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.core.errors import InvalidInputError
from app.languages.domain import fold_name

DECIMAL_CODE: Final = (
    "%(text)s looks like an area code that a spreadsheet made a decimal number. "
    "Format the column as text and give the six digits."
)
UNKNOWN_AREA: Final = "No area has the code or name %(text)s. Give the six-digit code of GB/T 2260, or the full name."
SEVERAL_AREAS: Final = "Several areas are called %(text)s: %(choices)s. Give the code."
_DECIMAL: Final = re.compile(r"^\d+[.．]\d+$")
# What people leave out in speech: 贵阳 for 贵阳市. Autonomous areas have their short names as aliases.
_GENERIC_ENDINGS: Final = ("地区", "市", "省", "盟")
_SHOWN_CHOICES: Final = 5
_SHOWN_TEXT: Final = 40


@dataclass(frozen=True)
class Place:
    """One area as the gazetteer needs it."""

    code: str
    name: str
    parent: str | None
    level: str


class UnknownAreaError(InvalidInputError):
    """No area, or more than one, answers to this code or name."""


class Gazetteer:
    """Every area and alias in memory (3,300 rows in China): load once, then ask for many."""

    def __init__(self, places: Iterable[Place], aliases: Mapping[str, str]) -> None:
        self._places = {place.code: place for place in places}
        self._by_alias = {fold_name(alias): code for alias, code in aliases.items()}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for place in self._places.values():
            for name in _spoken_names(place):
                self._by_name[fold_name(name)].append(place.code)
        for alias, code in self._by_alias.items():
            if code not in self._by_name[alias]:
                self._by_name[alias].append(code)

    def __contains__(self, code: str) -> bool:
        return code in self._places

    def find(self, text: str) -> str:
        """Return the code of the area meant; raises `UnknownAreaError` when none or several answer to it."""
        wanted = fold_name(text).replace(" ", "")
        if wanted in self._places:
            return wanted
        if _DECIMAL.match(wanted):
            raise UnknownAreaError(DECIMAL_CODE, text=text[:_SHOWN_TEXT])
        codes = self._answering_to(wanted)
        if not codes:
            raise UnknownAreaError(UNKNOWN_AREA, text=text[:_SHOWN_TEXT])
        if len(codes) > 1:
            choices = ", ".join(f"{self._full_name(code)} {code}" for code in codes[:_SHOWN_CHOICES])
            raise UnknownAreaError(SEVERAL_AREAS, text=text[:_SHOWN_TEXT], choices=choices)
        return codes[0]

    def place_of(self, name: str) -> str | None:
        """Return the one prefecture (or directly governed city) that a number's place names, else None.

        Numbers name places as of some ten years ago, several at a time where area codes were merged
        (贵州省贵阳市、遵义市), or the whole country.
        """
        first, *others = fold_name(name).split("、")
        codes = self._answering_to(first)
        if len(codes) != 1:
            return None
        province = self._places[self.path(codes[0])[0]]
        for other in others:
            codes += self._answering_to(fold_name(province.name) + other) or [""]
        prefectures = {self._prefecture(code) for code in codes}
        return prefectures.pop() if len(prefectures) == 1 else None

    def path(self, code: str) -> tuple[str, ...]:
        """Return the codes from the top of the tree down to this one; empty for an unknown code."""
        return tuple(reversed(tuple(self._upwards(code))))

    def _answering_to(self, wanted: str) -> list[str]:
        codes = dict.fromkeys(code for start in range(len(wanted)) for code in self._by_name.get(wanted[start:], ()))
        fitting = [code for code in codes if self._spells(code, wanted)]
        exact = [code for code in fitting if fold_name(self._places[code].name) == wanted]
        return exact or fitting

    def _spells(self, code: str, text: str) -> bool:
        """Whether the text is this area's name, after names of none, some or all areas it lies in."""
        for name in self._names(code):
            if text == name:
                return True
            rest = text.removesuffix(name)
            if rest != text and any(self._spells(above, rest) for above in self.path(code)[:-1]):
                return True
        return False

    def _names(self, code: str) -> set[str]:
        spoken = {fold_name(name) for name in _spoken_names(self._places[code])}
        return spoken | {alias for alias, aliased in self._by_alias.items() if aliased == code}

    def _prefecture(self, code: str) -> str:
        for above in self._upwards(code):
            if self._places[above].level == "prefecture":
                return above
        return code

    def _upwards(self, code: str) -> Iterator[str]:
        at: str | None = code
        while at is not None and at in self._places:
            yield at
            at = self._places[at].parent

    def _full_name(self, code: str) -> str:
        return "".join(self._places[above].name for above in self.path(code))


def _spoken_names(place: Place) -> tuple[str, ...]:
    if place.level not in {"province", "prefecture"}:
        return (place.name,)
    for ending in _GENERIC_ENDINGS:
        if place.name.endswith(ending) and len(place.name) > len(ending) + 1:
            return (place.name, place.name.removesuffix(ending))
    return (place.name,)
