"""A questionnaire as the engine runs it, read from the compiled XForm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from app.core.errors import Fault, InvalidInputError, NotFoundError
from app.questionnaires.addresses import address_of, name_in, read_address
from app.questionnaires.expression import Expression
from app.questionnaires.expressions import ExpressionError
from app.questionnaires.items import Choice, Group, ItemList, Question, QuestionKind, Template, Texts
from app.questionnaires.xform import UNREADABLE, Document, read_document

__all__ = ["Choice", "Form", "Group", "Question", "QuestionKind", "Section", "Template", "Texts", "parse_form"]


@dataclass(frozen=True)
class Section:
    """A repeat with what stands in it, in order."""

    repeat: Question
    parts: tuple["Question | Section", ...]


Parts = tuple[Question | Section, ...]


@dataclass(frozen=True)
class Form:
    """One published questionnaire.

    `languages` are BCP 47 tags, the default language first and then in column order;
    `order` names questions and groups so that each comes after all it depends on.
    A repeat is both: a group, and a question that holds the number of its instances.
    """

    title: str
    form_id: str
    version: str
    languages: tuple[str, ...]
    language_names: Mapping[str, str]
    questions: tuple[Question, ...]
    groups: Mapping[str, Group]
    order: tuple[str, ...]
    lists: Mapping[str, ItemList]

    @cached_property
    def by_name(self) -> Mapping[str, Question]:
        """Return the questions by name."""
        return {question.name: question for question in self.questions}

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """Return what comes up on the screen, in order; what stands in a repeat once."""
        return tuple(question for question in self.questions if question.is_asked)

    @cached_property
    def has_repeats(self) -> bool:
        """Tell whether anything is asked more than once."""
        return any(question.kind is QuestionKind.REPEAT for question in self.questions)

    @cached_property
    def repeats_of(self) -> Mapping[str, tuple[str, ...]]:
        """Name the repeats around every question and group, from the outside in."""
        around = {question.name: question.group for question in self.questions}
        around |= {group.name: group.parents for group in self.groups.values()}
        repeats = {question.name for question in self.questions if question.kind is QuestionKind.REPEAT}
        return {name: tuple(group for group in groups if group in repeats) for name, groups in around.items()}

    @cached_property
    def parts(self) -> Parts:
        """Return the questions in order, those of a repeat together."""
        return tuple(_nested(iter([*self.questions, None]), self.repeats_of))

    def address(self, name: str, instances: tuple[int, ...]) -> str:
        """Write where an answer stands; the same again costs nothing."""
        if not instances:
            return name
        key = (name, instances)
        if key not in self._addresses:
            self._addresses[key] = address_of(name, self.repeats_of[name], instances)
        return self._addresses[key]

    @cached_property
    def _addresses(self) -> dict[tuple[str, tuple[int, ...]], str]:
        return {}

    def moved_by(self, address: str) -> tuple[str, ...]:
        """Name what must be worked out anew when this question's answer changes: itself, then the rest in order."""
        name = name_in(address)
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

    def locate(self, address: str) -> tuple[Question, tuple[int, ...]]:
        """Find the question at an address, and the instances it stands in; raises NotFoundError."""
        found = read_address(address)
        question = self.by_name.get(found[0]) if found else None
        if found is None or question is None or found[1] != self.repeats_of[question.name]:
            raise NotFoundError("There is no question %(name)s in this questionnaire.", name=address)
        extra = len(found[2]) - len(found[1])
        if extra and not question.is_open_ended:
            raise NotFoundError("There is no question %(name)s in this questionnaire.", name=address)
        return question, found[2]

    def question(self, address: str) -> Question:
        """Find a question; in a repeat its name is its address. Raises NotFoundError."""
        question, instances = self.locate(address)
        return replace(question, name=address) if instances else question


def _nested(
    questions: Iterator[Question | None], repeats_of: Mapping[str, tuple[str, ...]]
) -> list[Question | Section]:
    """Gather the questions of each repeat; they follow it directly."""
    top: list[Question | Section] = []
    open_sections: list[tuple[Question, list[Question | Section]]] = []
    for question in questions:
        depth = 0 if question is None else len(repeats_of[question.name])
        while len(open_sections) > depth:
            repeat, parts = open_sections.pop()
            (open_sections[-1][1] if open_sections else top).append(Section(repeat, tuple(parts)))
        if question is None:
            continue
        if question.kind is QuestionKind.REPEAT:
            open_sections.append((question, []))
        else:
            (open_sections[-1][1] if open_sections else top).append(question)
    return top


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
        lists=document.lists,
    )


def _check_references(document: Document) -> None:
    known = {question.name for question in document.questions}
    for owner, expression in document.expressions():
        missing = sorted((expression.references | expression.labels_of) - known)
        if missing:
            raise InvalidInputError(
                "%(owner)s refers to ${%(missing)s}, which is not a question.", owner=owner, missing=missing[0]
            )
        _check_columns(document, owner, expression)


def _check_columns(document: Document, owner: str, expression: Expression) -> None:
    for listed, column in sorted(expression.columns):
        if listed not in document.lists or (column and column not in document.lists[listed].columns):
            raise InvalidInputError(
                "%(owner)s reads the column %(column)s of the list %(list)s, which is not there.",
                owner=owner,
                column=column,
                list=listed,
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
    read = [item.relevant] if isinstance(item, Group) else [item.relevant, item.calculation, _offered_by(item)]
    names = {name for expression in read if expression for name in expression.references}
    names |= set() if isinstance(item, Group) else set(item.triggers)
    return [*around[-1:], *sorted(names)]


def _offered_by(question: Question) -> Expression | None:
    return None if question.item_set is None else question.item_set.nodes
