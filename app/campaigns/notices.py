"""The words of the message before the call: one text for each lect and script, every version kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.models import Campaign, NoticeText
from app.core.db import append
from app.core.errors import Fault, InvalidInputError
from app.languages.service import find_lect

# Filled from what the public is told, the number that calls, the address of the public page and the case's own code.
SLOTS: Final = ("organisation", "organisation_en", "survey", "survey_en", "number", "address", "code")
MOST_CHARACTERS: Final = 600
REFUSED: Final = "This text cannot be sent."
_SLOT: Final = re.compile(r"\{([^{}]*)\}")
_SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}")
_NEWEST: Final = (
    select(NoticeText)
    .where(NoticeText.campaign_id == bindparam("campaign_id"))
    .ext(distinct_on(NoticeText.lect, NoticeText.script))
    .order_by(NoticeText.lect, NoticeText.script, NoticeText.version.desc())
)
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
    faults = _faults_of(words, script)
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    of_lect = (NoticeText.campaign_id == campaign.id, NoticeText.lect == tag, NoticeText.script == script)
    version = 1 + (session.scalar(select(func.max(NoticeText.version)).where(*of_lect)) or 0)
    key = {"campaign_id": campaign.id, "lect": tag, "script": script, "version": version}
    append(session, NoticeText, **key, text=words, made_by=actor, made_at=now)
    audit.record(
        session,
        "notice_text.changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={**key, "text": words},
        now=now,
    )
    return Words(tag, script, version, words)


def texts_of(session: Session, campaign_id: int) -> list[Words]:
    """Return the texts in force, by lect and script."""
    newest = session.scalars(_NEWEST, {"campaign_id": campaign_id})
    return [Words(row.lect, row.script, row.version, row.text) for row in newest if row.text]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the slots of a text."""
    return _SLOT.sub(lambda slot: values[slot[1]], text)


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


def _faults_of(text: str, script: str) -> list[Fault]:
    faults = []
    if not _SCRIPT.fullmatch(script):
        faults.append(Fault("script", "Name the script by its four letters, such as Hans, Hant, Latn or Arab."))
    unknown = [name for name in _SLOT.findall(text) if name not in SLOTS]
    faults += [
        Fault(
            "text",
            "There is nothing to fill {%(slot)s} with. Known are: %(known)s.",
            (("slot", name), ("known", ", ".join(SLOTS))),
        )
        for name in unknown
    ]
    if text and "{organisation" not in text:
        faults.append(Fault("text", "Say who writes: put {organisation} into the text."))
    if len(text) > MOST_CHARACTERS:
        faults.append(
            Fault("text", "Write at most %(max_length)s characters.", (("max_length", str(MOST_CHARACTERS)),))
        )
    return faults
