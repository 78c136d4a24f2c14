"""A questionnaire on its way to publication: its tables, and what was found out and found wrong so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.errors import Fault
from app.questionnaires.items import QuestionKind
from app.questionnaires.tables import Row, Table


@dataclass
class Draft:
    """The three sheets; the checks fill in the rest.

    `lists` holds the rows of each list of choices, `kinds` the type and list of each question,
    `around` the group that each question and group stands in.
    """

    survey: Table
    choices: Table
    settings: Table
    faults: list[Fault]
    lists: dict[str, list[Row]] = field(default_factory=dict)
    kinds: dict[str, tuple[QuestionKind, str]] = field(default_factory=dict)
    around: dict[str, str | None] = field(default_factory=dict)

    @property
    def languages(self) -> dict[str, str]:
        """Return the heading of each language by its tag, in column order."""
        labels = sorted((*self.survey.columns, *self.choices.columns), key=lambda column: column.name != "label")
        languages: dict[str, str] = {}
        for column in labels:
            if column.tag:
                languages.setdefault(column.tag, str(column.language))
        return languages

    def fault(self, where: str, message: str, **values: str) -> None:
        """Add a fault; `message` is a gettext id."""
        self.faults.append(Fault(where, message, tuple(values.items())))

    def kind(self, name: str) -> QuestionKind | None:
        """Return the type of a question; None for a group or a name that is none."""
        return self.kinds[name][0] if name in self.kinds else None

    def check_answers(self, where: str, names: Iterable[str]) -> None:
        """Hold every ${name} to be a question with an answer."""
        for name in sorted({one.strip() for one in names}):
            if self.kind(name) in (None, QuestionKind.NOTE):
                self.fault(where, "${%(name)s} is not a question with an answer.", name=name)
