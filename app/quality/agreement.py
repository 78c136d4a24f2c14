"""How far two who coded the same words agree, beyond what chance alone would do."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.dialing.intervals import Interval, share_of


@dataclass(frozen=True)
class Coded:
    """One question coded twice: what the interviewer kept, and what the listener heard."""

    question: str
    kept: str
    heard: str

    @property
    def agrees(self) -> bool:
        """Both are the same."""
        return self.kept == self.heard


@dataclass(frozen=True)
class Agreement:
    """Over so many answers: the share on which both agree with its 95 percent interval, and Cohen's kappa.

    Kappa is None where chance alone would agree on everything, and of nothing.
    """

    answers: int
    agreed: int
    share: Interval | None
    kappa: float | None


def agreement_of(coded: Iterable[Coded]) -> Agreement:
    """Compare two codings; what chance would do is worked out for each question by itself.

    One table of all questions would call it agreement beyond chance that both tell a yes-or-no question from a scale.
    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20
    (1960), 37-46; the strata weigh by their answers.
    """
    strata: dict[str, list[Coded]] = defaultdict(list)
    for one in coded:
        strata[one.question].append(one)
    number = sum(map(len, strata.values()))
    agreed = sum(one.agrees for stratum in strata.values() for one in stratum)
    if number == 0:
        return Agreement(0, 0, None, None)
    by_chance = sum(_agreed_by_chance(stratum) for stratum in strata.values()) / number
    kappa = None if by_chance >= 1 else (agreed / number - by_chance) / (1 - by_chance)
    return Agreement(number, agreed, share_of(agreed, number), kappa)


def _agreed_by_chance(stratum: list[Coded]) -> float:
    """Return on how many answers of one question two who know only their own frequencies would agree."""
    kept, heard = Counter(one.kept for one in stratum), Counter(one.heard for one in stratum)
    return sum(kept[code] * heard[code] for code in kept) / len(stratum)
