"""Say where a fault is in the reader's language: a row and column of a list, or a field by the name on the screen."""

import re
from collections.abc import Mapping
from typing import Final

from app.web.i18n import translate


def _(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


ROW_AND_COLUMN: Final = re.compile(r"row (?P<row>\d+), column (?P<column>.+)")
ROW: Final = re.compile(r"row (?P<row>\d+)")
COLUMN: Final = re.compile(r"column (?P<column>.+)")
WINDOW: Final = re.compile(r"calling_hours(\..+)?")
PATTERNS: Final = (
    (ROW_AND_COLUMN, _("row %(row)s, column %(column)s")),
    (ROW, _("row %(row)s")),
    (COLUMN, _("column %(column)s")),
    (WINDOW, _("Calling hours")),
)
# The fields of our forms, as their labels call them.
FIELDS: Final[Mapping[str, str]] = {
    "name": _("Name of the campaign"),
    "questionnaire": _("Questionnaire"),
    "lects": _("Lects and their greetings"),
    "greetings": _("Lects and their greetings"),
    "time_zone": _("Time zone where none is known"),
    "ring_seconds": _("Ring for, seconds"),
    "attempt_limit": _("Attempts per case, at most"),
    "completes_wanted": _("Complete interviews wanted"),
    "seed": _("Seed of the random order"),
    "caller_number": _("Number that is shown to respondents"),
    "list": _("Phone list"),
    "table": _("Quota table"),
    "quota": _("Name of the quota"),
    "roster": _("Roster"),
    "starts": _("Times of the shift"),
    "organisation": _("Organisation"),
    "survey": _("Survey"),
    "contact": _("Public contact"),
    "approved_until": _("Approval valid until"),
    "starts_on": _("Calls from"),
    "ends_on": _("Calls until"),
    "length": _("Length of time"),
    "text": _("Text"),
    "script": _("Script"),
    "phone": _("Telephone number"),
    "when": _("Call again at"),
    "starts_at": _("Call again at"),
    "lect": _("Lect"),
    "reason": _("Reason"),
    "confirmed": _("Confirmation"),
    "login": _("Sign-in name"),
    "password": _("Password"),
    "percent": "%",
}


def say_place(where: str, locale: str) -> str:
    """Return the place in the reader's words; a cell such as survey!C7 says itself."""
    for pattern, message in PATTERNS:
        found = pattern.fullmatch(where)
        if found:
            return translate(locale, message, found.groupdict())
    field = FIELDS.get(where) or FIELDS.get(where.split(".", maxsplit=1)[0])
    return translate(locale, field) if field else where
