"""What callers hear on the call-back line: phrases by lect, shipped ones, and those a campaign says in their place."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, LineText
from app.campaigns.slots import faults_of, slots_in
from app.campaigns.versioned import in_force, put_in_force
from app.core.errors import Fault, InvalidInputError
from app.languages.domain import PUTONGHUA
from app.languages.service import find_lect

# Written in Chinese characters, which a Chinese voice reads: a Cantonese one for yue, a standard one for the others.
READ_ALOUD: Final = frozenset(
    {"zhx", "cmn", "yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "cdo", "cpx", "mnp", "czo", "czh", "cnp", "csp"}
)
REFUSED: Final = "This text cannot be said."


class Phrase(StrEnum):
    """Everything that the line says, each at its own occasion."""

    OPENING = "opening"  # who called and why, to whoever belongs to a case
    GENERAL = "general"  # the same to anybody else
    UNNAMED = "unnamed"  # to whoever calls a number that no survey uses now
    CHOOSE = "choose"  # the key for one lect
    CHECK = "check"  # the key to check a code
    STOP = "stop"  # the key to be called no more
    AGAIN = "again"  # the key to hear it again
    CONNECTING = "connecting"
    NOBODY = "nobody"  # no interviewer of the lect is free
    TIME = "time"  # the key for one time
    ANY_TIME = "any_time"
    BOOKED = "booked"
    LATER = "later"  # called again soon
    IN_HAND = "in_hand"  # somebody works on the case at this moment
    FINISHED = "finished"  # the case is closed
    ASK_CODE = "ask_code"
    CODE_RIGHT = "code_right"
    CODE_WRONG = "code_wrong"
    TOO_MANY = "too_many"
    CONFIRM_STOP = "confirm_stop"
    STOPPED = "stopped"
    GOODBYE = "goodbye"


_ALWAYS: Final = ("organisation", "organisation_en", "survey", "survey_en", "lect", "lect_en")
# One of each group has to be in the text.
_ALSO: Final[Mapping[Phrase, tuple[tuple[str, ...], ...]]] = {
    Phrase.CHOOSE: (("key",),),
    Phrase.TIME: (("key",), ("time", "time_en")),
    Phrase.ANY_TIME: (("key",),),
    Phrase.BOOKED: (("time", "time_en"),),
}


@dataclass(frozen=True)
class Words:
    """One phrase of a campaign, in force."""

    lect: str
    phrase: Phrase
    version: int
    text: str


@dataclass(frozen=True)
class Phrases:
    """What can be said: a campaign's own words first, then the shipped ones, then either in standard Chinese."""

    own: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def has(self, lect: str, phrase: Phrase) -> bool:
        """Tell whether this very lect can be spoken here: there are words in it, and a voice that reads them."""
        return is_read_aloud(lect) and (
            (lect, phrase.value) in self.own or phrase.value in shipped_texts().get(lect, {})
        )

    def words(self, lect: str, phrase: Phrase) -> tuple[str, str]:
        """Return the lect in which there are words, and the words, their slots still open."""
        found = lect if self.has(lect, phrase) else PUTONGHUA
        return found, self.own.get((found, phrase.value)) or shipped_texts()[found][phrase.value]


def is_read_aloud(lect: str) -> bool:
    """Tell whether a voice can read the lect; words in any other wait for a recording."""
    return lect.split("-", maxsplit=1)[0] in READ_ALOUD


@cache
def shipped_texts() -> Mapping[str, Mapping[str, str]]:
    """Return the shipped phrases by lect."""
    text = files("app.campaigns").joinpath("data/line_texts.toml").read_text("utf-8")
    return tomllib.loads(text)


def slots_of(phrase: Phrase) -> tuple[str, ...]:
    """Return what can be filled into a phrase."""
    return (*_ALWAYS, *chain.from_iterable(_ALSO.get(phrase, ())))


def set_line_text(
    session: Session, campaign: Campaign, lect: str, *, phrase: Phrase, text: str, actor: str, now: datetime
) -> Words:
    """Put a new version of a phrase into force, an empty one for the shipped words; raises InvalidInputError."""
    tag, words = find_lect(session, lect).tag, text.strip()
    faults = _faults_in(words, phrase)
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    version = put_in_force(
        session,
        campaign,
        LineText,
        key={"lect": tag, "phrase": phrase.value},
        content={"text": words},
        told={"text": words},
        act="line_text.changed",
        actor=actor,
        now=now,
    )
    return Words(tag, phrase, version, words)


def line_texts_of(session: Session, campaign_id: int) -> list[Words]:
    """Return the campaign's own phrases in force, by lect and phrase."""
    newest = in_force(session, LineText, campaign_id, key=("lect", "phrase"))
    return [Words(row.lect, Phrase(row.phrase), row.version, row.text) for row in newest if row.text]


def phrases_of(session: Session, campaign_id: int | None) -> Phrases:
    """Return what the line says for a campaign, or for none."""
    own = line_texts_of(session, campaign_id) if campaign_id is not None else []
    return Phrases({(words.lect, words.phrase.value): words.text for words in own})


def _faults_in(text: str, phrase: Phrase) -> list[Fault]:
    used, faults = slots_in(text), faults_of(text, slots_of(phrase))
    missing = [names[0] for names in _ALSO.get(phrase, ()) if text and not set(names) & set(used)]
    faults += [Fault("text", "This phrase needs {%(slot)s}.", (("slot", name),)) for name in missing]
    if text and phrase in {Phrase.OPENING, Phrase.GENERAL} and "{organisation" not in text:
        faults.append(Fault("text", "Say who calls: put {organisation} into the text."))
    return faults
