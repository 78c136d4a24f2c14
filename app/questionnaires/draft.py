"""A questionnaire on its way to publication: its tables, and what was found out and found wrong so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.core.errors import Fault
from app.questionnaires.attachments import Attachment
from app.questionnaires.expression import Expression
from app.questionnaires.items import QuestionKind
from app.questionnaires.tables import Row, Table


@dataclass
class Draft:
    """The three sheets, and the lists and recordings that came with them; the checks fill in the rest.

    `lists` holds the rows of each list of choices, `kinds` the type and list of each question,
    `around` the group that each question and group stands in, `calculated` the notes that show a value.
    `columns` are what expressions read of lists.
    """

    survey: Table
    choices: Table
    settings: Table
    faults: list[Fault]
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    recordings: Mapping[str, bytes] = field(default_factory=dict)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    kinds: dict[str, tuple[QuestionKind, str]] = field(default_factory=dict)
    around: dict[str, str | None] = field(default_factory=dict)
    calculated: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)

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

    def codes(self, listed: str) -> set[str]:
        """Return the codes of a list, be it of the sheet or attached."""
        if listed in self.attachments:
            return {row.get("name", "") for row in self.attachments[listed].rows}
        return {row.text("name") for row in self.lists.get(listed, [])}

    def columns_of(self, listed: str) -> set[str] | None:
        """Return the columns of a list; None where there is no such list."""
        if listed in self.attachments:
            return set(self.attachments[listed].columns)
        if listed not in self.lists:
            return None
        return {column.name for column in self.choices.columns if column.is_further} | {"name"}

    def repeats_around(self, name: str | None) -> list[str]:
        """Return the repeats that a question or group stands in, from the inside out."""
        found: list[str] = []
        above = self.around.get(name or "")
        while above is not None and above not in found:
            if self.kind(above) is QuestionKind.REPEAT:
                found.append(above)
            above = self.around.get(above)
        return found

    def check_answers(self, where: str, names: Iterable[str], *, owner: str | None) -> None:
        """Hold every ${name} in a text to be a question with one answer where it is read."""
        for name in sorted({one.strip() for one in names}):
            if self._has_answer(where, name):
                self._check_single(where, name, reachable=set(self.repeats_around(owner)))

    def check_reads(self, where: str, expression: Expression, *, owner: str | None) -> None:
        """Hold what an expression reads to be there, and to have one value where one is wanted."""
        singles = {name for name, _ in expression.singles}
        for name in sorted(expression.references):
            if name in singles or self.kind(name) is not QuestionKind.REPEAT:
                self._has_answer(where, name)
        for name, opened in sorted(expression.singles):
            around = {*self.repeats_around(owner), *self.repeats_around(opened)}
            self._check_single(where, name, reachable=around | ({opened} if opened else set()))
        for listed, column in sorted(expression.columns):
            self._check_column(where, listed, column)

    def _has_answer(self, where: str, name: str) -> bool:
        kind = self.kind(name)
        is_answered = kind not in (None, QuestionKind.NOTE, QuestionKind.REPEAT) or name in self.calculated
        if not is_answered:
            self.fault(where, "${%(name)s} is not a question with an answer.", name=name)
        return is_answered

    def _check_single(self, where: str, name: str, *, reachable: set[str]) -> None:
        beyond = [repeat for repeat in self.repeats_around(name) if repeat not in reachable]
        if beyond:
            message = (
                "${%(name)s} has a value in every instance of %(repeat)s, and here one is wanted. "
                "Use join(), sum(), count() or indexed-repeat()."
            )
            self.fault(where, message, name=name, repeat=beyond[0])

    def _check_column(self, where: str, listed: str, column: str) -> None:
        self.columns.add((listed, column))
        columns = self.columns_of(listed)
        if columns is None:
            message = "There is no list %(list)s: neither in the sheet choices nor as an attached %(list)s.csv."
            self.fault(where, message, list=listed)
        elif column and column not in columns:
            self.fault(where, "The list %(list)s has no column %(column)s.", list=listed, column=column)
