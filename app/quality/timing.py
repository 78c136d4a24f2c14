"""Between which bounds an answer takes its time: by the author, by the campaign's own times, or by the text."""

import re
from collections.abc import Sequence
from math import exp, log
from statistics import median
from typing import Final

from app.campaigns.quality_rules import QualityRules
from app.quality.domain import Bounds
from app.questionnaires.items import Checks

# Syllables in a second. Pellegrino, Coupé and Marsico (Language 87, 2011) measured 5.2 in 普通话, 6.2 in English and
# 7.8 in Spanish and Japanese, the quickest of their languages; nobody reads a question to somebody else above 10.
QUICKEST_SPEECH: Final = 10.0
SLOWEST_SPEECH: Final = 3.0
LETTERS_IN_A_SYLLABLE: Final = 4.0
# What makes a median deviation comparable to a standard deviation of normal values.
SCALED: Final = 1.4826
# Where half of all times are alike, anything else would be out of bounds.
LEAST_DEVIATION: Final = 0.2
_SYLLABIC: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTER: Final = re.compile(r"[^\W\d_]")
MILLISECONDS: Final = 1_000.0


def bounds_of(checks: Checks, text: str, times: Sequence[int], *, rules: QualityRules) -> Bounds:
    """Return the bounds of one question in one wording; `times` are what it took so far, in milliseconds.

    What the author says wins, each end for itself.
    """
    found = _by_times(times, rules.timing_spread) if len(times) >= rules.timing_answers else _by_text(text, rules)
    return Bounds(
        checks.quickest * MILLISECONDS if checks.quickest is not None else found.quickest,
        checks.slowest * MILLISECONDS if checks.slowest is not None else found.slowest,
    )


def _by_times(times: Sequence[int], reach: float) -> Bounds:
    """Take the median and the median deviation of the logarithms, because times are skewed to the right."""
    logs = [log(max(time, 1)) for time in times]
    middle = median(logs)
    deviation = max(SCALED * median(abs(one - middle) for one in logs), LEAST_DEVIATION)
    return Bounds(exp(middle - reach * deviation), exp(middle + reach * deviation))


def _by_text(text: str, rules: QualityRules) -> Bounds:
    syllables = syllables_in(text)
    return Bounds(
        syllables / QUICKEST_SPEECH * MILLISECONDS,
        (syllables / SLOWEST_SPEECH + rules.slow_seconds) * MILLISECONDS,
    )


def syllables_in(text: str) -> float:
    """Estimate how many syllables a text has: a character of Chinese, Japanese or Korean is one of its own."""
    syllabic = len(_SYLLABIC.findall(text))
    return syllabic + (len(_LETTER.findall(text)) - syllabic) / LETTERS_IN_A_SYLLABLE
