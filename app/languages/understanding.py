"""Who follows whom, remembered by each process for as long as the table stays as it is."""

from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError
from app.languages.domain import Understanding
from app.languages.models import Lect, LectUnderstanding, RegistryRevision
from app.languages.registry import find_lect
from app.languages.revision import revise

DEGREE_OUT_OF_RANGE: Final = "How far one follows the other is a number from 0 (nothing) to 1 (everything)."
SAME_LECT: Final = "Speakers of %(tag)s follow it fully; there is nothing to set."
SET_BY_HAND: Final = "set by hand"
_MOST_REMEMBERED: Final = 8
_REVISION: Final = select(RegistryRevision.token)

# Revision -> table. The word is random, so two databases, or a transaction that was rolled back, never share one.
_remembered: Final[dict[str, Understanding]] = {}


def load_understanding(session: Session) -> Understanding:
    """Return who follows whom as this transaction sees it; asked often, it costs one small query."""
    return understanding_at(session, session.scalar(_REVISION))


def understanding_at(session: Session, token: str | None) -> Understanding:
    """Return who follows whom by the revision's token, for whoever read that along with something else."""
    if token is None:
        return _read(session)
    known = _remembered.get(token)
    if known is None:
        known = _read(session)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[token] = known
    return known


def set_understanding(session: Session, listener: str, speaker: str, *, degree: float) -> None:
    """Set how far `listener` follows `speaker` (0 to 1), in this direction only.

    A lect with members may be paired with itself: that is the default among its different members.
    """
    hearing, speaking = find_lect(session, listener).tag, find_lect(session, speaker).tag
    if not 0 <= degree <= 1:
        raise InvalidInputError(DEGREE_OUT_OF_RANGE)
    if hearing == speaking and not session.scalar(select(exists().where(Lect.parent == hearing))):
        raise InvalidInputError(SAME_LECT, tag=hearing)
    row = {"listener": hearing, "speaker": speaking, "degree": degree, "source": SET_BY_HAND}
    statement = insert(LectUnderstanding).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["listener", "speaker"], set_={"degree": degree, "source": SET_BY_HAND}
        )
    )
    revise(session)


def _read(session: Session) -> Understanding:
    rows = session.execute(select(LectUnderstanding.listener, LectUnderstanding.speaker, LectUnderstanding.degree))
    lects = session.execute(select(Lect.tag, Lect.parent, Lect.is_collective)).all()
    return Understanding(
        rows.all(),
        parents={tag: parent for tag, parent, _ in lects},
        collective=(tag for tag, _, is_collective in lects if is_collective),
    )
