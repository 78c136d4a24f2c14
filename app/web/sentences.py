"""Say what is told of a case in the reader's language: names, people and instants fill the slots."""

from collections.abc import Callable

from babel.dates import format_datetime, get_timezone

from app.dialing.sentences import Moment, Named, Sentence, Slot, Who
from app.web.i18n import ScreenLanguage, translate


def speaker(language: ScreenLanguage) -> Callable[[Slot], str]:
    """Return what says a sentence, or anything that may fill one of its slots, in this language."""

    def say(slot: Slot) -> str:
        match slot:
            case Sentence():
                return translate(language.tag, slot.message, {name: say(inner) for name, inner in slot.slots})
            case Named():
                return slot.name_zh if language.tag.startswith("zh") else slot.name_en
            case Moment():
                zone = get_timezone(slot.time_zone)
                return format_datetime(slot.at, language.moment, tzinfo=zone, locale=language.babel)
            case Who():
                return slot.display_name
            case _:
                return str(slot)

    return say
