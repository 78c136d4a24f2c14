"""The form of a new campaign: what was typed, kept as it was typed, and read into a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from starlette.datastructures import FormData, UploadFile

from app.campaigns.domain import WEEKDAYS
from app.campaigns.service import CampaignPlan
from app.core.errors import Fault, InvalidInputError
from app.languages.service import LectNames

GREETING_ROWS: Final = 4
NUMBER_MESSAGE: Final = "Write a whole number."


@dataclass(frozen=True)
class CampaignForm:
    """The fields as text; nothing typed is lost when some of it is wrong."""

    fields: Mapping[str, str]
    openings: Sequence[tuple[str, str]]
    days: Sequence[str]

    @classmethod
    def blank(cls, *, time_zone: str, seed: int) -> Self:
        """Return the form as it is first shown."""
        usual = {"time_zone": time_zone, "seed": str(seed), "start": "09:00", "end": "21:00"}
        return cls({**usual, "ring_seconds": "30", "attempt_limit": "8"}, (), WEEKDAYS)

    @classmethod
    def sent(cls, form: FormData) -> Self:
        """Read what a browser sent."""
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        lects, greetings = (_texts(form, name) for name in ("lect", "greeting"))
        filled = [pair for pair in zip(lects, greetings, strict=False) if any(pair)]
        return cls(fields, filled, [day for day in WEEKDAYS if day in _texts(form, "day")])

    def text(self, name: str) -> str:
        """Return one field."""
        return self.fields.get(name, "")

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Return the openings with empty rows to fill."""
        return [*self.openings, *[("", "")] * max(1, GREETING_ROWS - len(self.openings))]

    def plan(self, names: LectNames, *, questionnaire_version_id: int) -> CampaignPlan:
        """Read the plan; raises InvalidInputError with every field that cannot be read."""
        faults: list[Fault] = []
        greetings = _greetings(self.openings, names, faults)
        numbers = {
            name: _number(self.text(name), name, faults)
            for name in ("ring_seconds", "attempt_limit", "seed", "completes_wanted")
        }
        faults += [Fault(name, "This field is required.") for name in ("ring_seconds", "attempt_limit", "seed")
                   if not self.text(name).strip()]  # fmt: skip
        if faults:
            raise InvalidInputError("The campaign cannot be set up.", tuple(faults))
        return CampaignPlan(
            name=self.text("name"),
            organisation_zh=self.text("organisation_zh"),
            organisation_en=self.text("organisation_en"),
            questionnaire_version_id=questionnaire_version_id,
            greetings=greetings,
            caller_number=self.text("caller_number").strip(),
            seed=numbers["seed"] or 0,
            time_zone=self.text("time_zone").strip(),
            calling_hours={day: [[self.text("start"), self.text("end")]] for day in self.days},
            ring_seconds=numbers["ring_seconds"] or 0,
            attempt_limit=numbers["attempt_limit"] or 0,
            completes_wanted=numbers["completes_wanted"],
        )


def questionnaire_of(form: FormData) -> UploadFile:
    """Return the uploaded workbook; raises InvalidInputError when none was chosen."""
    upload = form.get("questionnaire")
    if not isinstance(upload, UploadFile) or not upload.filename:
        fault = Fault("questionnaire", "Choose the questionnaire, an XLSForm workbook (.xlsx).")
        raise InvalidInputError("The campaign cannot be set up.", (fault,))
    return upload


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _greetings(openings: Sequence[tuple[str, str]], names: LectNames, faults: list[Fault]) -> dict[str, str]:
    found = {}
    for lect, greeting in openings:
        try:
            found[names.find(lect)] = greeting
        except InvalidInputError as error:
            faults.append(Fault("lects", error.message, tuple(error.values.items())))
    return found


def _number(text: str, name: str, faults: list[Fault]) -> int | None:
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        faults.append(Fault(name, NUMBER_MESSAGE))
        return None
