"""Check what a supervisor wrote down for a quota against the questionnaire, the areas and the campaign's lects."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.service import lects_of_campaign
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.languages.models import Area
from app.languages.numbers import NumberKind
from app.languages.service import load_lect_names
from app.questionnaires.form import Form, QuestionKind
from app.questionnaires.service import load_form
from app.quotas.domain import AREA_DIGITS, FULL_CODE, Dimension, DimensionKind

MOST_CELLS: Final = 20_000
MOST_INTERVIEWS: Final = 10_000_000
LONGEST_NAME: Final = 100
REFUSED: Final = "The quota cannot be used."


@dataclass(frozen=True)
class CellPlan:
    """How many completes one combination wants, and how many it may have; `key` in the order of the dimensions."""

    key: tuple[str, ...]
    target: int
    most: int


@dataclass(frozen=True)
class QuotaPlan:
    """A whole quota as it was written down."""

    name: str
    dimensions: tuple[Dimension, ...]
    cells: tuple[CellPlan, ...]


@dataclass(frozen=True)
class References:
    """What the texts of a plan are checked against; `find_lect` raises a XiangyinError on a name it does not know."""

    form: Form
    area_codes: Collection[str]
    lects: Collection[str]
    find_lect: Callable[[str], str]


def references_of(session: Session, campaign: Campaign) -> References:
    """Load what a campaign's quotas can refer to."""
    return References(
        form=load_form(session, campaign.questionnaire_version_id),
        area_codes=frozenset(session.scalars(select(Area.code).where(func.length(Area.code) == FULL_CODE))),
        lects=frozenset(row.lect for row in lects_of_campaign(session, campaign.id)),
        find_lect=load_lect_names(session).find,
    )


def check_plan(plan: QuotaPlan, references: References) -> QuotaPlan:
    """Return the plan as it is stored: area codes cut to their digits, lects as tags.

    Raises InvalidInputError with every fault, each at its place: `name`, `dimensions[0].question`,
    `cells[3].area`, `cells[3].most`, counted from 0.
    """
    faults = [*_name_faults(plan), *_dimension_faults(plan, references)]
    if faults:  # cells of dimensions that are wrong cannot be read
        raise InvalidInputError(REFUSED, tuple(faults))
    cells, faults = _read_cells(plan, references)
    if faults:
        raise InvalidInputError(REFUSED, tuple(faults))
    return replace(plan, name=plan.name.strip(), cells=cells)


def _name_faults(plan: QuotaPlan) -> Iterator[Fault]:
    if not plan.name.strip():
        yield Fault("name", "Give the quota a name.")
    elif len(plan.name) > LONGEST_NAME or not plan.name.isprintable():
        yield Fault("name", "Use at most %(most)s characters.", (("most", str(LONGEST_NAME)),))
    if not plan.dimensions:
        yield Fault("dimensions", "Say what the quota tells respondents apart by: area, phone, lect or an answer.")
    if not plan.cells:
        yield Fault("cells", "Write at least one cell.")
    if len(plan.cells) > MOST_CELLS:
        yield Fault("cells", "Write at most %(most)s cells.", (("most", str(MOST_CELLS)),))


def _dimension_faults(plan: QuotaPlan, references: References) -> Iterator[Fault]:
    seen = set()
    for place, dimension in enumerate(plan.dimensions):
        where = f"dimensions[{place}]"
        if dimension.name in seen:
            yield Fault(where, "This dimension is named twice. Keep one of them.")
        seen.add(dimension.name)
        if dimension.kind is DimensionKind.AREA:
            if dimension.digits not in AREA_DIGITS:
                yield Fault(f"{where}.digits", "Use 2, 4 or 6 digits: province, prefecture or county.")
        elif dimension.digits:
            yield Fault(f"{where}.digits", "Only an area is told apart by digits. Leave this out.")
        if dimension.kind is DimensionKind.ANSWER:
            yield from _question_faults(f"{where}.question", dimension.question, references.form)
        elif dimension.question:
            yield Fault(f"{where}.question", "Only an answer belongs to a question. Leave this out.")


