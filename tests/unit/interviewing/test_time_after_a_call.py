"""How long a call is wrapped up: by the interviewer, by the time, or not at all where it is clear what happened."""

from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns.desk_rules import WrapUpMode, WrapUpRules
from app.interviewing.wrap_up import seconds_to_rest, wrap_up_card

ENDED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MODES = list(WrapUpMode)


def rules(mode: WrapUpMode) -> WrapUpRules:
    return WrapUpRules(mode=mode, seconds=30)


@pytest.mark.parametrize(
    ("mode", "clear", "unclear", "unanswered"),
    [
        (WrapUpMode.OPEN, None, None, None),
        (WrapUpMode.OPTIONAL, 5.0, None, 5.0),
        (WrapUpMode.TIMED, 30.0, 30.0, 30.0),
        (WrapUpMode.FIXED, 30.0, 30.0, 5.0),
    ],
)
def test_each_mode_ends_in_its_own_way(
    mode: WrapUpMode, clear: float | None, unclear: float | None, unanswered: float | None
) -> None:
    def ends_in(*, is_clear: bool, was_answered: bool) -> float | None:
        return wrap_up_card(rules(mode), ENDED, is_clear=is_clear, was_answered=was_answered, now=ENDED).seconds

    assert ends_in(is_clear=True, was_answered=True) == clear
    assert ends_in(is_clear=False, was_answered=True) == unclear
    assert ends_in(is_clear=True, was_answered=False) == unanswered


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("was_answered", [True, False])
def test_only_a_fixed_time_after_a_conversation_holds(mode: WrapUpMode, was_answered: bool) -> None:  # noqa: FBT001
    at = ENDED + timedelta(seconds=10)
    card = wrap_up_card(rules(mode), ENDED, is_clear=True, was_answered=was_answered, now=at)
    rest = seconds_to_rest(rules(mode), ENDED, was_answered=was_answered, now=at)
    is_held = mode is WrapUpMode.FIXED and was_answered
    assert (card.holds, rest) == (is_held, 19 if is_held else 0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("was_answered", [True, False])
def test_what_is_clear_yields_to_whoever_touches_it(mode: WrapUpMode, was_answered: bool) -> None:  # noqa: FBT001
    card = wrap_up_card(rules(mode), ENDED, is_clear=True, was_answered=was_answered, now=ENDED)
    is_by_itself = mode is WrapUpMode.OPTIONAL or (mode is WrapUpMode.FIXED and not was_answered)
    assert (card.yields, card.yields and card.seconds == 5.0) == (is_by_itself, is_by_itself)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_holds_once_the_time_is_over(mode: WrapUpMode) -> None:
    late = ENDED + timedelta(minutes=5)
    card = wrap_up_card(rules(mode), ENDED, is_clear=True, was_answered=True, now=late)
    assert (card.holds, card.seconds or 0.0) == (False, 0.0)
    assert seconds_to_rest(rules(mode), ENDED, was_answered=True, now=late) == 0
