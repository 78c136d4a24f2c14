"""A questionnaire as the engine runs it, read from the compiled XForm."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from app.core.errors import Fault, InvalidInputError, NotFoundError
from app.questionnaires.expressions import ExpressionError
from app.questionnaires.items import Choice, Group, Question, QuestionKind, Template, Texts
from app.questionnaires.xform import UNREADABLE, Document, read_document

__all__ = ["Choice", "Form", "Group", "Question", "QuestionKind", "Template", "Texts", "parse_form"]


@dataclass(frozen=True)
class Form:
    """One published questionnaire.

    `languages` are BCP 47 tags, the default language first and then in column order;
    `order` names questions and groups so that each comes after all it depends on.
    """

    title: str
    form_id: str
    version: str
    languages: tuple[str, ...]
    language_names: Mapping[str, str]
    questions: tuple[Question, ...]
    groups: Mapping[str, Group]
    order: tuple[str, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Question]:
        """Return the questions by name."""
        return {question.name: question for question in self.questions}

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """Return what comes up on the screen, in order."""
        return tuple(question for question in self.questions if question.is_asked)

    def moved_by(self, name: str) -> tuple[str, ...]:
        """Name what must be worked out anew when this question's answer changes: itself, then the rest in order."""
        if name not in self._moved_by:
            moved = {name} & self.by_name.keys()
            for item, needed in self._needs:
                if not moved.isdisjoint(needed):
                    moved.add(item)
            self._moved_by[name] = tuple(item for item, _ in self._needs if item in moved)
        return self._moved_by[name]

    @cached_property
    def _needs(self) -> tuple[tuple[str, list[str]], ...]:
        items: dict[str, Group | Question] = {**self.groups, **self.by_name}
        return tuple((name, dependencies(items[name])) for name in self.order)

    @cached_property
    def _moved_by(self) -> dict[str, tuple[str, ...]]:
        return {}

    def question(self, name: str) -> Question:
        """Find a question; raises NotFoundError."""
        try:
            return self.by_name[name]
        except KeyError:
            raise NotFoundError("There is no question %(name)s in this questionnaire.", name=name) from None


def parse_form(xform: str) -> Form:
    """Read a compiled form; raises InvalidInputError for what this engine cannot run."""
    try:
        document = read_document(xform)
    except ExpressionError as error:
        raise InvalidInputError(UNREADABLE, faults=(Fault("xform", error.message, error.values),)) from error
    _check_references(document)
    return Form(
        title=document.title,
        form_id=document.form_id,
        version=document.version,
        languages=document.languages,
        language_names=document.language_names,
        questions=document.questions,
        groups={group.name: group for group in document.groups},
        order=_dependency_order(document),
    )


def _check_references(document: Document) -> None:
    known = {question.name for question in document.questions}
    for owner, expression in document.expressions():
        missing = sorted((expression.references | expression.labels_of) - known)
        if missing:
            raise InvalidInputError(
                "%(owner)s refers to ${%(missing)s}, which is not a question.", owner=owner, missing=missing[0]
            )


def _dependency_order(document: Document) -> tuple[str, ...]:
    """Sort so that relevance and calculations can be worked out in one pass."""
    graph = {group.name: dependencies(group) for group in document.groups}
    graph |= {question.name: dependencies(question) for question in document.questions}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise InvalidInputError("These depend on one another in a circle: %(circle)s.", circle=circle) from error


def dependencies(item: Group | Question) -> list[str]:
    """Name what must be known before the item's relevance and value are."""
    around = item.parents if isinstance(item, Group) else item.group
    read = [item.relevant] if isinstance(item, Group) else [item.relevant, item.calculation]
    names = {name for expression in read if expression for name in expression.references}
    return [*around[-1:], *sorted(names)]
