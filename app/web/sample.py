"""Bring a phone list into a campaign: try it, choose the columns, then import what is good."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.domain import CampaignState
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.dialing.intake import open_cases
from app.sampling.domain import ColumnMapping, ImportReport, Table, guess_mapping
from app.sampling.models import SampleImport
from app.sampling.service import dry_run, import_sample, list_imports
from app.sampling.tables import read_table
from app.web.forms import SentForm
from app.web.i18n import ScreenLanguage, translate
from app.web.pages import ShownFault, language_for, render, show_error, show_fault

SHOWN_ROWS: Final = 100  # a screen nobody reads to its end helps nobody; the counts above tell the rest
ONLY_ONCE: Final = ("area", "name", "time_zone", "language")
SLOT: Final = re.compile(r"%\(\w+\)s")
MEANINGS: Final = ("phone", *ONLY_ONCE, "further", "leave")

router = Router(prefix="/campaigns/{campaign_id:int}/sample", include_in_schema=False)
Importer = Annotated[Principal, require(Permission.IMPORT_SAMPLE)]


@dataclass(frozen=True)
class Trial:
    """A phone list, what its columns were taken for, and what an import would do or has done."""

    table: Table
    mapping: ColumnMapping
    accepted: int
    refused: int
    reasons: list[tuple[str, int]]
    faults: list[ShownFault]
    is_done: bool

    def meaning(self, column: str) -> str:
        """Tell what a column was taken for."""
        single = {self.mapping.area: "area", self.mapping.name: "name", self.mapping.time_zone: "time_zone",
                  self.mapping.language: "language"}  # fmt: skip
        if column in self.mapping.phone:
            return "phone"
        return single.get(column) or ("further" if column in self.mapping.further else "leave")


@router.get("")
def show_sample(*, request: Request, session: ReadSession, principal: Importer, campaign_id: int) -> Response:
    """Offer to import, and list what was imported before."""
    return _page(request, session, principal, campaign_id=campaign_id)


@router.post("")
def try_or_import(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Importer, now: Now, campaign_id: int
) -> Response:
    """Say for every row what would become of it, or import the good ones."""
    language = language_for(request, principal)
    try:
        table = _table_of(sent)
        mapping = _mapping_of(sent, table)
        state = request.app.state
        common = {"campaign_id": campaign_id, "table": table, "mapping": mapping,
                  "region": state.settings.default_region, "vault": state.vault}  # fmt: skip
        report = dry_run(session, **common)
        is_import = sent.get("intent") == "import"
        if is_import:
            with session.begin_nested():
                import_sample(session, **common, imported_by=principal.id, now=now)
                _open_cases_in_the_field(session, campaign_id, now=now)
    except XiangyinError as error:
        return _page(request, session, principal, campaign_id=campaign_id, error=error)
    trial = _trial(table, mapping, report, language=language, is_done=is_import)
    return _page(request, session, principal, campaign_id=campaign_id, trial=trial)


def _open_cases_in_the_field(session: Session, campaign_id: int, *, now: datetime) -> None:
    """Where calls go on already, new numbers join them; a draft's wait until its field opens."""
    campaign = get_campaign(session, campaign_id)
    if campaign.state == CampaignState.OPEN:
        open_cases(session, campaign, now=now)


def _table_of(sent: FormData) -> Table:
    upload = sent.get("list")
    if not isinstance(upload, UploadFile) or not upload.filename:
        fault = Fault("list", "Choose a phone list (.csv or .xlsx).")
        raise InvalidInputError("The phone list cannot be read.", (fault,))
    return read_table(upload.file.read(), upload.filename)


def _mapping_of(sent: FormData, table: Table) -> ColumnMapping:
    """Read the columns' meanings from the form; the first time, and for another file, guess them."""
    chosen = {column: sent.get(f"column:{column}") for column in table.header if column}
    if not any(chosen.values()):
        return guess_mapping(table.header)

    def columns(meaning: str) -> tuple[str, ...]:
        return tuple(column for column, given in chosen.items() if given == meaning)

    for meaning in ONLY_ONCE:
        if len(columns(meaning)) > 1:
            fault = Fault(f"column {columns(meaning)[1]}", "Only one column can have this meaning.")
            raise InvalidInputError("The columns of the phone list do not fit.", (fault,))

    def single(meaning: str) -> str | None:
        return next(iter(columns(meaning)), None)

    return ColumnMapping(
        phone=columns("phone"),
        area=single("area"),
        name=single("name"),
        time_zone=single("time_zone"),
        language=single("language"),
        further=columns("further"),
    )


def _trial(
    table: Table, mapping: ColumnMapping, report: ImportReport, *, language: ScreenLanguage, is_done: bool
) -> Trial:
    faults = [show_fault(fault, language) for fault in report.faults[:SHOWN_ROWS]]
    reasons = [(_general(message, language), number) for message, number in report.reasons.items()]
    return Trial(table, mapping, report.accepted, report.refused, reasons, faults, is_done)


def _general(message: str, language: ScreenLanguage) -> str:
    """Say a reason that many rows share, without what is particular to each."""
    return SLOT.sub("…", translate(language.tag, message))


def _page(
    request: Request, session: Session, principal: Principal, *, campaign_id: int, trial: Trial | None = None,
    error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    imports: list[SampleImport] = list(list_imports(session, campaign_id))
    return render(
        request, "sample.html", person=principal, fragment="trial", status=error.status if error else 200,
        campaign=get_campaign(session, campaign_id), imports=imports, trial=trial, meanings=MEANINGS,
        error=show_error(error, language_for(request, principal)) if error else None,
    )  # fmt: skip
