"""Hold the interviews that begin from now on with another version of the questionnaire."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import CampaignState
from app.campaigns.models import Campaign
from app.core.errors import ConflictError, Fault, InvalidInputError
from app.core.straight import rows
from app.interviewing.domain import CLOSED, InterviewState
from app.questionnaires.service import find_version, load_form
from app.quotas.cells import StandingQuota, list_quotas
from app.quotas.changing import Editor, begin_change
from app.quotas.plans import CellPlan, QuotaPlan, References, check_plan, references_of

_HELD: Final = """
    SELECT version.id AS version_id, version.number, count(interview.id) AS interviews,
        count(interview.id) FILTER (WHERE interview.state = ANY (%(open)s)) AS under_way
    FROM interview JOIN questionnaire_version AS version ON version.id = interview.questionnaire_version_id
    WHERE interview.campaign_id = %(campaign)s
    GROUP BY version.id ORDER BY version.number DESC
"""


_AT_DESK: Final = """
    SELECT EXISTS (
        SELECT FROM presence JOIN campaign ON campaign.id = presence.campaign_id
        WHERE person_id = %(person)s AND (
            questionnaire_version_id = %(version)s OR EXISTS (
                SELECT FROM interview WHERE interview.case_id = presence.case_id
                    AND interview.questionnaire_version_id = %(version)s
            )
        )
    ) AS is_asked
"""


@dataclass(frozen=True)
class _AtDesk:
    is_asked: bool


@dataclass(frozen=True)
class HeldWith:
    """How many interviews of a campaign were begun with one version, and how many of them may still go on."""

    version_id: int
    number: int
    interviews: int
    under_way: int


def interviews_by_version(session: Session, campaign_id: int) -> list[HeldWith]:
    """Count a campaign's interviews by the version they are held with, the newest version first."""
    states = [state.value for state in InterviewState if state not in CLOSED]
    return rows(session, HeldWith, _HELD, campaign=campaign_id, open=states)


def is_asked_at_desk(session: Session, person_id: int, version_id: int) -> bool:
    """Tell whether an interviewer's campaign asks this version, or the interview on the screen was begun with it."""
    [found] = rows(session, _AtDesk, _AT_DESK, person=person_id, version=version_id)
    return found.is_asked


def ask_with(session: Session, campaign: Campaign, version_id: int, *, actor: str, now: datetime) -> None:
    """Let a campaign's new interviews be held with this version; those that were begun go on with their own.

    Raises NotFoundError without such a version, ConflictError once the campaign is closed, and InvalidInputError
    where its quotas count by what the version does not ask, or it belongs to another questionnaire in the field.
    """
    begin_change(session, campaign, Editor(actor))
    before, after = (find_version(session, one) for one in (campaign.questionnaire_version_id, version_id))
    if after.id == before.id:
        return
    if campaign.state != CampaignState.DRAFT and after.questionnaire_id != before.questionnaire_id:
        raise ConflictError("In the field a campaign moves only to another version of its own questionnaire.")
    _require_what_quotas_count(session, campaign, version_id)
    campaign.questionnaire_version_id = after.id
    audit.record(
        session,
        "campaign.questionnaire_changed",
        actor=actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"from": before.number, "to": after.number, "sha256": after.sha256},
        now=now,
    )


def _require_what_quotas_count(session: Session, campaign: Campaign, version_id: int) -> None:
    references = replace(references_of(session, campaign), form=load_form(session, version_id))
    faults = [fault for quota in list_quotas(session, campaign.id) for fault in _faults(quota, references)]
    if faults:
        raise InvalidInputError("The questionnaire of the campaign stays as it is.", tuple(dict.fromkeys(faults)))


def _faults(quota: StandingQuota, references: References) -> tuple[Fault, ...]:
    cells = tuple(CellPlan(cell.count.key, cell.count.target, cell.count.most) for cell in quota.cells)
    try:
        check_plan(QuotaPlan(quota.name, quota.dimensions, cells), references)
    except InvalidInputError as error:
        return tuple(replace(fault, where=quota.name) for fault in error.faults)
    return ()
