"""The files a browser fetches: read once, compressed once, addressed by their content and cached for ever."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

from app.accounts.access import PUBLIC
from app.core.errors import NotFoundError
from app.core.turns import Router

FOLDER: Final = Path(__file__).parent / "static"
FOR_EVER: Final = "public, max-age=31536000, immutable"

router = Router(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file, as it is and compressed."""

    plain: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True)
class Assets:
    """All of them under one version: modules import each other by relative paths, so they change together."""

    version: str
    files: Mapping[str, Asset]


@lru_cache
def load_assets() -> Assets:
    """Read the folder; the version is a hash of every name and content."""
    digest = hashlib.sha256()
    files = {}
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        name, content = path.relative_to(FOLDER).as_posix(), path.read_bytes()
        digest.update(name.encode() + b"\0" + content)
        files[name] = Asset(content, gzip.compress(content, mtime=0), _media_type(name))
    return Assets(digest.hexdigest()[:12], files)


def _media_type(name: str) -> str:
    # The system's table of types differs between machines; a module with a wrong type does not run.
    known = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
    return known.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "text/plain"


def asset_url(name: str) -> str:
    """Return the address of a file; a name that does not exist fails at once, in the template that asks."""
    assets = load_assets()
    if name not in assets.files:
        raise LookupError(name)
    return f"/static/{assets.version}/{name}"


@router.get("/static/{version}/{name:path}", dependencies=[PUBLIC])
def read_asset(*, version: str, name: str, request: Request) -> Response:
    """Serve one file; a page of an older version still finds the newest, without keeping it."""
    assets = load_assets()
    asset = assets.files.get(name)
    if asset is None:
        raise NotFoundError
    headers = {"Vary": "Accept-Encoding", "Cache-Control": FOR_EVER if version == assets.version else "no-cache"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.plain, media_type=asset.media_type, headers=headers)
    return Response(asset.compressed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
