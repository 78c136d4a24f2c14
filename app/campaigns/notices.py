"""The words of the message before the call: one text for each lect and script, every version kept."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, NoticeText
from app.campaigns.slots import faults_of
from app.campaigns.versioned import in_force, put_in_force
from app.core.errors import Fault, InvalidInputError
from app.languages.service import find_lect

# Filled from what the public is told, the number that calls, the address of the public page and the case's own code.
SLOTS: Final = ("organisation", "organisation_en", "survey", "survey_en", "number", "address", "code")
REFUSED: Final = "This text cannot be sent."
_SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}")
# The characters that a message can hold in seven bits each (GSM 03.38); any other makes it one of 16-bit characters.
_SEVEN_BITS: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_PLACES: Final = frozenset("^{}\\[~]|€")


@dataclass(frozen=True)
class Words:
    """One text in force."""

    lect: str
    script: str
    version: int
    text: str


def set_text(
    session: Session, campaign: Campaign, lect: str, *, script: str, text: str, actor: str, now: datetime
) -> Words:
    """Put a new version of a text into force, an empty one to send none; raises InvalidInputError."""
    tag, words = find_lect(session, lect).tag, text.strip()
    faults = _faults_in(words, script)
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    version = put_in_force(
        session,
        campaign,
        NoticeText,
        key={"lect": tag, "script": script},
        content={"text": words},
        told={"text": words},
        act="notice_text.changed",
        actor=actor,
        now=now,
    )
    return Words(tag, script, version, words)


def texts_of(session: Session, campaign_id: int) -> list[Words]:
    """Return the texts in force, by lect and script."""
    newest = in_force(session, NoticeText, campaign_id, key=("lect", "script"))
    return [Words(row.lect, row.script, row.version, row.text) for row in newest if row.text]


def parts_of(text: str) -> int:
    """Return how many messages a text is carried in, each of which costs.

    Source: 3GPP TS 23.038 and 23.040: 160 characters of seven bits or 70 of sixteen in one message, 153 or 67 in
    each of several.
    """
    if all(character in _SEVEN_BITS or character in _TWO_PLACES for character in text):
        length, alone, joined = len(text) + sum(character in _TWO_PLACES for character in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le", "replace")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def _faults_in(text: str, script: str) -> list[Fault]:
    faults = []
    if not _SCRIPT.fullmatch(script):
        faults.append(Fault("script", "Name the script by its four letters, such as Hans, Hant, Latn or Arab."))
    faults += faults_of(text, SLOTS)
    if text and "{organisation" not in text:
        faults.append(Fault("text", "Say who writes: put {organisation} into the text."))
    return faults
