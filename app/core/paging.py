"""Opaque cursors: a client hands back what it was given and never builds one."""

import base64
import binascii
from typing import Final

from app.core.errors import BadRequestError

PREFIX: Final = "seq:"
LARGEST: Final = 2**63 - 1


class InvalidCursorError(BadRequestError):
    """The cursor is not one that this address gave out. Leave it away to start from the beginning."""


def write_cursor(sequence: int) -> str:
    """Wrap a position in the feed."""
    return base64.urlsafe_b64encode(f"{PREFIX}{sequence}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int:
    """Return the position, 0 without a cursor; raises InvalidCursorError."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        sequence = int(text.removeprefix(PREFIX))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise InvalidCursorError from None
    # Base64 and numbers can be written in many ways; only the one that was given out is a cursor.
    if not 0 <= sequence <= LARGEST or cursor != write_cursor(sequence):
        raise InvalidCursorError
    return sequence
