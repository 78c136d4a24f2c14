"""Read telephone numbers: one spelling, the place and time zone they tell, and which of them must never be dialled."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType, geocoder, shortnumberinfo, timezone

from app.core.errors import InvalidInputError

NOT_A_NUMBER: Final = "%(text)s is not a telephone number. Use digits only, one number per cell."
LOST_DIGITS: Final = "%(text)s has lost its digits in a spreadsheet. Format the column as text and enter it again."
WRONG_LENGTH: Final = "%(text)s has the wrong number of digits for a telephone number. Check it against the source."
NOT_IN_USE: Final = "%(text)s is in no range that is given out to telephones. Check it against the source."
SHORT_NUMBER: Final = "%(text)s is an emergency or service number and is never called. Remove the row."
PREMIUM_NUMBER: Final = "%(text)s is charged at a premium rate and is never called. Remove the row."
WITH_EXTENSION: Final = "%(text)s has an extension, which cannot be dialled. Give a number that reaches the person."

_CHINA: Final = 86
_LONGEST_SHORT_NUMBER: Final = 6
_DIALLED_ABROAD: Final = re.compile(r"^(?:\+|00)")
_SPREADSHEET_DECIMAL: Final = re.compile(r"^(\d+)\.0+$")
_SCIENTIFIC: Final = re.compile(r"^\d+(?:\.\d+)?[eE]\+?\d+$")
_EXTENSION: Final = re.compile(r"\d\s*(?:转|轉|分机|;?ext\b\.?=?|#|\bx)\s*\d+$", re.IGNORECASE)
_WRITTEN_NUMBER: Final = re.compile(r"^(?:tel:)?\+?[\d\s().\-]+$", re.IGNORECASE)
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


class NumberKind(StrEnum):
    """What stands at the end of the line, as far as the number tells."""

    MOBILE = "mobile"
    FIXED = "fixed"
    VOIP = "voip"
    UNKNOWN = "unknown"


_KINDS: Final = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberKind.FIXED,
    PhoneNumberType.VOIP: NumberKind.VOIP,
}


@dataclass(frozen=True)
class NumberPlace:
    """A number in E.164 with what its digits tell; empty names and zones mean that they tell nothing.

    A mobile number tells where it was sold, which need not be where its owner lives.
    """

    e164: str
    name_zh: str
    name_en: str
    time_zones: tuple[str, ...]
    kind: NumberKind


def read_number(text: str, *, region: str) -> NumberPlace:
    """Read one number; `region` (ISO 3166, CN) is whose number it is when no country code is written.

    Raises `InvalidInputError` for what is no number, has a wrong length, is in no range in use, has an
    extension, or is an emergency, short or premium number, also behind a country or area code.
    """
    written = _clean(text)
    shown = _veil(written)
    _refuse_unreadable(written, shown)
    _refuse_short(written, shown, region)
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidInputError(NOT_A_NUMBER, text=shown) from error
    _refuse_undiallable(number, shown)
    zones = tuple(timezone.time_zones_for_number(number))
    return NumberPlace(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        name_zh=geocoder.description_for_number(number, "zh"),
        name_en=geocoder.description_for_number(number, "en"),
        time_zones=() if zones == (timezone.UNKNOWN_TIMEZONE,) else zones,
        kind=_KINDS.get(phonenumbers.number_type(number), NumberKind.UNKNOWN),
    )


def _clean(text: str) -> str:
    """Undo what keyboards and spreadsheets do to numbers: full-width digits, odd dashes, hidden marks, '.0'."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    visible = "".join(mark for mark in plain if unicodedata.category(mark) != "Cf").strip()
    decimal = _SPREADSHEET_DECIMAL.match(visible)
    return decimal[1] if decimal else visible


def _veil(written: str) -> str:
    """Show enough of a refused number to find it in its row, but never a whole one: reports and logs are kept."""
    return written if len(written) <= _LONGEST_SHORT_NUMBER else f"{written[:3]}…{written[-2:]}"


def _refuse_unreadable(written: str, shown: str) -> None:
    if _SCIENTIFIC.match(written):
        raise InvalidInputError(LOST_DIGITS, text=shown)
    if _EXTENSION.search(written):
        raise InvalidInputError(WITH_EXTENSION, text=shown)
    # The library would read letters as keys: 139850l2345 would become somebody else's number.
    if not _WRITTEN_NUMBER.match(written):
        raise InvalidInputError(NOT_A_NUMBER, text=shown)


def _refuse_short(written: str, shown: str, region: str) -> None:
    """Look for short numbers before any parsing, since they are dialled as they stand, in China also behind 86."""
    dialled = _DIALLED_ABROAD.sub("", written.lower().removeprefix("tel:"))
    digits = "".join(mark for mark in dialled if mark.isdigit())
    without_country = digits.removeprefix(str(_CHINA)) if region == "CN" else digits
    if _is_short(digits, region) or _is_short(without_country, region):
        raise InvalidInputError(SHORT_NUMBER, text=shown)


def _is_short(digits: str, region: str) -> bool:
    if not 0 < len(digits) <= _LONGEST_SHORT_NUMBER or digits.startswith("0"):
        return False
    if shortnumberinfo.is_emergency_number(digits, region):
        return True
    country_code = phonenumbers.country_code_for_region(region)
    short = phonenumbers.PhoneNumber(country_code=country_code, national_number=int(digits))
    return shortnumberinfo.is_valid_short_number_for_region(short, region)


def _refuse_undiallable(number: phonenumbers.PhoneNumber, shown: str) -> None:
    if _hides_a_service(number):
        raise InvalidInputError(SHORT_NUMBER, text=shown)
    if not phonenumbers.is_possible_number(number):
        raise InvalidInputError(WRONG_LENGTH, text=shown)
    if not phonenumbers.is_valid_number(number):
        raise InvalidInputError(NOT_IN_USE, text=shown)
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise InvalidInputError(PREMIUM_NUMBER, text=shown)


def _hides_a_service(number: phonenumbers.PhoneNumber) -> bool:
    """Find 010-12340, +86 110 and the like: short numbers behind a country or Chinese area code."""
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    national = phonenumbers.national_significant_number(number)
    if number.country_code != _CHINA:
        return _is_short(national, region)
    return any(_is_short(national[length:], region) for length in (0, 2, 3) if len(national) > length)
