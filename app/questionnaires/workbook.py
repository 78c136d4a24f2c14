"""Compile an XLSForm workbook into the XForm that interviews run on, or say everything that is wrong with it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Final

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from app.core.errors import Fault, InvalidInputError
from app.questionnaires.attachments import Package, unpack
from app.questionnaires.draft import Draft
from app.questionnaires.embedding import embed_lists
from app.questionnaires.excel import NOT_PUBLISHED, Sheets, read_sheets
from app.questionnaires.form import Form, parse_form
from app.questionnaires.lint_another import ANOTHER, check_another
from app.questionnaires.lint_choices import check_choices
from app.questionnaires.lint_logic import check_logic
from app.questionnaires.lint_quality import PREFIX as QUALITY
from app.questionnaires.lint_quality import check_quality
from app.questionnaires.lint_reach import check_reach
from app.questionnaires.lint_structure import check_structure
from app.questionnaires.lint_wording import check_wording
from app.questionnaires.recordings import Recording, check_recordings, recordings_of
from app.questionnaires.tables import Column, Table, read_table

NAMESPACE: Final = 'cati="urn:xiangyin:cati"'
EXAMPLES: Final = Path(__file__).with_name("examples")
MOST_FAULTS: Final = 200
NO_END: Final = "A rehearsed interview came to no end. Its last question was %(name)s: look at what asks for it again."
_SHEETS: Final = ("survey", "choices", "settings")
_NOT_SUPPORTED: Final = frozenset({"external_choices", "entities", "osm"})
# pyxform straightens curly quotes, which Chinese text means; these signs travel through it unharmed.
_CURLY: Final = "“”‘’"
_CARRIERS: Final = "\ue000\ue001\ue002\ue003"
_PULLDATA: Final = re.compile(r"\bpulldata\s*\(")


@dataclass(frozen=True)
class CompiledForm:
    """A questionnaire ready to be published; `sha256` is that of the workbook as it was uploaded."""

    xform: str
    sha256: str
    title: str
    form: Form
    recordings: tuple[Recording, ...] = ()


def compile_workbook(source: bytes, file_name: str) -> CompiledForm:
    """Check and compile a workbook; raises InvalidInputError with a fault for each cell that must be changed."""
    package = unpack(source)
    draft = _read_draft(read_sheets(package.workbook), package)
    if _has_columns(draft):
        check_choices(draft)
        check_structure(draft)
        check_logic(draft)
        check_wording(draft)
        check_reach(draft)
        check_recordings(draft)
        check_another(draft)
        check_quality(draft)
    if draft.faults:
        faults = sorted(draft.faults, key=lambda fault: _place(fault.where))
        raise InvalidInputError(NOT_PUBLISHED, faults=tuple(dict.fromkeys(faults))[:MOST_FAULTS])
    xform = _convert(draft, PurePath(file_name).stem or "questionnaire")
    form = _parse(xform)
    return CompiledForm(xform, hashlib.sha256(source).hexdigest(), form.title, form, recordings_of(draft))


def _place(where: str) -> tuple[int, str, int, str]:
    """Sort faults as an author works through them: by sheet, then row by row."""
    sheet, _, cell = where.partition("!")
    letters = cell.rstrip("0123456789")
    row = cell[len(letters) :]
    order = _SHEETS.index(sheet) if sheet in _SHEETS else -1
    return order, sheet, int(row or 0), letters.rjust(3)


def _read_draft(sheets: Sheets, package: Package) -> Draft:
    faults: list[Fault] = []
    tables: dict[str, Table] = {}
    for name, grid in sheets.items():
        known = name.strip().lower()
        if known in _SHEETS and known not in tables:
            tables[known] = read_table(known, grid, faults)
        elif known in _NOT_SUPPORTED or get_close_matches(known, _SHEETS, cutoff=0.75):
            message = "The sheet %(sheet)s is not supported. The sheets are survey, choices and settings."
            faults.append(Fault(name, message, (("sheet", name),)))
    survey, choices, settings = (tables.get(name, Table(name, (), ())) for name in _SHEETS)
    return Draft(survey, choices, settings, faults, package.attachments, package.recordings)


def _has_columns(draft: Draft) -> bool:
    """Tell whether there is enough of a table to check its rows."""
    wanted = [(draft.survey, "type"), (draft.survey, "name")]
    if draft.choices.rows:
        wanted += [(draft.choices, "list_name"), (draft.choices, "name")]
    missing = [(table, name) for table, name in wanted if table.column(name) is None]
    for table, name in missing:
        draft.fault(f"{table.name}!A1", "The column %(name)s is missing.", name=name)
    if not draft.languages:
        draft.fault("survey!A1", "There is no label column with a language, such as label::English (en).")
    _check_default_language(draft)
    return not missing and bool(draft.languages)


def _check_default_language(draft: Draft) -> None:
    for row in draft.settings.rows[:1]:
        wanted = row.text("default_language")
        if wanted and wanted not in draft.languages.values():
            known = ", ".join(draft.languages.values())
            where = draft.settings.where(row, "default_language")
            draft.fault(where, "Write one of the languages of the label columns: %(known)s.", known=known)


def _convert(draft: Draft, stem: str) -> str:
    """Hand pyxform the cells as we read them: it never opens the file itself."""
    settings = {column.name: text for row in draft.settings.rows[:1] for column, text in row.cells.items()}
    settings = {
        "form_title": stem,
        "form_id": "questionnaire",
        "version": "1",
        "default_language": next(iter(draft.languages.values())),
    } | settings
    # Only the prefix matters to us; a damaged address would make the XML unreadable.
    is_ours = any(column.name.startswith(QUALITY) for column in draft.survey.columns)
    settings["namespaces"] = NAMESPACE if is_ours or "cati=" in settings.get("namespaces", "") else ""
    sheets = {"survey": _records(draft, draft.survey), "choices": _records(draft, draft.choices)}
    sheets["settings"] = [{name: _carry(text) for name, text in settings.items() if text}]
    workbook: dict[str, object] = {**sheets, "sheet_names": list(_SHEETS)}
    for name, records in sheets.items():
        workbook[f"{name}_header"] = [dict.fromkeys(heading for record in records for heading in record)]
    try:
        xform = str(convert(workbook, form_name="data").xform)
    except (PyXFormError, RecursionError) as error:
        reason = str(error).translate(str.maketrans(_CARRIERS, _CURLY))
        fault = Fault("survey", "The XLSForm compiler refuses the workbook: %(reason)s", (("reason", reason),))
        raise InvalidInputError(NOT_PUBLISHED, faults=(fault,)) from error
    return embed_lists(xform.translate(str.maketrans(_CARRIERS, _CURLY)), draft.attachments)


def _parse(xform: str) -> Form:
    """Read the form back: what the checks let pass and the engine cannot run is found here, if not in its cell."""
    try:
        return parse_form(xform)
    except InvalidInputError as error:
        faults = error.faults or (Fault("survey", error.message, tuple(error.values.items())),)
        raise InvalidInputError(NOT_PUBLISHED, faults=faults) from error


def _records(draft: Draft, table: Table) -> list[dict[str, str]]:
    """Write the rows as pyxform expects them, the languages in column order under one heading each."""
    languages = draft.languages
    order = {tag: place for place, tag in enumerate(languages)}
    columns = sorted(table.columns, key=lambda column: order.get(column.tag or "", -1))
    return [
        {_heading(column, languages): _carry(row.cells[column]) for column in columns if column in row.cells}
        for row in table.rows
    ]


def _heading(column: Column, languages: Mapping[str, str]) -> str:
    """Write a heading as pyxform knows it; it keeps the message of a repeat's constraint, and has no use for it."""
    if column.name.startswith(QUALITY):
        return f"bind::cati:{column.name.removeprefix(QUALITY)}"
    name = "constraint_message" if column.name == ANOTHER else column.name
    return column.heading if column.tag is None else f"{name}::{languages[column.tag]}"


def _carry(text: str) -> str:
    """Keep from pyxform what it would change, or ask for a file that lies elsewhere."""
    return _PULLDATA.sub("pull-data(", text).translate(str.maketrans(_CURLY, _CARRIERS))
