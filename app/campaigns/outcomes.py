"""The outcome table every campaign starts with, shipped as data."""

import csv
from importlib.resources import files
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.campaigns.models import Outcome
from app.core.errors import NotFoundError

YES: Final = "yes"
COMPLETE: Final = "complete"
PARTIAL: Final = "partial"
BROKE_OFF: Final = "broke_off"
APPOINTMENT: Final = "appointment"
OTHER_LECT: Final = "other_lect"
LECT_UNKNOWN: Final = "lect_unknown"
DO_NOT_CALL: Final = "do_not_call"
NO_INTERVIEWER: Final = "no_interviewer"
OVER_QUOTA: Final = "over_quota"
NOT_ATTEMPTED: Final = "not_attempted"

_OF_CAMPAIGN: Final = select(Outcome).where(Outcome.campaign_id == bindparam("campaign_id"))
_IN_ORDER: Final = _OF_CAMPAIGN.order_by(Outcome.position)
_BY_CODE: Final = _OF_CAMPAIGN.where(Outcome.code == bindparam("code"))
_BY_ENDING: Final = _OF_CAMPAIGN.where(Outcome.line_ending == bindparam("line_ending"))


def is_coded_by_hand(outcome: Outcome) -> bool:
    """Tell whether interviewers code it; the others the program gives to a case when it closes it."""
    return bool(outcome.key)


class UnknownOutcomeError(NotFoundError):
    """This campaign has no outcome with that code."""


def shipped_outcomes() -> list[dict[str, str]]:
    """Return the shipped table, row by row."""
    text = files("app.campaigns").joinpath("data/outcomes.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def add_default_outcomes(session: Session, campaign_id: int) -> None:
    """Copy the shipped table into the campaign, where it may be edited before the field opens."""
    for position, row in enumerate(shipped_outcomes()):
        session.add(
            Outcome(
                campaign_id=campaign_id,
                code=row["code"],
                label_zh=row["label_zh"],
                label_en=row["label_en"],
                group=row["group"],
                aapor=row["aapor"],
                misread=row["misread"] == YES,
                needs_lect=row["needs_lect"] == YES,
                line_ending=row["line_ending"] or None,
                key=row["key"],
                position=position,
            )
        )
    session.flush()


def list_outcomes(session: Session, campaign_id: int) -> list[Outcome]:
    """Return the campaign's table in the order of the screen."""
    return list(session.scalars(_IN_ORDER, {"campaign_id": campaign_id}))


def find_outcome(session: Session, campaign_id: int, code: str) -> Outcome:
    """Return one outcome; raises UnknownOutcomeError."""
    outcome = session.scalar(_BY_CODE, {"campaign_id": campaign_id, "code": code})
    if outcome is None:
        raise UnknownOutcomeError("There is no outcome %(code)s in this campaign.", code=code)
    return outcome


def outcome_of_ending(session: Session, campaign_id: int, line_ending: str) -> Outcome | None:
    """Return the provisional outcome for what the line did, where the table names one."""
    return session.scalar(_BY_ENDING, {"campaign_id": campaign_id, "line_ending": line_ending})
