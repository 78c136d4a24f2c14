"""The rules of a campaign as a form, with every version and what each one changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.campaigns.domain import WEEKDAYS
from app.campaigns.models import Campaign, Outcome
from app.campaigns.outcomes import is_coded_by_hand, list_outcomes
from app.campaigns.rule_book import change_rules, document_of, rule_versions, rules_of
from app.campaigns.rule_changes import changes_between
from app.campaigns.rules import read_rules
from app.campaigns.service import get_campaign
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.errors import Fault, InvalidInputError, XiangyinError
from app.core.turns import Router
from app.dialing.naming import Names
from app.web.forms import SentForm
from app.web.i18n import translate
from app.web.pages import ShownError, ShownFault, language_for, leave, render
from app.web.rule_places import CHOICES, DAYS, RulePlaces, SaidChange, field_of
from app.web.rules_form import MOST_SLICES, RulesForm
from app.web.sentences import speaker

router = Router(prefix="/campaigns/{campaign_id:int}/rules", include_in_schema=False)
Watcher = Annotated[Principal, require(Permission.WATCH_FIELDWORK)]
Supervisor = Annotated[Principal, require(Permission.SET_UP_CAMPAIGN)]
NO_VERSION: Final = -1


@dataclass(frozen=True)
class SaidVersion:
    """One version of the rules: who made it, when, why, and what it changed."""

    number: int
    at: datetime
    who: str
    reason: str
    changes: Sequence[SaidChange]


@router.get("")
def show_rules(*, request: Request, session: ReadSession, principal: Watcher, campaign_id: int) -> Response:
    """Show the rules in force, to be changed by whoever may."""
    campaign = get_campaign(session, campaign_id)
    form = RulesForm.of(document_of(session, campaign), language_for(request, principal).tag)
    return _page(request, session, principal, campaign=campaign, form=form, version=campaign.rules_version)


@router.post("")
def change(
    *, sent: SentForm, request: Request, session: WriteSession, principal: Supervisor, now: Now, campaign_id: int
) -> Response:
    """Put the rules as they are in the form into force."""
    campaign, form = get_campaign(session, campaign_id), RulesForm.sent(sent)
    version, reason = _number(sent.get("expected_version")), str(sent.get("reason") or "")
    try:
        with session.begin_nested():
            document, unreadable = form.document(outcome.code for outcome in _coded(session, campaign_id))
            # What earlier versions say of an outcome that the form does not show stays.
            document["treatments"] = document_of(session, campaign)["treatments"] | document["treatments"]
            _refuse_unreadable(document, unreadable)
            change_rules(
                session, campaign, document, expected_version=version, reason=reason, person_id=principal.id, now=now
            )
    except XiangyinError as error:
        return _page(
            request, session, principal, campaign=campaign, form=form, version=version, reason=reason, error=error
        )
    return leave(request, f"/campaigns/{campaign_id}/rules#versions")


def _refuse_unreadable(document: dict[str, object], unreadable: list[Fault]) -> None:
    """Name what cannot be read together with what else is wrong, so that one look mends all."""
    if not unreadable:
        return
    try:
        read_rules(document)
        others: tuple[Fault, ...] = ()
    except InvalidInputError as error:
        places = {fault.where for fault in unreadable}
        others = tuple(fault for fault in error.faults if fault.where not in places)
    raise InvalidInputError("The rules cannot be used.", (*unreadable, *others))


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() else NO_VERSION


def _page(
    request: Request, session: Session, principal: Principal, *, campaign: Campaign, form: RulesForm, version: int,
    reason: str = "", error: XiangyinError | None = None,
) -> Response:  # fmt: skip
    language = language_for(request, principal)
    names, say = Names(session, campaign, rules_of(session, campaign)), speaker(language)
    places = RulePlaces(language.tag, lambda code: say(names.outcome(code)))
    return render(
        request, "rules.html", person=principal, status=error.status if error else 200, campaign=campaign, form=form,
        version=version, reason=reason, error=_shown(error, places) if error else None,
        faults=_by_field(error, places) if error else {}, outcomes=_by_group(_coded(session, campaign.id)),
        may_change=principal.may(Permission.SET_UP_CAMPAIGN, campaign.id), weekdays=WEEKDAYS, days=DAYS,
        choices=CHOICES, columns=min(form.slices + 1, MOST_SLICES), label=places.label,
        versions=_versions(session, campaign, names, places=places),
    )  # fmt: skip


def _shown(error: XiangyinError, places: RulePlaces) -> ShownError:
    """Say an error with each place as the form names it."""
    faults = tuple(ShownFault(places.place(fault.where), _words(fault, places)) for fault in error.faults)
    return ShownError(translate(places.locale, error.message, error.values), faults)


def _by_field(error: XiangyinError, places: RulePlaces) -> dict[str, list[str]]:
    """Sort the faults to their fields."""
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        found.setdefault(field_of(fault.where), []).append(_words(fault, places))
    return found


def _words(fault: Fault, places: RulePlaces) -> str:
    return translate(places.locale, fault.message, dict(fault.values))


def _coded(session: Session, campaign_id: int) -> list[Outcome]:
    """Return the outcomes that have a next step; one that nobody codes only ever closes a case."""
    return [outcome for outcome in list_outcomes(session, campaign_id) if is_coded_by_hand(outcome)]


def _by_group(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.group, []).append(outcome)
    return groups


def _versions(session: Session, campaign: Campaign, names: Names, *, places: RulePlaces) -> list[SaidVersion]:
    versions = rule_versions(session, campaign.id)
    said = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changes = changes_between(before.document, version.document) if before else ()
        who = names.person(version.made_by).display_name if version.made_by else ""
        reason = translate(places.locale, version.reason)
        said.append(SaidVersion(version.version, version.made_at, who, reason, [places.change(c) for c in changes]))
    return said
