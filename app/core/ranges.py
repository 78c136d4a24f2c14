"""Answer with a part of a file, as a player that jumps to and fro asks for it (RFC 9110, section 14)."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from fastapi import Response
from fastapi.responses import StreamingResponse

_ONE_RANGE: Final = re.compile(r"bytes=(?P<first>\d*)-(?P<last>\d*)")


def range_reply(
    read: Callable[[int, int], Iterator[bytes]], size: int, asked: str | None, *, media_type: str
) -> Response:
    """Give the whole or the one range asked for; several at once get the whole, one outside the file a 416.

    `read(start, end)` gives the bytes up to, not including, `end`.
    """
    found = _ONE_RANGE.fullmatch(asked or "")
    if found is None or not (found["first"] or found["last"]):
        return _reply(read(0, size), size, HTTPStatus.OK, media_type=media_type)
    start, end = _bounds(found["first"], found["last"], size)
    if start >= end:
        headers = {"Content-Range": f"bytes */{size}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    reply = _reply(read(start, end), end - start, HTTPStatus.PARTIAL_CONTENT, media_type=media_type)
    reply.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return reply


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _reply(parts: Iterator[bytes], length: int, status: HTTPStatus, *, media_type: str) -> StreamingResponse:
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(length), "Cache-Control": "no-store"}
    return StreamingResponse(parts, status_code=status, headers=headers, media_type=media_type)
