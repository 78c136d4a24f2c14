"""In which lect to open a call, so that as many as possible of those who may pick up follow the first words.

The likeliest lect of a place is not the best to greet in: where a large minority speaks it and nearly everybody
follows another, greeting in it turns most people away before a word of the survey is said.
"""

from collections.abc import Collection, Sequence

from app.dialing.domain import FactKind, KnownFact, best_guess
from app.languages.domain import PUTONGHUA, Understanding


def greeting_lect(facts: Sequence[KnownFact], speakable: Collection[str], understanding: Understanding) -> str:
    """Return the lect, among those the interviewer can hold the interview in, that the respondent likeliest follows.

    What somebody has stated or heard counts alone; otherwise each lect of the place counts by its share, and
    a greeting by how far speakers of that lect follow it. Where nothing is known: standard Chinese, if it is spoken.
    """
    known = best_guess([fact for fact in facts if fact.kind != FactKind.PREDICTED], ())
    if known.kind is not None:
        weights = [(known.lect, 1.0)]
    else:
        weights = [(fact.lect, fact.confidence) for fact in facts if fact.kind == FactKind.PREDICTED]

    def followed(lect: str) -> tuple[float, bool]:
        return sum(share * understanding.degree(spoken, lect) for spoken, share in weights), lect == PUTONGHUA

    return max(sorted(speakable), key=followed, default=PUTONGHUA)
