"""Which caller number is used: never one that rests, never more than the cap, and always the least used."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.rules import NumberRules
from app.dialing.number_health import Figures, Rest, RestCause, Standing, choose, judge, resting

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY_ENDS = NOON + timedelta(hours=12)
RULES = st.builds(
    NumberRules,
    calls_per_day=st.none() | st.integers(1, 500),
    least_calls=st.integers(1, 100),
    rejected_share=st.floats(0, 1),
    complaint_share=st.floats(0, 1),
)
RESTS = st.none() | st.builds(
    Rest,
    st.sampled_from([RestCause.REJECTIONS, RestCause.BY_HAND]),
    st.datetimes().map(lambda at: at.replace(tzinfo=UTC)),
)
STANDINGS = st.lists(
    st.builds(Standing, st.integers(1, 50), st.just("12340"), st.integers(0, 600), RESTS),
    unique_by=lambda standing: standing.number_id,
    max_size=8,
)


@st.composite
def counted(draw: st.DrawFn) -> Figures:
    calls = draw(st.integers(0, 300))
    part = st.integers(0, calls)
    return Figures(calls, draw(part), draw(part), draw(part))


@given(STANDINGS)
def test_a_number_that_rests_is_never_chosen_and_a_healthy_one_always_found(standings: list[Standing]) -> None:
    chosen = choose(standings)
    healthy = [standing for standing in standings if standing.rest is None]
    assert (chosen is None) == (not healthy)
    assert chosen is None or chosen in healthy


@given(STANDINGS)
def test_the_healthy_number_with_the_fewest_calls_is_chosen(standings: list[Standing]) -> None:
    chosen = choose(standings)
    calls = [standing.calls_today for standing in standings if standing.rest is None]
    assert chosen is None or chosen.calls_today == min(calls)


@given(RESTS, st.integers(0, 600), RULES)
def test_the_daily_cap_lets_a_number_rest_until_the_day_ends_at_least(
    written: Rest | None, calls: int, rules: NumberRules
) -> None:
    rest = resting(written, calls, rules, day_ends=DAY_ENDS)
    is_full = rules.calls_per_day is not None and calls >= rules.calls_per_day
    assert rest == written or (is_full and rest == Rest(RestCause.DAILY_CAP, DAY_ENDS))
    assert not is_full or (rest is not None and rest.until >= DAY_ENDS)


@given(counted(), RULES)
def test_too_few_calls_say_nothing(figures: Figures, rules: NumberRules) -> None:
    assert figures.calls >= rules.least_calls or judge(figures, rules) is None


@given(counted(), RULES)
def test_one_more_complaint_never_makes_a_number_healthy(figures: Figures, rules: NumberRules) -> None:
    worse = Figures(figures.calls + 1, figures.answered, figures.rejected + 1, figures.complaints + 1)
    assert judge(figures, rules) is None or judge(worse, rules) is not None


@given(counted())
def test_without_limits_no_number_ever_rests(figures: Figures) -> None:
    assert judge(figures, NumberRules(least_calls=1)) is None


def test_a_complaint_weighs_more_than_a_rejection() -> None:
    rules = NumberRules(least_calls=10, rejected_share=0.2, complaint_share=0.1)
    assert judge(Figures(10, 5, 3, 0), rules) is RestCause.REJECTIONS
    assert judge(Figures(10, 5, 3, 2), rules) is RestCause.COMPLAINTS
    assert judge(Figures(10, 5, 2, 1), rules) is None
