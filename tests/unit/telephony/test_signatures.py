"""Only what the provider has signed is believed."""

import hashlib

import pytest
from pydantic import SecretStr
from twilio.request_validator import SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, RequestValidator

from app.telephony.twilio.signature import ForgedCallbackError, verify

Fields = list[tuple[str, str]]

URL = "https://survey.example/api/v1/telephony/twilio/calls?attempt=7"
TOKENS = (SecretStr("new token"), SecretStr("old token"))
FORM = [("CallSid", "CA1"), ("CallStatus", "ringing"), ("To", "+86 139"), ("Note", "")]
BODY = '{"a": 1}'


def signed(token: str, url: str = URL, form: Fields = FORM, algorithm: str = "HMAC_SHA1") -> dict[str, str]:
    headers = {SIGNATURE_HEADER: RequestValidator(token).compute_signature(url, dict(form), algorithm)}
    return (
        headers if algorithm == "HMAC_SHA1" else {**headers, SIGNATURE_SETTINGS_HEADER: f"key=k,algorithm={algorithm}"}
    )


@pytest.mark.parametrize("token", ["new token", "old token"])
@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
def test_a_form_signed_by_any_of_our_tokens_passes(token: str, algorithm: str) -> None:
    verify(URL, FORM, signed(token, algorithm=algorithm), tokens=TOKENS)


@pytest.mark.parametrize("signed_url", [URL, URL.replace(".example", ".example:443")])
@pytest.mark.parametrize("url", [URL, URL.replace(".example", ".example:443")])
def test_the_port_may_be_named_or_not(url: str, signed_url: str) -> None:
    verify(url, FORM, signed("new token", signed_url), tokens=TOKENS)


@pytest.mark.parametrize(
    ("url", "form", "headers"),
    [
        (URL, FORM, {}),
        (URL, FORM, signed("foreign token")),
        (URL, [*FORM, ("CallStatus", "completed")], signed("new token")),
        (URL.replace("attempt=7", "attempt=8"), FORM, signed("new token")),
        (URL.replace("survey.example", "elsewhere.example"), FORM, signed("new token")),
        (URL, FORM, {**signed("new token"), SIGNATURE_SETTINGS_HEADER: "key=k,algorithm=NONE"}),
        (URL, FORM, {**signed("new token"), SIGNATURE_SETTINGS_HEADER: "key=k,algorithm=HMAC_SHA256"}),
        (URL, FORM, {SIGNATURE_HEADER: "\u00e4" * 28}),
    ],
    ids=[
        "unsigned",
        "foreign token",
        "added field",
        "other attempt",
        "other host",
        "unknown",
        "other algorithm",
        "odd",
    ],
)
def test_anything_else_is_refused(url: str, form: Fields, headers: dict[str, str]) -> None:
    with pytest.raises(ForgedCallbackError):
        verify(url, form, headers, tokens=TOKENS)


def test_a_document_passes_with_its_hash_in_the_signed_address() -> None:
    url = f"{URL}&bodySHA256={hashlib.sha256(BODY.encode()).hexdigest()}"
    verify(url, BODY, signed("new token", url, []), tokens=TOKENS)


@pytest.mark.parametrize("query", ["", "&bodySHA256=", "&bodySHA256=" + "0" * 64])
def test_a_document_whose_hash_is_missing_or_wrong_is_refused(query: str) -> None:
    url = URL + query
    with pytest.raises(ForgedCallbackError):
        verify(url, BODY, signed("new token", url, []), tokens=TOKENS)
