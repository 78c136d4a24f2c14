"""How long the outcome of a call may be thought about, and how long it has to be."""

from datetime import datetime, timedelta
from typing import Final

from app.campaigns.desk_rules import WrapUpMode, WrapUpRules
from app.interviewing.cards import WrapUpCard

# What is clear is saved by itself after as long as everything can be taken back.
CLEAR: Final = timedelta(seconds=5)
CLOCKS_DIFFER: Final = timedelta(seconds=1)  # the page counts by its own


def wrap_up_card(
    rules: WrapUpRules, since: datetime, *, is_clear: bool, was_answered: bool, now: datetime
) -> WrapUpCard:  # fmt: skip
    """Return what the screen counts down; `is_clear` tells whether an outcome is suggested."""
    is_timed = rules.mode == WrapUpMode.TIMED or _is_fixed(rules, was_answered=was_answered)
    yields = not is_timed and is_clear and rules.mode != WrapUpMode.OPEN
    ends = since + (timedelta(seconds=rules.seconds) if is_timed else CLEAR) if is_timed or yields else None
    left = None if ends is None else max((ends - now).total_seconds(), 0.0)
    holds = _is_fixed(rules, was_answered=was_answered) and bool(left)
    return WrapUpCard(rules.mode, left, holds=holds, yields=yields)


def _is_fixed(rules: WrapUpRules, *, was_answered: bool) -> bool:
    """Nobody needs to rest from a call that nobody answered."""
    return rules.mode == WrapUpMode.FIXED and was_answered


def seconds_to_rest(rules: WrapUpRules, since: datetime, *, was_answered: bool, now: datetime) -> int:
    """Return for how many seconds no outcome is taken yet: 0 but after a conversation in the mode fixed."""
    if not _is_fixed(rules, was_answered=was_answered):
        return 0
    left = since + timedelta(seconds=rules.seconds) - CLOCKS_DIFFER - now
    return max(-(-left // timedelta(seconds=1)), 0)
