"""One case's interview, held by the questionnaire engine; it goes on where it was broken off."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.campaigns.outcomes import COMPLETE
from app.questionnaires.answers import ACKNOWLEDGED, AnswerStatus, GivenAnswer
from app.questionnaires.session import InterviewState, next_question, relevant_answers
from app.quotas.domain import NONE_KNOWN, Dimension
from app.simulation.recording import finished_as, recorded
from app.simulation.survey import Survey
from app.telephony.emulator.speech import AskedQuestion, SpokenAnswer


class Interview:
    """The answers of one case so far; `started_at` is the respondent's own time."""

    def __init__(self, survey: Survey, *, seed: int, started_at: datetime, lect: str) -> None:
        self._survey = survey
        self._state = InterviewState({}, seed, started_at, lect)

    @property
    def answers(self) -> Mapping[str, GivenAnswer]:
        """What was said; nothing that steers the calls may look at it."""
        return self._state.answers

    @property
    def score(self) -> float | None:
        """What the answers count for in the index."""
        return None if self._survey.index is None else self._survey.index.score(self._state.answers)

    def go_on_in(self, lect: str) -> None:
        """Read the questions in another lect from now on."""
        if lect != self._state.lect:
            self._state = replace(self._state, lect=lect)

    def next_question(self) -> AskedQuestion | None:
        """Return what is to be asked or read out next, None at the end."""
        question = next_question(self._survey.form, self._state)
        return None if question is None else self._survey.heard(question)

    def write_down(self, name: str, said: SpokenAnswer) -> None:
        """Keep an answer; raises InvalidInputError where the form accepts none that people may give."""
        given = recorded(self._survey.form, self._state, name, said=said)
        self._state = self._state.with_answer(name, given)

    def read_out(self, name: str) -> None:
        """Note that a text was read to the respondent."""
        self._state = self._state.with_answer(name, ACKNOWLEDGED)

    def finished_as(self) -> str:
        """Return the outcome that the finished interview comes to, by the questionnaire's own rule."""
        return finished_as(self._survey.form, self._state) or COMPLETE

    def values_of(self, dimensions: Iterable[Dimension]) -> dict[str, str]:
        """Return by dimension what the answers that a quota looks at are, as far as they were given."""
        answers = relevant_answers(self._survey.form, self._state)
        values = {}
        for dimension in dimensions:
            given = answers.get(dimension.question)
            if given is not None and given.status is not AnswerStatus.NOT_ASKED:
                values[dimension.name] = given.value if isinstance(given.value, str) else NONE_KNOWN
        return values
