"""Opaque cursors: a client hands back what it was given and never builds one."""

import base64
import binascii

from app.core.errors import BadRequestError

PREFIX = "seq:"


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
        sequence = int(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else -1
    except (binascii.Error, UnicodeDecodeError, ValueError):
        sequence = -1
    if not 0 <= sequence < 2**63:
        raise InvalidCursorError
    return sequence
