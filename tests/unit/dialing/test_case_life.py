"""No order of moves loses a case, gives it two holders, or revives one that may not be called."""

import contextlib

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.dialing.domain import CaseState
from app.dialing.life import CaseLife, Move, NotPossibleError, after

PEOPLE = st.integers(1, 4)
ANA, BAO = 1, 2


class LifeOfACase(RuleBasedStateMachine):
    """Any moves by anybody, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.life = CaseLife(CaseState.READY)
        self.was_forbidden = False
        self.was_closed = False

    @rule(move=st.sampled_from(Move), by=st.none() | PEOPLE, to=st.none() | PEOPLE)
    def happen(self, move: Move, by: int | None, to: int | None) -> None:
        before = self.life
        with contextlib.suppress(NotPossibleError):
            self.life = after(before, move, by=by, to=to)
            self.was_forbidden |= move == Move.FORBID
            self.was_closed &= move != Move.REOPEN
        self.was_closed |= self.life.state == CaseState.CLOSED
        if before.state == CaseState.HELD and self.life.holder_id not in {None, before.holder_id}:
            assert (move, by) == (Move.HAND_OVER, before.holder_id)

    @invariant()
    def a_case_is_held_by_one_and_only_while_it_is_held(self) -> None:
        assert (self.life.holder_id is not None) == (self.life.state == CaseState.HELD)

    @invariant()
    def a_closed_case_stays_closed_unless_it_is_opened_again(self) -> None:
        assert not self.was_closed or self.life.state == CaseState.CLOSED

    @invariant()
    def a_forbidden_case_never_reaches_the_queue(self) -> None:
        assert not self.was_forbidden or self.life.state in {CaseState.HELD, CaseState.CLOSED}


TestLifeOfACase = LifeOfACase.TestCase


@pytest.mark.parametrize("state", [CaseState.READY, CaseState.WAITING, CaseState.HELD])
def test_from_every_state_a_case_can_still_come_to_an_end(state: CaseState) -> None:
    life = CaseLife(state, ANA if state == CaseState.HELD else None)
    assert after(life, Move.CLOSE, by=ANA).state == CaseState.CLOSED


def test_only_whoever_holds_a_case_can_give_it_back() -> None:
    with pytest.raises(NotPossibleError):
        after(CaseLife(CaseState.HELD, ANA), Move.GIVE_BACK, by=BAO)


def test_a_case_that_is_held_is_not_taken_again() -> None:
    with pytest.raises(NotPossibleError):
        after(CaseLife(CaseState.HELD, ANA), Move.TAKE, to=BAO)


def test_a_held_case_that_became_forbidden_closes_when_it_is_let_go() -> None:
    forbidden = after(CaseLife(CaseState.HELD, ANA), Move.FORBID)
    assert forbidden.holder_id == ANA
    assert after(forbidden, Move.SUSPEND, by=ANA).state == CaseState.CLOSED


def test_a_number_that_becomes_forbidden_stays_with_its_holder_whoever_else_is_named() -> None:
    assert after(CaseLife(CaseState.HELD, ANA), Move.FORBID, by=BAO, to=BAO).holder_id == ANA


def test_only_a_closed_case_is_opened_again_and_none_that_may_not_be_called() -> None:
    assert after(CaseLife(CaseState.CLOSED), Move.REOPEN).state == CaseState.WAITING
    assert after(CaseLife(CaseState.CLOSED, is_forbidden=True), Move.REOPEN).state == CaseState.CLOSED
    with pytest.raises(NotPossibleError):
        after(CaseLife(CaseState.HELD, ANA), Move.REOPEN, by=ANA)


def test_what_lapses_goes_back_to_the_queue() -> None:
    assert after(CaseLife(CaseState.HELD, ANA), Move.LAPSE) == CaseLife(CaseState.READY)
