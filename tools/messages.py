"""Keep the Chinese catalogue in step with the source: `python tools/messages.py` adds, drops and compiles.

Messages come from the templates and from the Python of every floor: a package below the pages raises its errors with
an English sentence, and the pages say it in the reader's language.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parents[1]
APP: Final = ROOT / "app"
CATALOGUE: Final = APP / "web" / "locales" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
COMPILED: Final = CATALOGUE.with_suffix(".mo")
TEMPLATES: Final = [("templates/**.html", "jinja2")]
# The same environment the pages use: in another one a template would parse differently.
OPTIONS: Final = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}


def messages_of_templates() -> set[str]:
    """Return every message of the pages."""
    found = extract_from_dir(APP / "web", method_map=TEMPLATES, options_map=OPTIONS)
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


def _trees() -> Iterator[ast.Module]:
    for path in sorted(APP.rglob("*.py")):
        yield ast.parse(path.read_text("utf-8"))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.expr) -> str:
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _classes() -> list[ast.ClassDef]:
    return [node for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def own_errors() -> set[str]:
    """Return the names of XiangyinError and everything below it: only these are told to people."""
    family = {"XiangyinError"}
    while True:
        children = {node.name for node in _classes() if any(_name(base) in family for base in node.bases)}
        if children <= family:
            return family
        family |= children


def _message_of_call(call: ast.Call, errors: set[str]) -> str | None:
    """Return what a call says to a person: _("…"), say("…"), Fault(where, "…"), SomeError("…")."""
    name = _name(call.func)
    position = 1 if name == "Fault" else 0
    says = name in ("_", "Fault", "say") or name in errors
    return _text(call.args[position]) if says and len(call.args) > position else None


def _message_of_class(node: ast.ClassDef, errors: set[str]) -> str | None:
    """Return the sentence that an error of ours says when it is raised without words."""
    docstring = ast.get_docstring(node)
    return docstring.splitlines()[0] if node.name in errors and docstring else None


def messages_of_python() -> set[str]:
    """Return every sentence that Python code visibly says to a person."""
    errors = own_errors()
    found = {_message_of_class(node, errors) for node in _classes() if node.name != "XiangyinError"}
    for node in (node for tree in _trees() for node in ast.walk(tree)):
        if isinstance(node, ast.Call):
            found.add(_message_of_call(node, errors))
    return {message for message in found if message and " " in message}


def literals_of_python() -> set[str]:
    """Return every string constant: a message may reach an error by way of a name."""
    return {
        text
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and (text := _text(node)) is not None
    }


def expected_messages() -> set[str]:
    """Return what must have a translation."""
    return messages_of_templates() | messages_of_python()


def living_messages() -> set[str]:
    """Return what may have one."""
    return expected_messages() | literals_of_python()


def load_catalogue() -> Catalog:
    """Read the translations as people edit them."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def compiled(catalogue: Catalog) -> bytes:
    """Return the form that the program loads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def update(catalogue: Catalog) -> list[str]:
    """Add what is new, drop what nobody says any more; returns what still has no translation."""
    living = living_messages()
    for message in [entry.id for entry in catalogue if entry.id and entry.id not in living]:
        catalogue.delete(message)
    for message in expected_messages():
        if message not in catalogue:
            catalogue.add(message)
    return sorted(str(entry.id) for entry in catalogue if entry.id and not entry.string)


def save(catalogue: Catalog) -> None:
    """Write the catalogue in both forms, without dates, so that the same words give the same bytes."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True, width=120)
    COMPILED.write_bytes(compiled(catalogue))


def main() -> None:
    """Bring the catalogue up to date and say what is missing."""
    catalogue = load_catalogue()
    missing = update(catalogue)
    save(catalogue)
    print(*missing, f"{len(missing)} messages have no translation yet.", sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
