import re
from pathlib import Path

import pytest

from app.web.assets import FOLDER, asset_url, load_assets

TEMPLATES = FOLDER.parent / "templates"
SOURCES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted(FOLDER.glob("js/**/*.js"))
# Fetched by the telephone of an installation that calls through Twilio, the first time it calls in.
ON_DEMAND = {"vendor/twilio-voice.min.js", "sounds/tick.wav"}


def test_an_address_names_the_content() -> None:
    assert asset_url("css/base.css") == f"/static/{load_assets().version}/css/base.css"


def test_a_file_that_does_not_exist_fails_where_it_is_asked_for() -> None:
    with pytest.raises(LookupError):
        asset_url("css/nothing.css")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:|hx-vals=.js:|hx-trigger=\"[^\"]*\[", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_module_evaluates_text_or_writes_markup(path: Path) -> None:
    assert not re.search(r"\beval\b|new Function|innerHTML|outerHTML|document\.write", path.read_text("utf-8"))


def test_no_asset_of_ours_names_another_host() -> None:
    own = [path for path in FOLDER.rglob("*.*") if path.suffix != ".wav" and "vendor" not in path.parts]
    hosts = {
        host
        for path in [*own, *SOURCES]
        for host in re.findall(r"https?://([\w.-]+)", path.read_text("utf-8"))
        if host != "www.w3.org"
    }
    assert hosts == set()


def test_all_that_a_page_loads_is_small() -> None:
    files = load_assets().files
    loaded = [name for name in files if "LICENSE" not in name and name not in ON_DEMAND]
    assert sum(len(files[name].compressed) for name in loaded) < 60_000
