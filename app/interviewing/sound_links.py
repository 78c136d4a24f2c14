"""Addresses at which a provider fetches a sound that is to be heard in a call."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from app.core.errors import NotFoundError
from app.core.privacy import Vault

SOUNDS_PATH: Final = "/api/v1/sounds"
LINK_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class SoundLinks:
    """Each address is good for some minutes and for one path, and nobody can make another."""

    base_url: str
    vault: Vault

    def address(self, path: str, *, now: datetime) -> str:
        """Return an address of that path, as a browser would send it, that is good from now on."""
        expires = int((now + LINK_LIFE).timestamp())
        query = urlencode({"expires": expires, "key": self._key(path, expires)})
        return f"{self.base_url}{path}?{query}"

    def require(self, path: str, *, expires: int, key: str, now: datetime) -> None:
        """Raise NotFoundError unless this address was given out and is still good."""
        is_ours = hmac.compare_digest(key.encode(), self._key(path, expires).encode())
        if not is_ours or expires < now.astimezone(UTC).timestamp():
            raise NotFoundError

    def _key(self, path: str, expires: int) -> str:
        return self.vault.fingerprint(f"{path}/{expires}").hex()
