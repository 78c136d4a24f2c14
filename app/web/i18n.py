"""The screen's language: one gettext catalogue and one template environment per locale."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final

from babel.core import Locale as BabelLocale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime, format_time, get_timezone
from babel.numbers import format_decimal, format_percent
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE: Final = Path(__file__).parent
CATALOGUES: Final = HERE / "locales"
TEMPLATES: Final = HERE / "templates"


@dataclass(frozen=True)
class ScreenLanguage:
    """A language the pages are written in. What is spoken on the telephone is a lect and another matter."""

    tag: str
    folder: str
    name: str
    moment: str

    @property
    def babel(self) -> BabelLocale:
        """Return the rules for numbers and dates."""
        return BabelLocale.parse(self.folder)


ENGLISH: Final = ScreenLanguage("en", "en", "English", "EEE d MMM, HH:mm")
CHINESE: Final = ScreenLanguage("zh-CN", "zh_Hans_CN", "中文", "M月d日 EEE HH:mm")
LANGUAGES: Final = (CHINESE, ENGLISH)  # in the order of the menu


def language_of(tag: str | None) -> ScreenLanguage | None:
    """Find a screen language by whatever form a person or a browser writes: zh, zh-CN, zh_Hans_CN, en-GB."""
    primary = (tag or "").replace("_", "-").split("-")[0].lower()
    return next((language for language in LANGUAGES if language.tag.split("-")[0] == primary), None)


def choose_language(*, profile: str | None, cookie: str | None, accept: str | None) -> ScreenLanguage:
    """Take the person's own setting, else this browser's, else what the browser asks for, else Chinese."""
    return language_of(profile) or language_of(cookie) or _asked_for(accept or "") or CHINESE


def _asked_for(accept: str) -> ScreenLanguage | None:
    """Read an Accept-Language header; a malformed weight counts as none."""
    wishes = []
    for part in accept.split(","):
        tag, _, weight = part.partition(";q=")
        wishes.append((-_weight(weight), tag.strip()))
    ordered = [tag for weight, tag in sorted(wishes, key=lambda wish: wish[0]) if tag and weight < 0]
    return language_of(negotiate_locale([tag.split("-")[0] for tag in ordered], ["zh", "en"], sep="-"))


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


@lru_cache
def catalogue(folder: str) -> NullTranslations:
    """Load a language's messages; English is the source and needs none."""
    path = CATALOGUES / folder / "LC_MESSAGES" / "messages.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return Translations(fp=file)


def translate(locale: str | None, message: str, values: Mapping[str, str] | None = None) -> str:
    """Say an English message from any floor in the screen's language, its slots filled."""
    language = language_of(locale) or ENGLISH
    translations = catalogue(language.folder)
    words = translations.gettext(message) if message else ""
    return words % dict(values) if values else words


def _duration(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


@lru_cache
def environment(tag: str) -> Environment:
    """Build the template environment of one language; an unknown name in a template is an error, never a blank."""
    language = language_of(tag) or ENGLISH
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = catalogue(language.folder)
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals["language"] = language
    made.globals["languages"] = LANGUAGES
    made.globals["comma"] = "、" if language is CHINESE else ", "
    _install_formats(made, language)
    return made


def _install_formats(made: Environment, language: ScreenLanguage) -> None:
    """Numbers and dates in the reader's form; every instant is shown in a named zone."""
    locale = language.babel

    def in_zone(instant: datetime, zone: str) -> str:
        return format_time(instant, "HH:mm", tzinfo=get_timezone(zone), locale=locale)

    def day_and_time(instant: datetime, zone: str) -> str:
        return format_datetime(instant, language.moment, tzinfo=get_timezone(zone), locale=locale)

    suffix = language.tag.split("-")[0]

    def own(thing: object, field: str) -> str:
        """Take the name of a thing that carries its names in Chinese and English."""
        words: str = getattr(thing, f"{field}_{suffix}")
        return words

    made.filters |= {
        "own": own,
        "decimal": lambda number: format_decimal(number, locale=locale),
        "share": lambda part: format_percent(part, "0%", locale=locale),
        "percent1": lambda part: format_percent(part, "0.0%", locale=locale),
        "weekday": lambda day: format_date(day, "EEE d", locale=locale),
        "month_day": lambda instant, zone: format_datetime(
            instant, "d/M" if suffix == "en" else "M/d", tzinfo=get_timezone(zone), locale=locale
        ),
        "day": lambda day: format_date(day, "medium", locale=locale),
        "time": in_zone,
        "moment": day_and_time,
        "duration": _duration,
    }
