"""The states of an interviewer."""

from app.staffing.domain import HOLDING, PresenceState


def test_only_states_with_a_case_on_the_screen_hold_one() -> None:
    assert set(PresenceState) - HOLDING == {PresenceState.OFF, PresenceState.READY, PresenceState.BREAK}
