"""The states of an interview, and what its history says about being misread."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.campaigns.domain import OutcomeGroup


class InterviewState(StrEnum):
    """Life of an interview; the last three are closed and never open again."""

    OPEN = "open"  # someone is being asked
    OVER_QUOTA = "over_quota"  # its cell had no place left: nothing more is asked, and the outcome is to be coded
    SUSPENDED = "suspended"  # broken off, to be resumed in a later call
    COMPLETE = "complete"  # every relevant question was asked
    PARTIAL = "partial"  # ended early, kept as it is
    BROKEN_OFF = "broken_off"  # ended early for good


BEING_ASKED: Final = frozenset({InterviewState.OPEN, InterviewState.OVER_QUOTA})
CLOSED: Final = frozenset({InterviewState.COMPLETE, InterviewState.PARTIAL, InterviewState.BROKEN_OFF})


_WITHOUT_AN_ANSWER: Final = frozenset({OutcomeGroup.NO_CONTACT, OutcomeGroup.TECHNICAL, OutcomeGroup.INELIGIBLE})


def is_possible(group: OutcomeGroup, *, was_answered: bool, was_begun: bool) -> bool:
    """Tell whether an outcome can be true: unanswered, nobody has refused; unbegun, nothing was broken off."""
    if group == OutcomeGroup.INTERVIEW and not was_begun:
        return False
    return was_answered or group in _WITHOUT_AN_ANSWER


class MarkKind(StrEnum):
    """What an interviewer notes beside the answers."""

    REPEATED = "repeated"  # the question was read again
    CLARIFIED = "clarified"  # the respondent asked what it means, and was told in other words
    INTERPRETED = "interpreted"  # somebody interprets, or speaks for the respondent
    OVERHEARD = "overheard"  # a third person is present and may hear the answers
    COACHED = "coached"  # somebody tells the respondent what to answer
    AUDIO = "audio"  # a recording in the lect was played instead of reading
    FOLLOWED = "followed"  # how well the respondent follows a section


class MisreadKind(StrEnum):
    """How a respondent can misread a call; never silently a refusal."""

    SAID_MISDIAL = "said_misdial"
    SUSPECTED_FRAUD = "suspected_fraud"
    COULD_NOT_FOLLOW = "could_not_follow"
    SILENT_PICKUP = "silent_pickup"
    HUNG_UP_OPENING = "hung_up_opening"


_KIND_OF_OUTCOME: Final = {
    "said_misdial": MisreadKind.SAID_MISDIAL,
    "suspected_fraud": MisreadKind.SUSPECTED_FRAUD,
    "other_lect": MisreadKind.COULD_NOT_FOLLOW,
    "lect_unknown": MisreadKind.COULD_NOT_FOLLOW,
    "lect_household": MisreadKind.COULD_NOT_FOLLOW,
    "silent_pickup": MisreadKind.SILENT_PICKUP,
    "hung_up_opening": MisreadKind.HUNG_UP_OPENING,
}


def misread_kinds(outcomes: Iterable[str]) -> list[MisreadKind]:
    """Return the kinds of misreading in a case's coded outcomes, in order, each as often as it happened."""
    return [_KIND_OF_OUTCOME[code] for code in outcomes if code in _KIND_OF_OUTCOME]


@dataclass(frozen=True)
class LanguageOfAnswers:
    """How many answers were given in which lect."""

    by_lect: dict[str, int]

    @property
    def main(self) -> str | None:
        """The lect most answers were given in."""
        return max(self.by_lect, key=lambda lect: self.by_lect[lect]) if self.by_lect else None
