"""Keep every version of a campaign's rules, and hand out those in force."""

import csv
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.campaigns.domain import WEEKDAYS, CallingHours
from app.campaigns.models import Campaign, RuleVersion
from app.campaigns.outcomes import is_coded_by_hand, list_outcomes
from app.campaigns.rules import Rules, read_rules
from app.core.db import append
from app.core.errors import ConflictError, Fault, InvalidInputError

MOST_REMEMBERED: Final = 64
YES: Final = "yes"
FIRST_REASON: Final = "as set up"
_DAYTIME: Final = [["00:00", "18:00"]]
_EVENING: Final = [["18:00", "23:59"]]
_WHOLE_DAY: Final = [["00:00", "23:59"]]
# Three calling occasions, as in BRFSS: weekday daytime, weekday evening, weekend.
_SLICES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "weekday",
        "label_zh": "工作日白天",
        "label_en": "Weekday daytime",
        "windows": dict.fromkeys(WEEKDAYS[:5], _DAYTIME),
    },
    {
        "name": "evening",
        "label_zh": "工作日晚间",
        "label_en": "Weekday evening",
        "windows": dict.fromkeys(WEEKDAYS[:5], _EVENING),
    },
    {"name": "weekend", "label_zh": "周末", "label_en": "Weekend", "windows": dict.fromkeys(WEEKDAYS[5:], _WHOLE_DAY)},
)
_IN_FORCE: Final = select(RuleVersion.document).where(
    RuleVersion.campaign_id == bindparam("campaign_id"), RuleVersion.version == bindparam("version")
)


class Ruled(Protocol):
    """What names the rules in force: a campaign, or its columns read along with something else."""

    @property
    def id(self) -> int:
        """The campaign's id."""

    @property
    def rules_version(self) -> int:
        """The version in force."""

    @property
    def rules_hash(self) -> str:
        """The hash of its content."""


# Content hash -> the rules read; a version never changes, so this can never be stale.
_remembered: Final[dict[str, Rules]] = {}


def default_rules(hours: Mapping[str, Any], *, attempts: int) -> dict[str, Any]:
    """Return the document a campaign starts with: the shipped treatments, and the slices that its hours meet."""
    slices = [
        {**part, "least": 1 if attempts >= len(_SLICES) else 0, "most": max(attempts - 2, 1)}
        for part in _SLICES
        if CallingHours.read(part["windows"]).overlaps(CallingHours.read(hours))
    ]
    return {
        "hours": dict(hours),
        "slices": slices,
        "limits": {"per_case": attempts, "per_number": attempts, "dials_per_case": 3 * attempts},
        "treatments": shipped_treatments(),
    }


def shipped_treatments() -> dict[str, dict[str, Any]]:
    """Return what each shipped outcome does next; those that nobody codes only ever close a case and have none."""
    text = files("app.campaigns").joinpath("data/treatments.csv").read_text("utf-8")
    return {row["code"]: _treatment(row) for row in csv.DictReader(text.splitlines())}


def _treatment(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "action": row["action"],
        "delay_minutes": int(row["delay_minutes"]),
        "costs_attempt": row["costs_attempt"] == YES,
        "slice": row["slice"],
        "number": row["number"],
        "interviewer": row["interviewer"],
        "redials": int(row["redials"]),
        "most": int(row["most"]) if row["most"] else None,
        "barrier": row["barrier"] == YES,
    }


def rules_of(session: Session, campaign: Ruled) -> Rules:
    """Return the rules in force; asked often, it reads nothing as long as they stay the same."""
    known = _remembered.get(campaign.rules_hash)
    if known is None:
        wanted = {"campaign_id": campaign.id, "version": campaign.rules_version}
        known = Rules.model_validate(session.scalars(_IN_FORCE, wanted).one())
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[campaign.rules_hash] = known
    return known


def first_rules(session: Session, campaign: Campaign, document: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the rules that a campaign is set up with; they must have been read once."""
    _keep(session, campaign, document, reason=FIRST_REASON, made_by=None, now=now)


def change_rules(
    session: Session,
    campaign: Campaign,
    document: Mapping[str, Any],
    *,
    expected_version: int,
    reason: str,
    person_id: int | None,
    now: datetime,
) -> Rules:
    """Put a new version into force, for every step from now on; what was decided before stays.

    Raises InvalidInputError that names every wrong field, and ConflictError when somebody else has changed the
    rules since `expected_version`.
    """
    # Not the strongest lock: whoever holds the record's chain meanwhile writes rows that refer to the campaign.
    session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.rules_version != expected_version:
        raise ConflictError("Somebody else has changed the rules meanwhile. Load the page again.")
    rules = read_rules(document)
    _require_treatments(session, campaign.id, rules)
    if not reason.strip():
        raise InvalidInputError("The rules cannot be used.", (Fault("reason", "Say why the rules change."),))
    campaign.rules_version += 1
    _keep(session, campaign, document, reason=reason.strip(), made_by=person_id, now=now)
    audit.record(
        session,
        "rules.changed",
        actor="system" if person_id is None else f"person:{person_id}",
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"version": campaign.rules_version, "hash": campaign.rules_hash, "reason": reason.strip()},
        now=now,
    )
    return rules


def rule_versions(session: Session, campaign_id: int) -> list[RuleVersion]:
    """Return every version, the newest first."""
    wanted = select(RuleVersion).where(RuleVersion.campaign_id == campaign_id).order_by(RuleVersion.version.desc())
    return list(session.scalars(wanted))


def document_of(session: Session, campaign: Campaign) -> dict[str, Any]:
    """Return the document in force, for an editor."""
    wanted = {"campaign_id": campaign.id, "version": campaign.rules_version}
    document: dict[str, Any] = session.scalars(_IN_FORCE, wanted).one()
    return document


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the document, however its keys are ordered."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _keep(
    session: Session,
    campaign: Campaign,
    document: Mapping[str, Any],
    *,
    reason: str,
    made_by: int | None,
    now: datetime,
) -> None:
    campaign.rules_hash = content_hash(document)
    session.flush()
    append(
        session,
        RuleVersion,
        campaign_id=campaign.id,
        version=campaign.rules_version,
        document=dict(document),
        reason=reason,
        made_by=made_by,
        made_at=now,
    )


def _require_treatments(session: Session, campaign_id: int, rules: Rules) -> None:
    table = list_outcomes(session, campaign_id)
    coded = {outcome.code for outcome in table if is_coded_by_hand(outcome)}
    faults = [
        Fault(f"treatments.{code}", "Say what this outcome does next.")
        for code in sorted(coded - set(rules.treatments))
    ]
    faults += [
        Fault(f"treatments.{code}", "The campaign has no outcome of that name.")
        for code in sorted(set(rules.treatments) - {outcome.code for outcome in table})
    ]
    if faults:
        raise InvalidInputError("The rules cannot be used.", tuple(faults))
