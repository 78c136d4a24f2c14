"""Fetch the few browser files we ship, check them against the lock, and draw the icon sprite.

Run it by hand after changing `tools/vendor.lock.json`: `python tools/vendor.py` refuses whatever differs from
the lock; `python tools/vendor.py --write` records new hashes for a version that was just raised on purpose.
Needs npm for the download only; nobody who runs or tests the product needs it, for the files are committed.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "tools" / "vendor.lock.json"
ART: Final = ROOT / "app" / "web" / "art"
DRAWING: Final = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)


class DifferenceError(Exception):
    """What was fetched is not what the lock promises."""


def sha256(content: bytes) -> str:
    """Hash a file as the lock writes it."""
    return hashlib.sha256(content).hexdigest()


def fetch(package: str, lock: dict[str, Any], folder: Path) -> tarfile.TarFile:
    """Download one exact version and hold it against its integrity value."""
    npm = shutil.which("npm") or sys.exit("npm is needed to fetch vendored files")
    target = f"{package}@{lock['version']}"
    subprocess.run([npm, "pack", "--silent", target], cwd=folder, check=True, capture_output=True)  # noqa: S603
    archive = next(folder.glob("*.tgz"))
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if lock["integrity"] not in (digest, ""):
        message = f"{target}: integrity is {digest}, the lock says {lock['integrity']}"
        raise DifferenceError(message)
    lock["integrity"] = digest
    return tarfile.open(archive)


def read_member(archive: tarfile.TarFile, name: str) -> bytes:
    """Read one file of an npm archive, whose paths all begin with `package/`."""
    member = archive.extractfile(f"package/{name}")
    if member is None:
        message = f"{name} is not in the archive"
        raise DifferenceError(message)
    return member.read()


def draw_symbol(name: str, drawing: str) -> str:
    """Turn a 24 x 24 drawing into one symbol of the sprite; stroke and colour come from the page."""
    shapes = DRAWING.search(drawing)
    if shapes is None:
        message = f"{name} is not an SVG drawing"
        raise DifferenceError(message)
    lines = (line.strip() for line in shapes["shapes"].strip().splitlines())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(lines)}</symbol>'


def draw_sprite(icons: dict[str, str]) -> bytes:
    """Join symbols of ours and of the icon set into one file."""
    own = {path.stem: path.read_text() for path in ART.glob("*.svg")}
    symbols = [draw_symbol(name, drawing) for name, drawing in sorted({**icons, **own}.items())]
    sheet = ['<svg xmlns="http://www.w3.org/2000/svg">', "<!-- Icons by Lucide, ISC licence: vendor/lucide-LICENSE -->"]
    return "\n".join([*sheet, *symbols, "</svg>", ""]).encode()


def chosen_files(archive: tarfile.TarFile, lock: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Yield each file of a package with its place in the lock and its content."""
    for source, place in lock["files"].items():
        yield source, place, read_member(archive, source)
    if "sprite" in lock:
        icons = {name: read_member(archive, f"icons/{name}.svg").decode() for name in lock["sprite"]["icons"]}
        yield "sprite", lock["sprite"], draw_sprite(icons)


def vendor(package: str, lock: dict[str, Any], *, write: bool) -> None:
    """Bring one package's chosen files into the tree."""
    with tempfile.TemporaryDirectory() as folder, fetch(package, lock, Path(folder)) as archive:
        for source, place, content in chosen_files(archive, lock):
            if not write and place["sha256"] != sha256(content):
                message = f"{package}: {source} differs from the lock"
                raise DifferenceError(message)
            place["sha256"] = sha256(content)
            target = ROOT / place["to"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def main() -> None:
    """Vendor every package of the lock."""
    lock = json.loads(LOCK.read_text())
    write = "--write" in sys.argv[1:]
    for package, entry in lock.items():
        vendor(package, entry, write=write)
    if write:
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
