"""Tell a provider's own callbacks from anybody else's."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr
from starlette.datastructures import FormData
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from app.core.errors import ForbiddenError

BODY_HASH: Final = "bodySHA256"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ForgedCallbackError(ForbiddenError):
    """This callback is not signed by the telephone provider."""


def verify(url: str, body: FormData | str, headers: Mapping[str, str], *, tokens: Iterable[SecretStr]) -> None:
    """Raise ForgedCallbackError unless one of the tokens has signed this request to this address.

    `url` is the public address with its raw path and query, never what a Host header says. A body that is no
    form is covered by the signature only through its hash in the address: without that hash it is refused, since
    the library would let a changed body pass.
    """
    signature = headers.get(SIGNATURE_HEADER, "")
    if isinstance(body, str) and not _names_hash(url):
        raise ForgedCallbackError
    algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    validators = (RequestValidator(token.get_secret_value()) for token in tokens)
    if not any(validator.validate(url, body, signature, algorithm) for validator in validators):
        raise ForgedCallbackError


def _names_hash(url: str) -> bool:
    hashes = parse_qs(urlsplit(url).query).get(BODY_HASH, [])
    return len(hashes) == 1 and _SHA256.fullmatch(hashes[0]) is not None
