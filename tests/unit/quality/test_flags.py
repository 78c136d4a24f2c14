"""Each flag is raised just where its rule says so, and honest short batteries raise none."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.campaigns.quality_rules import QualityRules
from app.dialing.sentences import in_english
from app.quality.domain import Battery, Bounds, Design, Flag, FlagKind, HeldInterview, Item, Pair
from app.quality.flags import flags_of
from app.quality.words import sentence_of
from app.questionnaires.answers import AnswerStatus

RULES = QualityRules()
STEPS = st.lists(st.integers(1, 5), min_size=1, max_size=20)


def held(steps: Sequence[int | None]) -> HeldInterview:
    statuses = [AnswerStatus.DONT_KNOW if step is None else AnswerStatus.ANSWERED for step in steps]
    return HeldInterview(
        tuple(Item(f"q{n}", status, step) for n, (step, status) in enumerate(zip(steps, statuses, strict=True)))
    )


def battery(length: int, steps: int = 5) -> Design:
    return Design(batteries=(Battery(tuple(f"q{n}" for n in range(length)), steps),))


def kinds(flags: list[Flag]) -> set[FlagKind]:
    return {flag.kind for flag in flags}


def test_one_choice_over_a_whole_battery_is_flagged_with_the_run() -> None:
    flags = flags_of(held([4] * 8), battery(8), RULES)
    assert (flags[0].kind, flags[0].figure, flags[0].threshold) == (FlagKind.LONG_STRING, 8, 8)
    assert flags[0].questions == tuple(f"q{n}" for n in range(8))


def test_only_the_questions_of_the_run_are_named() -> None:
    rules = RULES.model_copy(update={"run_share": 0.5, "least_spread": 0.0})
    [flag] = flags_of(held([1, 2, 4, 4, 4, 4, 3, 1]), battery(8), rules)
    assert flag.questions == ("q2", "q3", "q4", "q5")


def test_one_choice_all_along_is_not_told_a_second_time_as_no_spread() -> None:
    assert kinds(flags_of(held([4] * 8), battery(8), RULES)) == {FlagKind.LONG_STRING}
    nearly = flags_of(held([4] * 7 + [5]), battery(8, steps=11), RULES)
    assert kinds(nearly) == {FlagKind.LOW_VARIATION}


def test_honest_straight_lining_in_a_short_battery_is_no_flag() -> None:
    assert flags_of(held([5] * (RULES.battery_items - 1)), battery(RULES.battery_items - 1), RULES) == []


def test_a_battery_that_is_hardly_answered_counts_as_short() -> None:
    flags = flags_of(held([5] * 5 + [None] * 3), battery(8), RULES)
    assert FlagKind.LONG_STRING not in kinds(flags)


@given(STEPS)
def test_a_run_is_flagged_exactly_from_its_share_on(steps: list[int]) -> None:
    rules = RULES.model_copy(update={"run_share": 0.5, "least_spread": 0.0})
    longest = max(
        length
        for start in range(len(steps))
        for length in range(1, len(steps) - start + 1)
        if len({*steps[start : start + length]}) == 1
    )
    is_flagged = FlagKind.LONG_STRING in kinds(flags_of(held(steps), battery(len(steps)), rules))
    assert is_flagged == (len(steps) >= rules.battery_items and longest >= len(steps) / 2)


@given(st.lists(st.integers(1, 5), min_size=6, max_size=20))
def test_spread_is_that_of_the_textbook_and_the_same_upside_down(steps: list[int]) -> None:
    rules = RULES.model_copy(update={"least_spread": 1.0, "run_share": 1.0})
    assume(len({*steps}) > 1)
    mean = sum(steps) / len(steps)
    expected = (sum((step - mean) ** 2 for step in steps) / (len(steps) - 1)) ** 0.5 / 4
    for series in (steps, [6 - step for step in steps]):
        [flag] = [f for f in flags_of(held(series), battery(len(steps)), rules) if f.kind is FlagKind.LOW_VARIATION]
        assert flag.figure == pytest.approx(expected)


@pytest.mark.parametrize(("first", "second", "is_flagged"), [(1, 1, False), (1, 2, False), (1, 3, True), (5, 1, True)])
def test_two_questions_that_ask_the_same_may_lie_one_step_apart(first: int, second: int, *, is_flagged: bool) -> None:
    flags = flags_of(held([first, second]), Design(pairs=(Pair("q0", "q1", 5),)), RULES)
    assert kinds(flags) == ({FlagKind.INCONSISTENT_PAIR} if is_flagged else set())


@pytest.mark.parametrize(("first", "second", "is_flagged"), [(5, 1, False), (5, 3, False), (5, 4, True), (1, 1, True)])
def test_a_reversed_question_is_turned_round_first(first: int, second: int, *, is_flagged: bool) -> None:
    flags = flags_of(held([first, second]), Design(pairs=(Pair("q0", "q1", 5, is_reversed=True),)), RULES)
    assert kinds(flags) == ({FlagKind.REVERSED_ITEM} if is_flagged else set())


def test_a_pair_of_which_one_was_not_answered_says_nothing() -> None:
    assert flags_of(held([5, None]), Design(pairs=(Pair("q0", "q1", 5),)), RULES) == []


@pytest.mark.parametrize(
    ("taken", "expected"), [(999, {FlagKind.TOO_QUICK}), (1_000, set()), (9_001, {FlagKind.TOO_SLOW})]
)
def test_times_are_flagged_in_either_direction(taken: int, expected: set[FlagKind]) -> None:
    bounds = Bounds(1_000, 9_000)
    items = [Item(f"q{n}", AnswerStatus.ANSWERED, None, taken if n < 2 else 5_000, bounds) for n in range(8)]
    flags = flags_of(HeldInterview(tuple(items)), Design(), RULES)
    assert kinds(flags) == expected
    assert all((flag.figure, flag.questions) == (0.25, ("q0", "q1")) for flag in flags)


def test_one_slow_answer_among_many_is_nobodys_fault() -> None:
    items = [Item(f"q{n}", AnswerStatus.ANSWERED, None, 9_001 if n < 1 else 5, Bounds(1, 9_000)) for n in range(8)]
    assert flags_of(HeldInterview(tuple(items)), Design(), RULES) == []


@given(st.integers(0, 20), st.integers(0, 20))
def test_dont_knows_are_flagged_by_their_share_of_enough_answers(unknown: int, known: int) -> None:
    flags = flags_of(held([None] * unknown + [1] * known), Design(), RULES)
    whole = unknown + known
    assert (FlagKind.DONT_KNOW in kinds(flags)) == (whole >= 5 and unknown >= 0.3 * whole)


def test_an_interview_that_broke_off_says_where() -> None:
    left = HeldInterview(held([1, 2, 3]).items, left_at="q3")
    assert flags_of(left, Design(), RULES) == [Flag(FlagKind.BROKE_OFF, 3, 0, ("q3",))]
    assert flags_of(left, Design(), RULES.model_copy(update={"flags_break_off": False})) == []


@pytest.mark.parametrize(("ratings", "expected"), [({}, set()), ({"a": 3}, set()), ({"a": 5, "b": 3}, set()),
                                                   ({"a": 2, "b": 3}, {FlagKind.COMPREHENSION})])  # fmt: skip
def test_hardly_following_is_flagged_by_the_mean_rating(ratings: dict[str, int], expected: set[FlagKind]) -> None:
    assert kinds(flags_of(HeldInterview((), ratings), Design(), RULES)) == expected


def test_many_repeated_questions_are_flagged() -> None:
    items = held([1] * 10).items
    [flag] = flags_of(HeldInterview(items, troubles={"q1": 2, "": 1}), Design(), RULES)
    assert (flag.kind, flag.figure, flag.questions) == (FlagKind.TROUBLE, 0.3, ("q1",))
    told = in_english(sentence_of(flag.kind, flag.figure, flag.threshold, questions=flag.questions))
    assert told == "Repetitions and clarifications for 100 questions: 30, from 30 on: q1."
    assert flags_of(HeldInterview(items, troubles={"q1": 2}), Design(), RULES) == []


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=20))
def test_the_same_interview_is_always_flagged_alike(steps: list[int | None]) -> None:
    design = Design(battery(len(steps)).batteries, (Pair("q0", "q1", 5), Pair("q1", "q2", 5, is_reversed=True)))
    assert flags_of(held(steps), design, RULES) == flags_of(held(steps), design, RULES)
