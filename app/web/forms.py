"""Read a whole form whose fields a signature cannot name: repeated rows, files, columns of an upload."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData


async def _read(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=2_000) as form:
        yield form


SentForm = Annotated[FormData, Depends(_read)]
