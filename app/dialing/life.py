"""The life of a case as a state machine: which move is possible in which state, and who holds it afterwards.

Every service that moves a case asks here first, so that no order of moves loses a case, gives it two holders,
or calls somebody again who asked not to be called.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.core.errors import ConflictError
from app.dialing.domain import CaseState


class Move(StrEnum):
    """What can happen to a case."""

    TAKE = "take"  # an interviewer takes it from the queue
    PROMOTE = "promote"  # its time has come
    WITHDRAW = "withdraw"  # the time in which it may be called is over
    CALL_NOW = "call_now"  # a supervisor wants it called at once
    SUSPEND = "suspend"  # its holder coded an outcome, it will be called again
    GIVE_BACK = "give_back"  # its holder returns it undialled
    LAPSE = "lapse"  # its holder has vanished
    HAND_OVER = "hand_over"  # its holder hands it to another interviewer, in mid-call
    CLOSE = "close"  # an outcome or a rule ends it
    REOPEN = "reopen"  # it was given up, and a supervisor or its respondent's own call takes that back
    CALL_IN = "call_in"  # its respondent called back, and an interviewer takes the call
    PROMISE = "promise"  # its respondent called back, and is called at a time of their own
    FORBID = "forbid"  # its number came onto the do-not-call list


@dataclass(frozen=True)
class CaseLife:
    """Where a case stands; a forbidden one is closed, or closes as soon as its holder lets it go."""

    state: CaseState
    holder_id: int | None = None
    is_forbidden: bool = False


_BY_STATE: Final = {
    CaseState.READY: {
        Move.TAKE: CaseState.HELD,
        Move.CALL_IN: CaseState.HELD,
        Move.PROMISE: CaseState.WAITING,
        Move.WITHDRAW: CaseState.WAITING,
        Move.CALL_NOW: CaseState.READY,
        Move.CLOSE: CaseState.CLOSED,
        Move.FORBID: CaseState.CLOSED,
    },
    CaseState.WAITING: {
        Move.PROMOTE: CaseState.READY,
        Move.CALL_IN: CaseState.HELD,
        Move.PROMISE: CaseState.WAITING,
        Move.CALL_NOW: CaseState.READY,
        Move.CLOSE: CaseState.CLOSED,
        Move.FORBID: CaseState.CLOSED,
    },
    CaseState.HELD: {
        Move.SUSPEND: CaseState.WAITING,
        Move.GIVE_BACK: CaseState.READY,
        Move.LAPSE: CaseState.READY,
        Move.HAND_OVER: CaseState.HELD,
        Move.CLOSE: CaseState.CLOSED,
        Move.FORBID: CaseState.HELD,
    },
    CaseState.CLOSED: {Move.REOPEN: CaseState.WAITING, Move.FORBID: CaseState.CLOSED},
}
_HOLDERS_OWN: Final = frozenset({Move.SUSPEND, Move.GIVE_BACK, Move.HAND_OVER})
_CHANGES_HANDS: Final = frozenset({Move.TAKE, Move.CALL_IN, Move.HAND_OVER})


class NotPossibleError(ConflictError):
    """This cannot happen to the case in the state it is in by now. Load the page again."""


def after(life: CaseLife, move: Move, *, by: int | None = None, to: int | None = None) -> CaseLife:
    """Return the case's life after a move; `by` is the interviewer who acts, `to` whoever gets the case.

    Raises NotPossibleError where the state does not allow it, or somebody else holds the case.
    """
    if life.state == CaseState.HELD and move in _HOLDERS_OWN and by != life.holder_id:
        raise NotPossibleError
    target = _BY_STATE[life.state].get(move)
    if target is None or (move in _CHANGES_HANDS and to is None):
        raise NotPossibleError
    is_forbidden = life.is_forbidden or move == Move.FORBID
    if is_forbidden and target != CaseState.HELD:
        target = CaseState.CLOSED
    holder = to if move in _CHANGES_HANDS else life.holder_id
    holder = holder if target == CaseState.HELD else None
    return replace(life, state=target, holder_id=holder, is_forbidden=is_forbidden)
