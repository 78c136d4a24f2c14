"""Files that lie encrypted on the disk and can be read from any place in them.

A file has a key of its own, kept in its head under the installation's key, so that a rotation of that key leaves
old files readable. The rest is a row of pieces, each encrypted with AES-256-GCM under its own number; the last one is
marked, so that a file cut short, or with pieces changed or moved, is noticed. (Hoang, Reyhanitabar, Rogaway, Vizár:
Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015, the construction STREAM.)
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.privacy import Vault

MAGIC: Final = b"XYS1"
PIECE_BYTES: Final = 65_536
TAG_BYTES: Final = 16
_SEALED_BYTES: Final = PIECE_BYTES + TAG_BYTES


class DamagedFileError(ValueError):
    """The file is no sealed one, was changed, cut short, or belongs to another installation."""


class SealedWriter:
    """Writes a new sealed file; what was written counts only once it has been closed."""

    def __init__(self, target: BinaryIO, vault: Vault) -> None:
        key = AESGCM.generate_key(bit_length=256)
        wrapped = vault.encrypt(base64.b64encode(key).decode())
        self._target = target
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        target.write(MAGIC + len(wrapped).to_bytes(2) + wrapped)

    def write(self, content: bytes) -> None:
        """Add to the file."""
        self.size += len(content)
        self._waiting += content
        while len(self._waiting) > PIECE_BYTES:
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]

    def close(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), piece, None))
        self._number += 1


class SealedFile:
    """A sealed file that is there."""

    def __init__(self, path: Path, cipher: AESGCM, head_bytes: int) -> None:
        self._path = path
        self._cipher = cipher
        self._head_bytes = head_bytes
        sealed = path.stat().st_size - head_bytes
        self._pieces = max(-(-sealed // _SEALED_BYTES), 1)
        self.size = sealed - self._pieces * TAG_BYTES
        if self.size < 0:
            raise DamagedFileError(str(path))

    @classmethod
    def open(cls, path: Path, vault: Vault) -> Self:
        """Read the head; raises DamagedFileError, and FileNotFoundError."""
        with path.open("rb") as source:
            if source.read(len(MAGIC)) != MAGIC:
                raise DamagedFileError(str(path))
            wrapped = source.read(int.from_bytes(source.read(2)))
        try:
            key = base64.b64decode(vault.decrypt(wrapped))
        except InvalidToken as error:
            raise DamagedFileError(str(path)) from error
        return cls(path, AESGCM(key), len(MAGIC) + 2 + len(wrapped))

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from `start` up to, not including, `end`, piece by piece; raises DamagedFileError."""
        first, last = start // PIECE_BYTES, max(end - 1, 0) // PIECE_BYTES
        with self._path.open("rb") as source:
            source.seek(self._head_bytes + first * _SEALED_BYTES)
            for number in range(first, last + 1):
                piece = self._open_piece(source.read(_SEALED_BYTES), number)
                before = number * PIECE_BYTES
                yield piece[max(start - before, 0) : end - before]

    def _open_piece(self, sealed: bytes, number: int) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(number, is_last=number == self._pieces - 1), sealed, None)
        except InvalidTag as error:
            raise DamagedFileError(str(self._path)) from error


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Return the nonce of a piece: a key is never used for two files, so neither is a nonce with it."""
    return number.to_bytes(11) + bytes([is_last])
