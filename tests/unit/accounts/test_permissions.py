"""The permission table, spelled out once more so that a change is a decision."""

import pytest

from app.accounts.domain import GRANTED, INSTALLATION_WIDE, Permission, Principal, Role, Scope, grants_of

P = Permission
SUPERVISOR_MAY = {
    P.LIST_CAMPAIGNS,
    P.WATCH_FIELDWORK,
    P.READ_CASES,
    P.SET_UP_CAMPAIGN,
    P.CREATE_CAMPAIGN,
    P.EDIT_LANGUAGES,
    P.IMPORT_SAMPLE,
    P.REVIEW_QUALITY,
    P.LISTEN_AGAIN,
    P.LISTEN_TO_CALLS,
    P.SEE_NUMBERS,
    P.READ_CODEBOOK,
}
EXPECTED: dict[Role | Scope, set[Permission]] = {
    Role.INTERVIEWER: {P.TAKE_CASE},
    Role.SUPERVISOR: SUPERVISOR_MAY,
    Role.LISTENER: {P.LISTEN_AGAIN},
    Role.ADMINISTRATOR: {P.MANAGE_PEOPLE, P.READ_AUDIT},
    Scope.CAMPAIGNS_READ: {P.LIST_CAMPAIGNS},
    Scope.CODEBOOK_READ: {P.READ_CODEBOOK},
    Scope.RESPONSES_READ: {P.READ_RESPONSES},
    Scope.FIELDWORK_READ: {P.READ_CASES},
}


def principal_with(*holdings: tuple[Role | Scope, int | None]) -> Principal:
    return Principal("person", 3, "sue", "Sue", "en", grants_of(holdings))


def test_the_table_knows_every_role_and_scope() -> None:
    assert set(GRANTED) == {*Role, *Scope}


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("holder", [*Role, *Scope])
def test_each_holder_may_exactly_what_the_table_says(holder: Role | Scope, permission: Permission) -> None:
    everywhere = principal_with((holder, None))
    assert everywhere.may(permission, 5) == (permission in EXPECTED[holder])


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_in_one_campaign_ends_at_its_border(role: Role, permission: Permission) -> None:
    inside = principal_with((role, 5))
    assert inside.may(permission, 5) == (permission in EXPECTED[role] - INSTALLATION_WIDE)
    assert not inside.may(permission, 6)
    assert not inside.may(permission, None)


@pytest.mark.parametrize("permission", Permission)
def test_without_a_role_nothing_is_allowed(permission: Permission) -> None:
    nobody = principal_with()
    assert not nobody.may_somewhere(permission)
    assert nobody.campaigns_with(permission) == frozenset()


def test_no_role_of_fieldwork_reads_answers_and_no_administrator_works_in_the_field() -> None:
    assert not any(P.READ_RESPONSES in GRANTED[role] for role in Role)
    assert not GRANTED[Role.ADMINISTRATOR] & (GRANTED[Role.SUPERVISOR] | GRANTED[Role.INTERVIEWER])


def test_a_principal_knows_only_campaigns_of_theirs() -> None:
    zoe = principal_with((Role.SUPERVISOR, 9))
    assert zoe.knows(9)
    assert not zoe.knows(5)
    assert zoe.campaigns_with(P.WATCH_FIELDWORK) == frozenset({9})
    assert principal_with((Role.SUPERVISOR, None)).campaigns_with(P.WATCH_FIELDWORK) is None


def test_the_audit_record_knows_a_principal_by_kind_and_number() -> None:
    assert principal_with().actor == "person:3"
