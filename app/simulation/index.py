"""The index that a simulated survey measures: which items, and what one respondent's answers count for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import Fault, InvalidInputError
from app.questionnaires.answers import AnswerStatus, GivenAnswer
from app.questionnaires.form import Form
from app.questionnaires.items import Question, QuestionKind

WHOLE: Final = 100.0
REFUSED: Final = "The index cannot be measured with this questionnaire."


class Measure(StrEnum):
    """What an answer counts for, from 0 to 100."""

    TOP_BOX = "top_box"  # 100 for a code among `top`, 0 for any other
    MEAN = "mean"  # its place between the lowest code, 0, and the highest, 100


class IndexPlan(BaseModel):
    """The declared index; every item is a question with one choice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[str, ...] = Field(min_length=1)
    measure: Measure = Measure.TOP_BOX
    top: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """What each code of each item counts for; "don't know" and "refused" count for nothing and are left out."""

    scores: Mapping[str, Mapping[str, float]]

    @classmethod
    def read(cls, plan: IndexPlan, form: Form) -> Self:
        """Fit the plan to a questionnaire; raises InvalidInputError that names what does not fit."""
        faults = [
            fault for place, name in enumerate(plan.items) for fault in _item_faults(place, name, plan, form=form)
        ]
        if plan.measure is Measure.TOP_BOX and not plan.top:
            faults.append(Fault("index.top", "Name the codes that count, as 4 and 5 of a scale of five."))
        if faults:
            raise InvalidInputError(REFUSED, tuple(faults))
        return cls({name: _scores(form.question(name), plan) for name in plan.items})

    def score(self, answers: Mapping[str, GivenAnswer]) -> float | None:
        """Return the mean over the items that one respondent has an opinion on, None without any."""
        found = [
            scores[given.value]
            for name, scores in self.scores.items()
            if (given := answers.get(name)) is not None
            and given.status is AnswerStatus.ANSWERED
            and isinstance(given.value, str)
        ]
        return fmean(found) if found else None


def mean_score(scores: Iterable[float | None]) -> tuple[float | None, int]:
    """Return the index of many respondents, which is their mean, and how many have one."""
    found = [score for score in scores if score is not None]
    return (fmean(found) if found else None), len(found)


def _item_faults(place: int, name: str, plan: IndexPlan, *, form: Form) -> Iterator[Fault]:
    question = form.by_name.get(name)
    values = (("question", name),)
    if question is None or question.kind is not QuestionKind.SELECT_ONE or form.repeats_of[name]:
        yield Fault(f"index.items[{place}]", "%(question)s is no question of the type select_one.", values)
        return
    offered = _offered(question)
    if plan.measure is Measure.MEAN and (len(offered) < len(("low", "high")) or not all(map(_is_number, offered))):
        yield Fault(f"index.items[{place}]", "The codes of %(question)s are no scale of whole numbers.", values)
    elif plan.measure is Measure.TOP_BOX and plan.top and not set(plan.top) <= set(offered):
        yield Fault("index.top", "%(question)s does not have all of these codes.", values)


def _offered(question: Question) -> Sequence[str]:
    return [choice.code for choice in question.choices if choice.code not in question.reserved]


def _is_number(code: str) -> bool:
    return code.removeprefix("-").isdecimal()


def _scores(question: Question, plan: IndexPlan) -> dict[str, float]:
    offered = _offered(question)
    if plan.measure is Measure.TOP_BOX:
        return {code: WHOLE * (code in plan.top) for code in offered}
    low, high = min(map(int, offered)), max(map(int, offered))
    return {code: WHOLE * (int(code) - low) / (high - low) for code in offered}
