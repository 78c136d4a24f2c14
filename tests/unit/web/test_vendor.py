import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCK = json.loads((ROOT / "tools" / "vendor.lock.json").read_text())
PLACES = [
    place
    for package in LOCK.values()
    for place in (*package["files"].values(), *([package["sprite"]] if "sprite" in package else []))
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["to"])
def test_a_vendored_file_is_the_one_in_the_lock(place: dict[str, str]) -> None:
    assert hashlib.sha256((ROOT / place["to"]).read_bytes()).hexdigest() == place["sha256"]


def test_every_icon_of_the_templates_is_in_the_sprite_and_no_other() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "app/web/static/icons.svg").read_text()))
    sources = [*(ROOT / "app/web").rglob("*.html"), *(ROOT / "app/web").glob("*.py")]
    words = set(re.findall(r'"([a-z][a-z0-9-]*)"', "\n".join(path.read_text("utf-8") for path in sources)))
    assert sprite <= words


def test_every_package_has_its_licence_beside_it() -> None:
    licences = {Path(place["to"]).name for place in PLACES if place["to"].endswith("LICENSE")}
    assert licences == {"htmx-LICENSE", "lucide-LICENSE", "axe-LICENSE", "twilio-voice-LICENSE"}
