"""The words of the call-back line for one call: which phrase, in which lect, with which keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from app.campaigns.identity import identity_of
from app.campaigns.line_texts import Phrase, Phrases, phrases_of
from app.campaigns.models import Campaign
from app.campaigns.service import lects_of_campaign
from app.campaigns.slots import filled
from app.dialing.domain import NOT_A_LECT, FactKind
from app.dialing.facts import facts_of, guess_of
from app.dialing.models import Case
from app.dialing.offered_times import said_time, said_time_en
from app.languages.domain import PUTONGHUA
from app.languages.models import Lect
from app.telephony.inbound.domain import Asked, Said, Step

MOST_LECTS: Final = 4  # nobody remembers more keys than that
MOST_OPENINGS: Final = 3  # and nobody listens longer
CHECK_KEY, STOP_KEY, AGAIN_KEY = "7", "9", "0"
CODE_DIGITS: Final = 12
CODE_SECONDS: Final = 20
# Where a supervisor has not named the survey yet.
NAMELESS: Final = ("电话调查", "telephone survey")


@dataclass(frozen=True)
class Menu:
    """What can be said to one caller; `lects` are offered by the keys 1, 2, ... in this order."""

    session: Session
    campaign: Campaign | None
    lects: Sequence[str]
    lect: str | None  # the one that was chosen
    is_shown: bool  # the caller's number, without which nobody can be spared further calls

    @cached_property
    def phrases(self) -> Phrases:
        """The campaign's words."""
        return phrases_of(self.session, self.campaign.id if self.campaign else None)

    @property
    def main_lect(self) -> str:
        """The lect to speak in: the chosen one, else the likeliest."""
        return self.lect or next(iter(self.lects), PUTONGHUA)

    def say(self, phrase: Phrase, *, spoken: str | None = None, **values: str) -> Said:
        """Say a phrase in a lect, or in the one that is spoken on this call."""
        found, words = self.phrases.words(spoken or self.main_lect, phrase)
        return Said(found, filled(words, {**self._slots, **self._names(found), **values}))

    def say_time(self, phrase: Phrase, at: datetime, *, time_zone: str, now: datetime) -> Said:
        """Say a phrase with a time in it."""
        return self.say(phrase, **_said(at, time_zone, now=now))

    def greet(self, phrase: Phrase, *, offers_lects: bool) -> Asked:
        """Say who we are in the lects of the place, then the keys."""
        can = [lect for lect in self.lects if self.phrases.has(lect, phrase)][:MOST_OPENINGS] or [PUTONGHUA]
        said = [self.say(phrase, spoken=lect) for lect in can]
        if offers_lects:
            said += [
                self.say(Phrase.CHOOSE, spoken=lect, **self._names(lect), key=str(key))
                for key, lect in enumerate(self.lects, start=1)
            ]
        return Asked((*said, *self._keys), Step.MENU)

    def ask_code(self, *before: Said) -> Asked:
        """Ask for the digits of a code."""
        return Asked((*before, self.say(Phrase.ASK_CODE)), Step.CODE, digits=CODE_DIGITS, seconds=CODE_SECONDS)

    def ask_again(self, *before: Said) -> Asked:
        """Go back to the keys, without the greeting."""
        return Asked((*before, *self._keys), Step.MENU)

    def confirm_stop(self) -> Asked:
        """Ask for the second key of whoever wants no more calls."""
        return Asked((self.say(Phrase.CONFIRM_STOP),), Step.FORBID)

    def offer(self, times: Sequence[datetime], *, time_zone: str, now: datetime) -> Asked:
        """Offer times, and after them any time."""
        said = [self.say(Phrase.NOBODY, **self._names(self.main_lect))]
        said += [
            self.say(Phrase.TIME, **_said(at, time_zone, now=now), key=str(key))
            for key, at in enumerate(times, start=1)
        ]
        return Asked((*said, self.say(Phrase.ANY_TIME, key=str(len(times) + 1))), Step.TIME)

    @property
    def _keys(self) -> list[Said]:
        phrases = [Phrase.CHECK, *([Phrase.STOP] if self.is_shown else []), Phrase.AGAIN]
        return [self.say(phrase) for phrase in phrases]

    @cached_property
    def _slots(self) -> Mapping[str, str]:
        if self.campaign is None:
            return {}
        told = identity_of(self.session, self.campaign)
        return {
            "organisation": told.organisation_zh,
            "organisation_en": told.organisation_en,
            "survey": told.survey_zh or NAMELESS[0],
            "survey_en": told.survey_en or NAMELESS[1],
        }

    def _names(self, lect: str) -> dict[str, str]:
        row = self.session.get(Lect, lect)
        return {"lect": row.name_zh if row else lect, "lect_en": row.name_en if row else lect}


def _said(at: datetime, time_zone: str, *, now: datetime) -> dict[str, str]:
    return {"time": said_time(at, time_zone, now=now), "time_en": said_time_en(at, time_zone, now=now)}


def lects_to_offer(session: Session, campaign: Campaign, case: Case | None) -> list[str]:
    """Return the campaign's lects, the likeliest for this caller first: the known one, those of the place, others."""
    offered = [row.lect for row in lects_of_campaign(session, campaign.id)]
    if case is None:
        return offered[:MOST_LECTS]
    predicted = [fact for fact in facts_of(session, case.id) if fact.kind == FactKind.PREDICTED]
    by_place = [fact.lect for fact in sorted(predicted, key=lambda fact: -fact.confidence)]
    in_order = dict.fromkeys([guess_of(session, case).lect, *by_place, *offered])
    return [lect for lect in in_order if lect in offered and lect not in NOT_A_LECT][:MOST_LECTS]
