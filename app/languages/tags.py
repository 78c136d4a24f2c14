"""Read language tags: BCP 47 in, one canonical spelling out, written-only tags refused."""

import re
import unicodedata
from typing import Final

import langcodes
from iso639 import Lang
from iso639.exceptions import DeprecatedLanguageValue, InvalidLanguageValue
from langcodes.tag_parser import LanguageTagError

from app.core.errors import InvalidInputError

WRITTEN_CHINESE: Final = (
    "%(tag)s names written Chinese. Name the language that is spoken, for example "
    "普通话 (cmn-x-putonghu), 粤语 (yue) or 西南官话 (cmn-x-xina1239)."
)
BAD_TAG: Final = (
    "%(tag)s is not a valid BCP 47 language tag. Use a code such as yue or za; a part of your own "
    "stands after -x- and has at most 8 letters or digits."
)
# The register maps these to cmn; the library follows a rule for web pages and says zh.
_MANDARIN_BY_OLD_NAME: Final = re.compile(r"^zh-(?:cmn|guoyu)(?=-|$)")
_LONGEST_TAG: Final = 60


def normalise_tag(text: str) -> str:
    """Return the canonical tag (zh-min-nan -> nan, ZH-yue -> yue); raises `InvalidInputError`.

    `zh` is refused: it says how something is written, not what is spoken. Codes that ISO 639-3 has
    and the tag library's older register lacks (hnm, luh, sjc) are accepted.
    """
    given = unicodedata.normalize("NFKC", text).strip().replace("_", "-")
    try:
        tag = langcodes.standardize_tag(_MANDARIN_BY_OLD_NAME.sub("cmn", given.lower()))
    except LanguageTagError as error:
        raise InvalidInputError(BAD_TAG, tag=given[:_LONGEST_TAG]) from error
    language, _, rest = tag.partition("-")
    if language == "zh" or tag.endswith("-x-zh-min"):
        raise InvalidInputError(WRITTEN_CHINESE, tag=given)
    known = langcodes.tag_is_valid(tag) or _is_newer_code(language, rest)
    if len(tag) > _LONGEST_TAG or not known or _has_unknown_extension(tag):
        raise InvalidInputError(BAD_TAG, tag=given[:_LONGEST_TAG])
    return tag


def iso639_3_of(tag: str) -> str | None:
    """Return the three-letter code of the tag's language, or None for a private or collective one."""
    try:
        return str(Lang(tag.partition("-")[0]).pt3) or None
    except (DeprecatedLanguageValue, InvalidLanguageValue):
        return None


def plain_language(tag: str) -> str:
    """Drop script and region, which say nothing about speech: yue-Hant-HK -> yue. Private parts stay."""
    language, _, rest = tag.partition("-")
    return tag if "x" in rest.split("-") or language == "x" else language


def _is_newer_code(language: str, rest: str) -> bool:
    """Accept what ISO 639-3 took up after the tag library's register of 2021; check the rest of the tag as ever."""
    same_tail = f"yue-{rest}" if rest else "yue"
    return iso639_3_of(language) is not None and langcodes.tag_is_valid(same_tail)


def _has_unknown_extension(tag: str) -> bool:
    """Find a three-letter part after the language that the reader took for an old-style extension: yue-foo."""
    return bool(langcodes.Language.get(tag, normalize=False).extlangs)
