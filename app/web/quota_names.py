"""Name the values of quota cells in the reader's language: places, kinds of number, lects, answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.languages.domain import PUTONGHUA
from app.languages.models import Area, Lect
from app.languages.numbers import NumberKind
from app.languages.service import list_lects
from app.questionnaires.form import Form
from app.questionnaires.service import load_form
from app.questionnaires.tags import best_tag
from app.quotas.domain import FULL_CODE, Dimension, DimensionKind
from app.quotas.service import StandingQuota
from app.web.i18n import CHINESE, ScreenLanguage, translate


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


NUMBER_KINDS: Final[Mapping[str, str]] = {
    NumberKind.MOBILE: _("mobile"),
    NumberKind.FIXED: _("fixed line"),
    NumberKind.VOIP: _("internet telephony"),
    NumberKind.UNKNOWN: _("not known"),
}


@dataclass(frozen=True)
class CellNames:
    """What the values of a campaign's cells are called; a value without a name is shown as it is stored."""

    language: ScreenLanguage
    areas: Mapping[str, Area]
    lects: Mapping[str, Lect]
    form: Form

    def say(self, dimension: Dimension, value: str) -> str:
        """Return the name of one value."""
        match dimension.kind:
            case DimensionKind.AREA:
                return self._own(self.areas.get(_padded(value))) or value
            case DimensionKind.PHONE:
                return translate(self.language.tag, NUMBER_KINDS.get(value, value))
            case DimensionKind.LECT:
                return self._own(self.lects.get(value)) or value
            case DimensionKind.ANSWER:
                return self._answer(dimension.question, value) or value

    def all(self, dimensions: Sequence[Dimension], key: Sequence[str]) -> list[str]:
        """Return the names of a cell's values, in the order of the dimensions."""
        return [self.say(dimension, value) for dimension, value in zip(dimensions, key, strict=True)]

    def _own(self, named: Area | Lect | None) -> str:
        if named is None:
            return ""
        return named.name_zh if self.language is CHINESE else named.name_en or named.name_zh

    def _answer(self, question: str, code: str) -> str:
        asked = self.form.by_name.get(question)
        choice = asked.choice(code) if asked else None
        if choice is None:
            return ""
        words = choice.label.get(best_tag(PUTONGHUA if self.language is CHINESE else "en", self.form.languages))
        return words.plain if words else ""


def names_of(
    session: Session, campaign: Campaign, quotas: Iterable[StandingQuota], *, language: ScreenLanguage
) -> CellNames:
    """Load the names of everything that the cells of these quotas mention."""
    codes = {
        _padded(value)
        for quota in quotas
        for cell in quota.cells
        for dimension, value in zip(quota.dimensions, cell.count.key, strict=True)
        if dimension.kind is DimensionKind.AREA
    }
    areas = session.scalars(select(Area).where(Area.code.in_(codes))) if codes else ()
    return CellNames(
        language,
        {area.code: area for area in areas},
        {lect.tag: lect for lect in list_lects(session)},
        load_form(session, campaign.questionnaire_version_id),
    )


def _padded(code: str) -> str:
    return code.ljust(FULL_CODE, "0")
