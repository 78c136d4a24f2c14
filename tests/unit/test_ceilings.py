"""The house stays one that people can live in: no module, function or test grows past its ceiling."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES = 300
FUNCTION_STATEMENTS = 30
POSITIONAL = 3
TEST_LINES = 15
PAGE_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "constants", "manager", "crud", "misc"}

MODULES = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = sorted(
    path
    for kind in ("*.html", "*.css", "*.js")
    for path in (ROOT / "app" / "web").rglob(kind)
    if "vendor" not in path.parts
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Function):
            yield node


def statements_in(function: Function) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def positional_in(function: Function) -> int:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MODULE_LINES
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_or_a_style_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= PAGE_LINES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_does_one_thing(path: Path) -> None:
    long = [function.name for function in functions_of(path) if statements_in(function) > FUNCTION_STATEMENTS]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_call_says_what_its_fourth_argument_is(path: Path) -> None:
    wide = [function.name for function in functions_of(path) if positional_in(function) > POSITIONAL]
    assert wide == []


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_reads_at_a_glance(path: Path) -> None:
    tests = [function for function in functions_of(path) if function.name.startswith("test_")]
    long = [test.name for test in tests if (test.end_lineno or 0) - test.body[0].lineno + 1 > TEST_LINES]
    assert long == []


def test_nobody_commits_but_the_edges() -> None:
    """One request is one transaction: a service that commits would cut it in two."""
    committing = [
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert committing == []


def test_no_test_replaces_our_own_code() -> None:
    patching = [name_of(path) for path in TESTS if "mock" + ".patch" in path.read_text("utf-8")]
    assert patching == []
