"""Check a questionnaire before it is published."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.command import app
from app.core.errors import InvalidInputError
from app.questionnaires.rehearsal import rehearse
from app.questionnaires.workbook import NO_END, compile_workbook
from app.terminal import console


@app.command("check-form")
def check_form(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a workbook (.xlsx), or a .zip with lists")],
    *,
    runs: Annotated[int, typer.Option(min=1, max=10_000, help="interviews to rehearse")] = 500,
    seed: Annotated[int, typer.Option(help="the same seed rehearses the same interviews")] = 1,
) -> None:
    """Say what keeps a questionnaire from being published, and rehearse interviews with made-up respondents."""
    try:
        form = compile_workbook(file.read_bytes(), file.name).form
    except InvalidInputError as error:
        for fault in error.faults:
            console.print(f"{fault.where}: {fault.words()}", markup=False)
        raise typer.Exit(1) from error
    found = rehearse(form, runs=runs, seed=seed)
    for name in found.never_asked(form):
        console.print(f"{name}: came up in no interview. Look at its condition.", markup=False)
    for name in sorted(found.refusing):
        console.print(f"{name}: took none of many answers. Look at its constraint.", markup=False)
    if found.unending is not None:
        console.print(NO_END % {"name": found.unending}, markup=False)
        raise typer.Exit(1)
    console.print(f"{found.runs} interviews came to an end; the longest had {found.longest} screens.")
