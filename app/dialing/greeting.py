"""In which lect to open a call, so that as many as possible of those who may pick up follow the first words.

The likeliest lect of a place is not the best to greet in: where a large minority speaks it and nearly everybody
follows another, greeting in it turns most people away before a word of the survey is said.
"""

from collections.abc import Collection, Sequence
from typing import Final

from app.dialing.domain import FactKind, KnownFact, best_guess
from app.languages.domain import PUTONGHUA, Understanding

# Who follows whom is about lects; people also learn the standard one. 80.72 % of the country spoke it in 2020
# (Ministry of Education, press conference of 2 June 2021).
SPEAK_STANDARD: Final = 0.8


def greeting_lect(facts: Sequence[KnownFact], speakable: Collection[str], understanding: Understanding) -> str:
    """Return the lect, among those the interviewer can hold the interview in, that the respondent likeliest follows.

    What somebody has stated or heard counts alone; otherwise each lect of the place counts by its share, and
    a greeting by how far speakers of that lect follow it. Where nothing is known: standard Chinese, if it is spoken.
    What somebody stated is taken at its word: who asks for a lect may not have learnt the standard one.
    """
    known = best_guess([fact for fact in facts if fact.kind != FactKind.PREDICTED], ())
    if known.kind is not None:
        weights, learnt = [(known.lect, 1.0)], 0.0
    else:
        weights = [(fact.lect, fact.confidence) for fact in facts if fact.kind == FactKind.PREDICTED]
        learnt = SPEAK_STANDARD

    def followed(lect: str) -> tuple[float, bool]:
        least = learnt if lect == PUTONGHUA else 0.0
        total = sum(share * max(understanding.degree(spoken, lect), least) for spoken, share in weights)
        return total, lect == PUTONGHUA

    return max(sorted(speakable), key=followed, default=PUTONGHUA)
