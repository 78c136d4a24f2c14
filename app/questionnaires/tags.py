"""Name the language of a column by a BCP 47 tag, and choose the column that suits a lect."""

import re
from collections.abc import Sequence
from typing import Final

import langcodes

_HEADING: Final = re.compile(r"(?P<name>.*)\((?P<tag>[A-Za-z0-9-]+)\)\s*", re.DOTALL)
# `zh` covers languages that do not understand one another, so it says nothing about what is to be spoken.
_NOT_SPOKEN: Final = frozenset({"zh", "zho", "chi"})


class TagError(ValueError):
    """A column heading names no language that can be spoken; `message` is a gettext id."""

    def __init__(self, message: str, **values: str) -> None:
        self.message = message
        self.values = tuple(values.items())
        super().__init__(message)


def tag_of(heading: str) -> str:
    """Return the tag of a column language such as `中文 (cmn-x-putonghu)`; raises TagError."""
    found = _HEADING.fullmatch(heading.strip())
    if found is None:
        raise TagError(
            "Write the language with its tag in parentheses, for example label::English (en); found: %(found)s.",
            found=heading,
        )
    tag = canonical(found["tag"])
    if tag.split("-")[0] in _NOT_SPOKEN:
        raise TagError(
            "%(tag)s is not one spoken language. Name the language that is read aloud, for example "
            "cmn-x-putonghu for 普通话 or yue for 粤语.",
            tag=found["tag"],
        )
    if not langcodes.tag_is_valid(tag) and not _is_plain_iso639_3(tag):
        raise TagError("%(tag)s is not a language tag. Use a BCP 47 tag such as en, yue or bo.", tag=found["tag"])
    return tag


def name_of(heading: str) -> str:
    """Return the readable part of a column language: `中文 (cmn-x-putonghu)` gives 中文."""
    found = _HEADING.fullmatch(heading.strip())
    return heading.strip() if found is None else found["name"].strip() or found["tag"]


def canonical(tag: str) -> str:
    """Write a tag with the usual capitals and nothing else changed: standardising would turn cmn into zh."""
    parts = tag.split("-")
    private = next((place for place, part in enumerate(parts) if part.lower() == "x"), len(parts))
    return "-".join(
        _cased(part, is_extra=0 < place < private) if place < private else part.lower()
        for place, part in enumerate(parts)
    )


def _cased(part: str, *, is_extra: bool) -> str:
    if is_extra and part.isalpha():
        return {2: part.upper(), 4: part.title()}.get(len(part), part.lower())
    return part.lower()


def _is_plain_iso639_3(tag: str) -> bool:
    """Three letters may be newer than the registry we carry: hnm, luh and sjc are."""
    return re.fullmatch(r"[a-z]{3}(-x(-[a-z0-9]{1,8})+)?", tag) is not None


def best_tag(lect: str, available: Sequence[str]) -> str:
    """Choose the column to read to a speaker of `lect`.

    The lect itself, else the nearest relative by shortening its tag (cmn-x-xina1239, cmn), where the
    first column whose tag begins so wins; else the first column.
    """
    parts = canonical(lect).split("-")
    for length in range(len(parts), 0, -1):
        wanted = "-".join(parts[:length])
        for tag in available:
            if tag == wanted or tag.startswith(wanted + "-"):
                return tag
    return available[0]