def _question_faults(where: str, name: str, form: Form) -> Iterator[Fault]:
    question = form.by_name.get(name)
    if question is None:
        message = "The questionnaire of this campaign has no question %(question)s."
    elif question.kind is not QuestionKind.SELECT_ONE or form.repeats_of[name]:
        message = "The question %(question)s has no single choice as its answer. Use a question of the type select_one."
    else:
        return
    yield Fault(where, message, (("question", name),))


def _read_cells(plan: QuotaPlan, references: References) -> tuple[tuple[CellPlan, ...], list[Fault]]:
    cells: dict[tuple[str, ...], CellPlan] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(plan.cells):
        where = f"cells[{place}]"
        found = [*_number_faults(where, cell)]
        key, wrong = _read_key(where, cell, plan.dimensions, references=references)
        found += wrong
        if not wrong and key in cells:
            found.append(Fault(where, "This cell is there already. Keep one of them."))
        cells[key] = replace(cell, key=key)
        faults += found
    return tuple(cells.values()), faults


def _number_faults(where: str, cell: CellPlan) -> Iterator[Fault]:
    if not 0 <= cell.target <= MOST_INTERVIEWS:
        yield Fault(f"{where}.target", "Write a whole number, 0 or more.")
    elif not cell.target <= cell.most <= MOST_INTERVIEWS:
        yield Fault(f"{where}.most", "Allow at least as many interviews as the target.")


def _read_key(
    where: str, cell: CellPlan, dimensions: tuple[Dimension, ...], *, references: References
) -> tuple[tuple[str, ...], list[Fault]]:
    if len(cell.key) != len(dimensions):
        names = ", ".join(dimension.name for dimension in dimensions)
        return cell.key, [Fault(f"{where}.key", "Give one value for each of: %(names)s.", (("names", names),))]
    key, faults = [], []
    for dimension, text in zip(dimensions, cell.key, strict=True):
        try:
            key.append(_READ[dimension.kind](text.strip(), dimension, references))
        except XiangyinError as error:
            faults.append(Fault(f"{where}.{dimension.name}", error.message, tuple(error.values.items())))
    return tuple(key), faults


def _read_area(text: str, dimension: Dimension, references: References) -> str:
    code = text.ljust(FULL_CODE, "0")
    if code not in references.area_codes:
        raise InvalidInputError("The registry has no area with the code %(code)s.", code=text)
    if code[dimension.digits :].strip("0"):
        raise InvalidInputError(
            "%(code)s is finer than the %(digits)s digits that this quota tells areas apart by.",
            code=text,
            digits=str(dimension.digits),
        )
    return code[: dimension.digits]


def _read_phone(text: str, _dimension: Dimension, _references: References) -> str:
    if text not in set(NumberKind):
        raise InvalidInputError("Use one of: %(known)s.", known=", ".join(NumberKind))
    return text


def _read_lect(text: str, _dimension: Dimension, references: References) -> str:
    tag = references.find_lect(text)
    if tag not in references.lects:
        raise InvalidInputError("This campaign is not held in %(lect)s, so the cell could never fill.", lect=text)
    return tag


def _read_answer(text: str, dimension: Dimension, references: References) -> str:
    question = references.form.question(dimension.question)
    if question.choice(text) is None:
        codes = ", ".join(choice.code for choice in question.choices)
        raise InvalidInputError("The question has no choice %(code)s. Use one of: %(known)s.", code=text, known=codes)
    return text


_READ: Final[dict[DimensionKind, Callable[[str, Dimension, References], str]]] = {
    DimensionKind.AREA: _read_area,
    DimensionKind.PHONE: _read_phone,
    DimensionKind.LECT: _read_lect,
    DimensionKind.ANSWER: _read_answer,
}
