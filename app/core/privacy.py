"""Encrypt, find and mask what identifies a respondent."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from cryptography.fernet import Fernet, MultiFernet

from app.core.settings import Settings


def _derive(secret: str, purpose: str) -> bytes:
    """Make one 32-byte key per purpose, so that the search key never decrypts."""
    return hmac.digest(secret.encode(), f"xiangyin/{purpose}".encode(), hashlib.sha256)


@dataclass(frozen=True)
class Vault:
    """Holds the keys; everything that reads or writes a phone number or a name is handed one."""

    cipher: MultiFernet
    search_key: bytes

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Newest key first: it encrypts, all of them decrypt."""
        secrets = [settings.secret_key, *settings.previous_secret_keys]
        keys = [base64.urlsafe_b64encode(_derive(s.get_secret_value(), "encrypt")) for s in secrets]
        # Rotation must not orphan lookups, so the search key comes from the oldest secret.
        return cls(MultiFernet([Fernet(key) for key in keys]), _derive(secrets[-1].get_secret_value(), "search"))

    def encrypt(self, text: str) -> bytes:
        """Return a token that only this installation can read."""
        return self.cipher.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """Read a token back; raises `cryptography.fernet.InvalidToken` on a foreign or damaged one."""
        return self.cipher.decrypt(token).decode()

    def fingerprint(self, text: str) -> bytes:
        """Return 32 bytes by which equal texts are found without decrypting any."""
        return hmac.digest(self.search_key, text.encode(), hashlib.sha256)


def mask_number(e164: str) -> str:
    """Keep what tells the kind of number and hide who it is: +8613985012345 -> +86139****2345."""
    head, tail = e164[:6], e164[-4:]
    hidden = max(len(e164) - len(head) - len(tail), 3)
    return f"{head}{'*' * hidden}{tail}" if len(e164) > len(head) + len(tail) else "*" * len(e164)
