"""Stock phrases whose meaning shifts from place to place, and the neutral question that finds out what was meant.

Somebody who says 还可以 may be delighted or resigned. Whoever codes it in silence decides for them.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from app.core.errors import Fault, InvalidInputError

MOST_PHRASES: Final = 300
LONGEST: Final[Mapping[str, int]] = {
    "lect": 100, "phrase": 40, "probe": 300, "note_zh": 200, "note_en": 200, "source": 300,
}  # fmt: skip
REFUSED: Final = "The phrases cannot be used."
# What people put before and behind a phrase without meaning anything by it.
_FILLERS: Final = "吧啊呀呢嘛啦咯呗哦喔嗯呃唔哎诶囉㗎"
_SIGNS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Phrase:
    """One phrase of a lect; its tag also stands for the lects below it: cmn for cmn-x-xina1239.

    `source` says where the knowledge comes from, and whether it was reported or is a judgement.
    """

    lect: str
    phrase: str
    probe: str
    note_zh: str = ""
    note_en: str = ""
    source: str = ""


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one campaign; version 0 is what this program ships."""

    version: int
    phrases: tuple[Phrase, ...]

    def of_lect(self, lect: str) -> tuple[Phrase, ...]:
        """Return the phrases of a lect and of those above it."""
        return tuple(one for one in self.phrases if lect == one.lect or lect.startswith(f"{one.lect}-"))

    def heard(self, lect: str, text: str) -> Phrase | None:
        """Return the phrase that a text consists of and nothing else; None where it says more."""
        said = plain(text)
        return next((one for one in self.of_lect(lect) if said and plain(one.phrase) == said), None)

    @property
    def entries(self) -> list[dict[str, str]]:
        """Return the phrases as they are stored."""
        return [asdict(one) for one in self.phrases]


def plain(text: str) -> str:
    """Reduce what was said to its words: no signs, no spaces, no fillers at either end, one form of each letter."""
    words = _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return words.strip(_FILLERS) or words


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """Return the phrases of the data file, which is a beginning and no authority."""
    text = files("app.campaigns").joinpath("data/phrases.csv").read_text("utf-8")
    return Lexicon(0, tuple(Phrase(**row) for row in csv.DictReader(text.splitlines())))


def read_phrases(rows: Sequence[Mapping[str, Any]], known_lects: Iterable[str]) -> tuple[Phrase, ...]:
    """Read phrases as somebody wrote them down, passing over empty rows; raises InvalidInputError by row."""
    lects = set(known_lects)
    faults: list[Fault] = []
    found: list[Phrase] = []
    for number, row in enumerate(rows, 1):
        cells = {name: str(row.get(name) or "").strip() for name in LONGEST}
        if not cells["phrase"] and not cells["probe"]:
            continue
        one = Phrase(**cells)
        faults += _faults_of(f"phrases[{number}]", one, lects=lects, before=found)
        found.append(one)
    if len(found) > MOST_PHRASES:
        faults.append(Fault("phrases", "A campaign has at most %(most)s phrases.", (("most", str(MOST_PHRASES)),)))
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    return tuple(found)


def _faults_of(where: str, one: Phrase, *, lects: set[str], before: list[Phrase]) -> list[Fault]:
    faults = []
    for name, most in LONGEST.items():
        if len(getattr(one, name)) > most:
            faults.append(Fault(f"{where}.{name}", "Write at most %(most)s characters.", (("most", str(most)),)))
    if one.lect not in lects:
        faults.append(Fault(f"{where}.lect", "Choose a lect of the list."))
    if not plain(one.phrase):
        faults.append(Fault(f"{where}.phrase", "Write the phrase as it is said."))
    elif any(other.lect == one.lect and plain(other.phrase) == plain(one.phrase) for other in before):
        faults.append(Fault(f"{where}.phrase", "This phrase is there twice in this lect."))
    if not one.probe:
        faults.append(Fault(f"{where}.probe", "Write the neutral question to ask in its lect."))
    return faults
