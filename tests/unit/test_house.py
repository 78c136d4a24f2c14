"""The house stands as planned: every package on its floor, and transactions opened at the edges only."""

import ast
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
# From the roof to the ground; a package imports only from the floors below its own.
FLOORS = (
    {"cli"},
    {"terminal"},
    {"serve"},
    {"main", "worker"},
    {"demo", "simulation"},
    {"web", "api"},
    {"delivery"},
    {"scoring", "quality"},
    {"interviewing"},
    {"dialing"},
    {"sampling", "staffing", "quotas"},
    {"campaigns"},
    {"questionnaires", "languages", "telephony", "accounts"},
    {"audit"},
    {"core"},
)
# Whoever begins a transaction also commits it. A call of the network stands between two of them, so those who place
# calls open their own; every other service lives in the transaction of its request.
BEGINNERS = {
    "accounts/access.py",
    "api/inbound.py",
    "api/messages.py",
    "api/recordings.py",
    "api/rooms.py",
    "terminal.py",
    "core/db.py",
    "demo/day.py",
    "demo/line.py",
    "dialing/calls.py",
    "dialing/telling.py",
    "interviewing/by_hand.py",
    "interviewing/call_back_line.py",
    "interviewing/clips.py",
    "interviewing/desk.py",
    "interviewing/keeping.py",
    "interviewing/monitoring.py",
    "interviewing/monitoring_watch.py",
    "interviewing/pacing.py",
    "interviewing/read_out.py",
    "interviewing/recordings.py",
    "interviewing/shelf.py",
    "interviewing/telephone.py",
    "serve.py",
    "telephony/allowance.py",
    "telephony/emulator/callers.py",
    "telephony/emulator/exchange.py",
    "telephony/emulator/messages.py",
    "telephony/emulator/recordings.py",
    "telephony/emulator/rooms.py",
    "telephony/manual.py",
    "telephony/scripted_messages.py",
    "telephony/twilio/gateway.py",
    "telephony/twilio/messages.py",
    "telephony/twilio/rooms.py",
    "worker.py",
}
MODULES = sorted(APP.rglob("*.py"))


def layers() -> list[set[str]]:
    """The floors that import-linter holds; a name in brackets may be missing yet."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [floors] = [contract for contract in settings["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"]
    return [{name.strip(" ()") for name in layer.split("|")} for layer in floors["layers"]]


def test_the_linter_holds_the_floors_as_planned() -> None:
    assert layers() == list(FLOORS)


def test_every_package_has_its_floor() -> None:
    built = {path.stem for path in APP.iterdir() if path.is_dir() or path.suffix == ".py"}
    planned = {name for floor in FLOORS for name in floor}
    assert built - {"__init__", "__pycache__"} <= planned


def test_transactions_begin_at_the_edges_only() -> None:
    beginning = {
        str(path.relative_to(APP))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "begin" and getattr(node.value, "id", "") == "session"
    }
    assert beginning <= BEGINNERS


def test_tables_live_where_migrations_look_for_them() -> None:
    tables = [path for path in MODULES if "__tablename__" in path.read_text("utf-8")]
    assert {path.name for path in tables} == {"models.py"}


def test_no_two_test_modules_share_a_name() -> None:
    """They are collected by name alone: the second one would not be run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, number in names.items() if number > 1] == []
