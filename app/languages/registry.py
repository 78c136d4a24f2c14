"""The registry of lects: find, add and list them, and say who follows whom."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, InvalidInputError
from app.languages.domain import fold_name
from app.languages.models import Lect, LectAlias
from app.languages.revision import revise
from app.languages.tags import WRITTEN_CHINESE, iso639_3_of, normalise_tag, plain_language

UNKNOWN_LECT: Final = "No language is known as %(text)s. Choose one from the list of languages, or add it there first."
UNKNOWN_LECT_CLOSE: Final = "No language is known as %(text)s. Did you mean %(close)s?"
LECT_EXISTS: Final = "The language %(tag)s is in the list already."
NAME_MISSING: Final = "Give the language a name in Chinese and in English."
# What people call both the written language and, loosely, whatever is spoken.
_WRITTEN_NAMES: Final = frozenset({"中文", "汉语", "汉话", "中国话", "漢語", "chinese"})
_SHOWN_TEXT: Final = 40


class UnknownLectError(InvalidInputError):
    """No language of the registry has this name or tag."""


class LectNames:
    """Every name, alias and tag of the registry in memory: load once, then ask for many."""

    def __init__(self, tags_by_name: Mapping[str, str], tags: Iterable[str]) -> None:
        self._tags_by_name = dict(tags_by_name)
        self._tags = frozenset(tags)

    def find(self, text: str) -> str:
        """Return the tag meant; raises `UnknownLectError` naming close names, `InvalidInputError` for `zh`."""
        folded = fold_name(text)
        if folded in self._tags_by_name:
            return self._tags_by_name[folded]
        if folded in _WRITTEN_NAMES:
            raise InvalidInputError(WRITTEN_CHINESE, tag=text)
        for tag in self._readings(text):
            if tag in self._tags:
                return tag
        raise self._unknown(text, folded)

    def _readings(self, text: str) -> tuple[str, ...]:
        try:
            tag = normalise_tag(text)
        except InvalidInputError as error:
            if error.message == WRITTEN_CHINESE:
                raise
            return ()
        return (tag, plain_language(tag))

    def _unknown(self, text: str, folded: str) -> UnknownLectError:
        holding = [name for name in self._tags_by_name if folded and folded in name]
        alike = difflib.get_close_matches(folded, self._tags_by_name, n=3, cutoff=0.5)
        close = list(dict.fromkeys([*alike, *holding]))[:3]
        shown = text[:_SHOWN_TEXT]
        if not close:
            return UnknownLectError(UNKNOWN_LECT, text=shown)
        return UnknownLectError(UNKNOWN_LECT_CLOSE, text=shown, close=", ".join(close))


def load_lect_names(session: Session) -> LectNames:
    """Read every name in two queries."""
    lects = list_lects(session)
    names = {fold_name(name): lect.tag for lect in lects for name in (lect.name_zh, lect.name_en)}
    names |= dict(session.execute(select(LectAlias.alias, LectAlias.lect)).all())
    return LectNames(names, (lect.tag for lect in lects))


def find_lect(session: Session, text: str) -> Lect:
    """Find a lect by tag, name or alias, as people type them; raises as `LectNames.find` does."""
    exact = session.get(Lect, text)  # screens and programs send tags, which one probe finds
    if exact is not None:
        return exact
    return session.get_one(Lect, load_lect_names(session).find(text))


def list_lects(session: Session) -> Sequence[Lect]:
    """Return all lects in the order of their tags."""
    return session.scalars(select(Lect).order_by(Lect.tag)).all()


def add_lect(session: Session, *, tag: str, name_zh: str, name_en: str, parent: str | None = None) -> Lect:
    """Add a lect under any valid BCP 47 tag; `parent` is a tag, name or alias of one that is there.

    Raises `InvalidInputError` for a bad tag or a missing name and `ConflictError` for one that is there.
    """
    canonical = normalise_tag(tag)
    if not all(name.strip() and name.isprintable() for name in (name_zh, name_en)):
        raise InvalidInputError(NAME_MISSING)
    if session.get(Lect, canonical) is not None:
        raise ConflictError(LECT_EXISTS, tag=canonical)
    above = find_lect(session, parent) if parent else None
    lect = Lect(
        tag=canonical,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        parent=above.tag if above else None,
        family=above.family if above else "",
        iso639_3=iso639_3_of(canonical),
    )
    session.add(lect)
    session.flush()
    revise(session)
    return lect
