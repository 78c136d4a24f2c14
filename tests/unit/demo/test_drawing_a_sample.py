"""The demonstration's sample."""

from app.demo.seed import draw_sample


def test_the_same_seed_draws_the_same_numbers() -> None:
    assert draw_sample(300, seed=5) == draw_sample(300, seed=5)
    assert draw_sample(300, seed=5) != draw_sample(300, seed=6)


def test_no_number_is_drawn_twice() -> None:
    _header, *rows = draw_sample(2_000, seed=1).splitlines()
    numbers = [row.partition(",")[0] for row in rows]
    assert len(set(numbers)) == len(numbers) == 2_000


def test_a_larger_sample_begins_with_the_smaller_one() -> None:
    assert draw_sample(50, seed=3) == "".join(draw_sample(90, seed=3).splitlines(keepends=True)[:51])
