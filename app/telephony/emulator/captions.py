"""The words that simulated people say, in Chinese and English, for whoever reads the call on a screen."""

import tomllib
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Final

from app.telephony.emulator.figures import DATA
from app.telephony.emulator.speech import AnswerGiven, AskedQuestion, SpokenAnswer

Caption = tuple[str, str]

ANY_LECT: Final = "any"


@cache
def _phrases() -> Mapping[str, Mapping[str, tuple[Caption, ...]]]:
    table = tomllib.loads((DATA / "captions.toml").read_text(encoding="utf-8"))
    return {
        occasion: {lect: tuple((zh, en) for zh, en in phrases) for lect, phrases in by_lect.items()}
        for occasion, by_lect in table["phrases"].items()
    }


@cache
def _lect_names() -> Mapping[str, Caption]:
    table = tomllib.loads((DATA / "captions.toml").read_text(encoding="utf-8"))
    return {tag: (zh, en) for tag, (zh, en) in table["lects"].items()}


def phrase_for(occasion: str, lect: str, chance: Random) -> Caption:
    """Return one of the phrases for an occasion, in the lect's own words where the table has them."""
    by_lect = _phrases()[occasion]
    return chance.choice(by_lect.get(lect, by_lect[ANY_LECT]))


def with_lect(caption: Caption, lect: str) -> Caption:
    """Put a lect's name into a phrase; a lect without a short name is the language of home, as people say."""
    zh, en = _lect_names().get(lect, _lect_names()[ANY_LECT])
    return caption[0].format(lect=zh), caption[1].format(lect=en)


def remark_on(name: str, chance: Random, *, is_content: bool) -> Caption:
    """Return a short remark in the respondent's own words, about the item where the table has some for it."""
    occasion = name if name in _phrases() else "content" if is_content else "not_content"
    return chance.choice(_phrases()[occasion][ANY_LECT])


def caption_of_answer(answer: SpokenAnswer, question: AskedQuestion, *, lect: str, chance: Random) -> Caption:
    """Return an answer as the respondent would say it."""
    if answer.given is not AnswerGiven.ANSWERED:
        return phrase_for(answer.given.value, lect, chance)
    if answer.codes:
        labels = dict(zip(question.choices, question.labels, strict=False))
        said = [labels.get(code, (code, code)) for code in answer.codes]
        return "、".join(zh for zh, _ in said) + "。", ", ".join(en for _, en in said) + "."
    return f"{answer.text or ''}", f"{answer.text or ''}"
