"""Who may do what: one table, deny by default."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from app.core.errors import Fault, InvalidInputError

LOGIN_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
PASSWORD_CHARACTERS: Final = 10
LOCALES: Final = ("zh-CN", "en")


class Role(StrEnum):
    """What a person is to one campaign, or to all of them."""

    INTERVIEWER = "interviewer"  # calls and interviews; sees neither targets nor results
    # Sees no answers but those of interviews that were heard again, on the record.
    SUPERVISOR = "supervisor"  # sets up and watches fieldwork
    LISTENER = "listener"  # listens to recorded interviews again, blind to answers, interviewers and flags
    ADMINISTRATOR = "administrator"  # people and the audit record; no part in fieldwork


class Scope(StrEnum):
    """What an API client may ask for."""

    CAMPAIGNS_READ = "campaigns:read"
    CODEBOOK_READ = "codebook:read"
    RESPONSES_READ = "responses:read"
    FIELDWORK_READ = "fieldwork:read"


class Permission(StrEnum):
    """One thing that may be done."""

    TAKE_CASE = "take_case"
    LIST_CAMPAIGNS = "list_campaigns"
    WATCH_FIELDWORK = "watch_fieldwork"
    READ_CASES = "read_cases"
    SET_UP_CAMPAIGN = "set_up_campaign"
    CREATE_CAMPAIGN = "create_campaign"
    EDIT_LANGUAGES = "edit_languages"
    IMPORT_SAMPLE = "import_sample"
    REVIEW_QUALITY = "review_quality"
    LISTEN_AGAIN = "listen_again"
    LISTEN_TO_CALLS = "listen_to_calls"
    SEE_NUMBERS = "see_numbers"
    READ_CODEBOOK = "read_codebook"
    READ_RESPONSES = "read_responses"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"


# These reach beyond any one campaign, so a role in a single campaign does not carry them.
INSTALLATION_WIDE: Final = frozenset(
    {
        Permission.CREATE_CAMPAIGN,
        Permission.EDIT_LANGUAGES,
        Permission.MANAGE_PEOPLE,
        Permission.READ_AUDIT,
    }
)

# The one table. Whoever is not named here may not.
GRANTED: Final[Mapping[Role | Scope, frozenset[Permission]]] = {
    Role.INTERVIEWER: frozenset({Permission.TAKE_CASE}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.LIST_CAMPAIGNS,
            Permission.WATCH_FIELDWORK,
            Permission.READ_CASES,
            Permission.SET_UP_CAMPAIGN,
            Permission.CREATE_CAMPAIGN,
            Permission.EDIT_LANGUAGES,
            Permission.IMPORT_SAMPLE,
            Permission.REVIEW_QUALITY,
            Permission.LISTEN_AGAIN,
            Permission.LISTEN_TO_CALLS,
            Permission.SEE_NUMBERS,
            Permission.READ_CODEBOOK,
        }
    ),
    Role.LISTENER: frozenset({Permission.LISTEN_AGAIN}),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_PEOPLE, Permission.READ_AUDIT}),
    Scope.CAMPAIGNS_READ: frozenset({Permission.LIST_CAMPAIGNS}),
    Scope.CODEBOOK_READ: frozenset({Permission.READ_CODEBOOK}),
    Scope.RESPONSES_READ: frozenset({Permission.READ_RESPONSES}),
    Scope.FIELDWORK_READ: frozenset({Permission.READ_CASES}),
}

Grants = frozenset[tuple[int | None, Permission]]


def grants_of(holdings: Iterable[tuple[Role | Scope, int | None]]) -> Grants:
    """Spell out what roles and scopes, each in one campaign or (None) in every one, allow."""
    return frozenset(
        (campaign_id, permission)
        for holding, campaign_id in holdings
        for permission in GRANTED[holding]
        if campaign_id is None or permission not in INSTALLATION_WIDE
    )


def scopes_for(permission: Permission) -> list[str]:
    """Return the scopes that carry a permission, for the API's description."""
    return [scope.value for scope in Scope if permission in GRANTED[scope]]


@dataclass(frozen=True)
class Principal:
    """Whoever makes a request, with all that they may do."""

    kind: Literal["person", "client"]
    id: int
    login: str
    display_name: str
    locale: str
    grants: Grants

    @property
    def actor(self) -> str:
        """The name that the audit record knows them by."""
        return f"{self.kind}:{self.id}"

    def may(self, permission: Permission, campaign_id: int | None) -> bool:
        """Tell whether they may do this in one campaign; None asks for every campaign."""
        return (None, permission) in self.grants or (campaign_id, permission) in self.grants

    def may_somewhere(self, permission: Permission) -> bool:
        """Tell whether they may do this in at least one campaign."""
        return any(permission == granted for _, granted in self.grants)

    def knows(self, campaign_id: int) -> bool:
        """Tell whether they may learn that a campaign exists."""
        return any(known is None or known == campaign_id for known, _ in self.grants)

    def campaigns_with(self, permission: Permission) -> frozenset[int] | None:
        """Return the campaigns in which they may do this; None means every one."""
        campaigns = {campaign_id for campaign_id, granted in self.grants if granted == permission}
        return None if None in campaigns else frozenset(c for c in campaigns if c is not None)


def normal_login(text: str) -> str:
    """Return the spelling under which a login is stored and counted."""
    return "".join(character for character in text.strip().casefold() if character.isprintable())[:64]


def check_person(*, login: str, display_name: str, password: str, locale: str) -> None:
    """Refuse a person who could not sign in or be told apart; names every fault at once."""
    checks = (
        (LOGIN_PATTERN.fullmatch(login), Fault("login", "Use 2 to 64 of the characters a-z 0-9 . _ -")),
        (display_name.strip(), Fault("display_name", "Give the name that colleagues will see.")),
        (locale in LOCALES, Fault("locale", "Use one of: %(known)s.", (("known", ", ".join(LOCALES)),))),
        (
            len(password) >= PASSWORD_CHARACTERS and password.casefold() != login,
            Fault(
                "password",
                "Use at least %(count)s characters, and not the login.",
                (("count", str(PASSWORD_CHARACTERS)),),
            ),
        ),
    )
    faults = tuple(fault for passed, fault in checks if not passed)
    if faults:
        raise InvalidInputError("This person cannot be added yet.", faults=faults)
