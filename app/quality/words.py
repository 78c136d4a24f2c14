"""Say a flag in words: an English sentence with slots, which is translated where it is shown."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.dialing.sentences import Sentence, say
from app.quality.domain import FlagKind


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_SENTENCES: Final[Mapping[FlagKind, str]] = {
    FlagKind.LONG_STRING: _("One choice %(figure)s times in a row, from %(threshold)s on: %(questions)s."),
    FlagKind.LOW_VARIATION: _(
        "Hardly any spread, %(figure)s of the width of the scale where %(threshold)s is usual: %(questions)s."
    ),
    FlagKind.INCONSISTENT_PAIR: _(
        "The answers to two questions that ask the same lie %(figure)s steps apart, more than %(threshold)s: "
        "%(questions)s."
    ),
    FlagKind.REVERSED_ITEM: _(
        "A question and its reverse were answered so alike that they lie %(figure)s steps apart once one is turned "
        "round, more than %(threshold)s: %(questions)s."
    ),
    FlagKind.TOO_QUICK: _("%(figure)s of the answers came too quickly, from %(threshold)s on: %(questions)s."),
    FlagKind.TOO_SLOW: _("%(figure)s of the answers took too long, from %(threshold)s on: %(questions)s."),
    FlagKind.DONT_KNOW: _("%(figure)s of the answers were “don't know”, from %(threshold)s on: %(questions)s."),
    FlagKind.BROKE_OFF: _("It broke off at %(questions)s, after %(figure)s answers."),
    FlagKind.COMPREHENSION: _("Following was rated %(figure)s of 5 on average, below %(threshold)s."),
    FlagKind.TROUBLE: _(
        "Repetitions and clarifications for 100 questions: %(figure)s, from %(threshold)s on: %(questions)s."
    ),
}
_SHARES: Final = frozenset({FlagKind.TOO_QUICK, FlagKind.TOO_SLOW, FlagKind.DONT_KNOW})


def sentence_of(kind: FlagKind, figure: float, threshold: float, *, questions: Sequence[str]) -> Sentence:
    """Return the sentence of a flag; shares are said in percent."""
    message = _SENTENCES[kind]
    slots = {"figure": _number(kind, figure), "threshold": _number(kind, threshold), "questions": ", ".join(questions)}
    return say(message, **{name: text for name, text in slots.items() if f"%({name})s" in message})


def _number(kind: FlagKind, figure: float) -> str:
    if kind is FlagKind.TROUBLE:
        return f"{100 * figure:.0f}"
    return f"{100 * figure:.0f} %" if kind in _SHARES else f"{figure:.2f}".rstrip("0").rstrip(".")
