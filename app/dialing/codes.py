"""The short code of a case: what a respondent is told, and may check without saying who they are."""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.dialing.models import CaseCode

RANDOM_DIGITS: Final = 10
CODE_DIGITS: Final = RANDOM_DIGITS + 2
MODULUS: Final = 97
GROUP: Final = 4
_BETWEEN: Final = frozenset(" -–—‑.·\t\u3000\u00a0")


def draw_code() -> str:
    """Draw a code that nobody can guess: ten random digits and the two check digits of ISO/IEC 7064, MOD 97-10.

    The check digits catch every single wrong digit and every exchange of two neighbours, so that a slip of the
    tongue never confirms somebody else's call.
    """
    drawn = secrets.randbelow(10**RANDOM_DIGITS)
    return f"{drawn:0{RANDOM_DIGITS}}{MODULUS + 1 - drawn * 100 % MODULUS:02}"


def is_well_formed(code: str) -> bool:
    """Tell whether a code has the right length and check digits; it may belong to no case all the same."""
    return len(code) == CODE_DIGITS and code.isascii() and code.isdecimal() and int(code) % MODULUS == 1


def read_code(typed: str) -> str:
    """Return the digits that were typed, whatever stands between them and in whatever script they are written."""
    plain = (character for character in unicodedata.normalize("NFKC", typed.strip()) if character not in _BETWEEN)
    return "".join(_as_ascii(character) for character in plain)


def _as_ascii(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def spaced(code: str) -> str:
    """Write a code as it is read out, in groups of four."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def digest_of(code: str) -> bytes:
    """Return what a code is found by: how long an index takes over a hash tells nothing about nearly right codes."""
    return hashlib.sha256(code.encode("utf-8", "replace")).digest()


def give_codes(session: Session, case_ids: Sequence[int]) -> None:
    """Give every one of these cases its code, once and for all."""
    without = list(case_ids)
    while without:
        drawn = [(case_id, draw_code()) for case_id in without]
        rows = [{"case_id": case_id, "code": code, "digest": digest_of(code)} for case_id, code in drawn]
        # Where two cases draw the same code, one of them draws again.
        added = insert(CaseCode).on_conflict_do_nothing().returning(CaseCode.case_id)
        given = set(session.scalars(added, rows))
        had = select(CaseCode.case_id).where(CaseCode.case_id.in_(set(without) - given))
        given.update(session.scalars(had) if len(given) < len(without) else ())
        without = [case_id for case_id in without if case_id not in given]


def code_of(session: Session, case_id: int) -> str | None:
    """Return a case's code."""
    return session.scalar(select(CaseCode.code).where(CaseCode.case_id == case_id))
