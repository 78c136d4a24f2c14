"""Tell a provider's own callbacks from anybody else's."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    compare,
    get_signature_algorithm,
)

from app.core.errors import ForbiddenError

BODY_HASH: Final = "bodySHA256"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ForgedCallbackError(ForbiddenError):
    """This callback is not signed by the telephone provider."""


class _Form(dict[str, list[str]]):
    """The values of each field, under the name by which the library asks for them."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self[name]


def verify(
    url: str, body: Sequence[tuple[str, str]] | str, headers: Mapping[str, str], *, tokens: Iterable[SecretStr]
) -> None:  # fmt: skip
    """Raise ForgedCallbackError unless one of the tokens has signed this request to this address.

    `url` is the public address with its raw path and query, never what a Host header says; `body` is the fields of a
    form, or the text of anything else. Such a text is covered by the signature only through its hash in the address:
    without that hash it is refused, since the library would let a changed body pass.
    """
    signature = headers.get(SIGNATURE_HEADER, "")
    if isinstance(body, str) and not _names_hash(url):
        raise ForgedCallbackError
    algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    params = body if isinstance(body, str) else _Form(body)
    validators = [RequestValidator(token.get_secret_value()) for token in tokens]
    if not any(
        _has_signed(validator, url, params, signature=signature, algorithm=algorithm) for validator in validators
    ):
        raise ForgedCallbackError


def _has_signed(validator: RequestValidator, url: str, params: str | _Form, *, signature: str, algorithm: str) -> bool:
    """Try a form under the address as it stands first: the library always signs two, with the port and without."""
    if not isinstance(params, str) and algorithm in {HMAC_SHA1, HMAC_SHA256}:
        expected: str = validator.compute_signature(url, params, algorithm)
        if compare(expected, signature):
            return True
    return bool(validator.validate(url, params, signature, algorithm))


def _names_hash(url: str) -> bool:
    hashes = parse_qs(urlsplit(url).query).get(BODY_HASH, [])
    return len(hashes) == 1 and _SHA256.fullmatch(hashes[0]) is not None
