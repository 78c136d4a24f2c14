"""What Twilio's refusals mean for whoever runs the calls, and whether asking again can help."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from twilio.base.exceptions import TwilioRestException

from app.telephony.gateway import GatewayError


@dataclass(frozen=True)
class _Meaning:
    words: str  # an English gettext id
    permanent: bool


_INVALID: Final = _Meaning("The provider knows no such number. Code it as not working.", permanent=True)
_CALLER: Final = _Meaning(
    "The provider does not let us call from this number. Verify it with the provider, or set another one"
    " for the campaign.",
    permanent=True,
)
_SIGN_IN: Final = _Meaning(
    "The provider refuses our credentials. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.", permanent=True
)
_CLOSED: Final = _Meaning(
    "The provider does not place calls to this country for our account. Switch it on in the account's geographic"
    " permissions.",
    permanent=True,
)
_BLOCKED: Final = _Meaning(
    "The provider blocks this call: the number is barred, or the account has no approved business profile.",
    permanent=True,
)
_BUSY: Final = _Meaning("The provider takes no more calls at the moment. Dial again in a minute.", permanent=False)
_NOT_THERE: Final = _Meaning(
    "The interviewer's own telephone is not in the room: nobody would hear you. Try again once it is back.",
    permanent=False,
)
# Source of the codes: Twilio's error dictionary, as far as the reference pages of this project confirm it.
_BY_CODE: Final = {
    13224: _INVALID,
    13223: _INVALID,
    21211: _INVALID,
    21217: _INVALID,
    21210: _CALLER,
    21212: _CALLER,
    21215: _CLOSED,
    21216: _BLOCKED,
    20003: _SIGN_IN,
    20429: _BUSY,
    16028: _NOT_THERE,
}
_OTHER: Final = "The provider refused the call (error %(code)s)."


def meaning_of(refusal: TwilioRestException) -> GatewayError:
    """Return what to tell a supervisor; a failure of the provider's own leaves open whether it acted."""
    code = refusal.code or refusal.status
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return GatewayError("The provider failed (error %(code)s).", permanent=False, is_uncertain=True, code=str(code))
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        return GatewayError(_BUSY.words, permanent=False)
    known = _BY_CODE.get(code)
    if known is None:
        return GatewayError(_OTHER, permanent=True, code=str(code))
    return GatewayError(known.words, permanent=known.permanent)
