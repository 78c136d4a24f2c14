"""Give each trust measure to a random share of the cases, once and for all, and tell which case gets what."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import MeasureRules
from app.dialing.models import Case, CaseMeasure
from app.dialing.score import draw_for
from app.sampling.contacts import numbers_of

_OF_CASE: Final = select(CaseMeasure).where(CaseMeasure.case_id == bindparam("case_id"))


class Measure(StrEnum):
    """Something done so that a call is not taken for a fraud."""

    NOTICE = "notice"  # a message comes before the first call
    CLIP = "clip"  # a recorded greeting by a native speaker is played
    CODE = "code"  # the interviewer has a code to read out, which the respondent can check


def shares_of(rules: MeasureRules) -> dict[Measure, float]:
    """Return the measures that are in use, each with the share of cases that gets it."""
    shares = {Measure.NOTICE: rules.notice_share, Measure.CODE: rules.code_share, Measure.CLIP: rules.clip_share}
    return {measure: share for measure, share in shares.items() if share > 0}


def is_given(seed: int, measure: Measure, fingerprint: str, *, share: float) -> bool:
    """Draw whether a case gets a measure: by the campaign's seed and its number, each measure apart from the others."""
    return draw_for(seed, f"measure/{measure}/{fingerprint}") < share


def draw_measures(
    session: Session,
    campaign: Campaign,
    drawn_by: Mapping[int, str],
    *,
    without: Collection[Measure] = (),
    now: datetime,
) -> dict[Measure, list[int]]:
    """Draw for each of these cases (id -> fingerprint) what it gets; what was drawn before stays for ever.

    Returns the cases that this draw gives each measure to.
    """
    rows: list[dict[str, Any]] = [
        {
            "case_id": case_id,
            "measure": measure.value,
            "is_given": is_given(campaign.seed, measure, fingerprint, share=share),
            "share": share,
            "at": now,
        }
        for measure, share in shares_of(rules_of(session, campaign).measures).items()
        if measure not in without
        for case_id, fingerprint in drawn_by.items()
    ]
    if rows:
        session.execute(insert(CaseMeasure).on_conflict_do_nothing(), rows)
    return {measure: [r["case_id"] for r in rows if r["measure"] == measure and r["is_given"]] for measure in Measure}


def draw_at_first_call(session: Session, campaign: Campaign, case: Case, *, now: datetime) -> None:
    """Draw for a case what came into use after it was made; a notice would come too late by now."""
    drawn = measures_of(session, case.id)
    if set(shares_of(rules_of(session, campaign).measures)) - set(drawn) - {Measure.NOTICE}:
        first = numbers_of(session, case.sample_unit_id)[0]
        draw_measures(session, campaign, {case.id: first.fingerprint.hex()}, without=(Measure.NOTICE,), now=now)


def measures_of(session: Session, case_id: int) -> dict[str, bool]:
    """Return what was drawn for a case: measure -> whether it gets it."""
    return {row.measure: row.is_given for row in session.scalars(_OF_CASE, {"case_id": case_id})}
