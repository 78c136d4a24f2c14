"""The people of the demonstration, with the fixed secrets that production refuses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.clients import create_client
from app.accounts.demonstration import CLIENT_ID, CLIENT_SECRET, PASSWORD
from app.accounts.domain import Role, Scope
from app.accounts.models import Person
from app.accounts.service import create_person, grant_role
from app.languages.domain import PUTONGHUA, Level
from app.staffing.service import certify

CANTONESE: Final = "yue"
ZHUANG: Final = "za"
SOUTHWESTERN: Final = "cmn-x-xina1239"


@dataclass(frozen=True)
class Member:
    """One person of the cast."""

    login: str
    display_name: str
    role: Role
    locale: str
    levels: dict[str, Level]


ANA: Final = Member(
    "ana", "Ana 安娜", Role.INTERVIEWER, "zh-CN", {PUTONGHUA: Level.INTERVIEWS, CANTONESE: Level.INTERVIEWS}
)
BAO: Final = Member(
    "bao", "Bao 阿宝", Role.INTERVIEWER, "zh-CN", {ZHUANG: Level.INTERVIEWS, PUTONGHUA: Level.INTERVIEWS}
)
SUE: Final = Member("sue", "Sue 苏督导", Role.SUPERVISOR, "zh-CN", {})
ADA: Final = Member("ada", "Ada 管理员", Role.ADMINISTRATOR, "zh-CN", {})
LIN: Final = Member(
    "lin", "Lin 小林", Role.LISTENER, "zh-CN", dict.fromkeys((PUTONGHUA, CANTONESE, ZHUANG), Level.UNDERSTANDS)
)

# Played interviewers repeat these repertoires in turn, so that any number of them covers every lect.
REPERTOIRES: Final[tuple[dict[str, Level], ...]] = (
    {PUTONGHUA: Level.INTERVIEWS, CANTONESE: Level.INTERVIEWS},
    {PUTONGHUA: Level.INTERVIEWS, ZHUANG: Level.INTERVIEWS},
    {PUTONGHUA: Level.INTERVIEWS, SOUTHWESTERN: Level.INTERVIEWS},
    {PUTONGHUA: Level.INTERVIEWS, CANTONESE: Level.CONVERSES},
)


def seed_cast(session: Session, *, played: int, now: datetime) -> list[Person]:
    """Create the fixed sign-ins, the REST client and `played` further interviewers; returns the latter."""
    for member in (ANA, BAO, SUE, ADA):
        _add(session, member, now=now)
    scopes = tuple(Scope)
    create_client(session, client_id=CLIENT_ID, secret=CLIENT_SECRET, name="Scoring", scopes=scopes, now=now)
    players = [_add(session, _player(number), now=now) for number in range(1, played + 1)]
    _add(session, LIN, now=now)
    return players


def _player(number: int) -> Member:
    levels = REPERTOIRES[(number - 1) % len(REPERTOIRES)]
    return Member(f"player{number:02d}", f"访问员 {number:02d}", Role.INTERVIEWER, "zh-CN", levels)


def _add(session: Session, member: Member, *, now: datetime) -> Person:
    person = create_person(
        session,
        login=member.login,
        display_name=member.display_name,
        password=PASSWORD,
        locale=member.locale,
        now=now,
    )
    grant_role(session, person, member.role, now=now)
    certify(session, person.id, member.levels)
    return person
