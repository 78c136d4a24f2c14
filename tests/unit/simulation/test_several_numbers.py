"""Cases with several numbers."""

from app.campaigns.outcomes import COMPLETE
from app.dialing.treatment import next_step
from app.simulation.cases import SimulatedCase
from app.simulation.comparison import people_of, world_of
from app.telephony.emulator.population import Line
from tests.unit.simulation.runs import job, small, way, worked

BOTH = job(small(numbers=200, two_numbers=0.5))
RULES = world_of(BOTH, way()).rules
CASES = worked(BOTH).cases


def positions(case: SimulatedCase) -> list[int]:
    return [dial.position for dial in case.dials]


def expected(case: SimulatedCase) -> list[int]:
    """Ask the rules again, dial by dial, which number comes next."""
    found, dials = [1], list(case.dials)
    for known in range(1, len(dials)):
        case.dials = dials[:known]
        step = next_step(case.history(), RULES, time_zone=case.time_zone, now=dials[known].at)
        found.append(step.position)
    case.dials = dials
    return found


def test_the_share_of_units_with_two_numbers_is_as_the_plan_says() -> None:
    two = [one for one in people_of(BOTH) if len(one.lines) == 2]
    assert 80 < len(two) < 120
    assert {one.unit.kinds[1] for one in two} == {"mobile", "fixed"}
    assert all(len(one.lines) == 1 for one in people_of(job(small(two_numbers=0.0))))


def test_a_second_number_is_tried_when_the_rules_say_so() -> None:
    several = [case for case in CASES if len(case.dials) > 1]
    assert len(several) > 100
    assert all(positions(case) == expected(case) for case in several)
    assert any(2 in positions(case) for case in several)


def test_nobody_has_a_number_that_the_list_does_not_give() -> None:
    assert all(max(positions(case), default=1) <= len(case.sampled.lines) for case in CASES)


def test_who_is_not_reached_on_a_dead_number_may_be_on_the_other() -> None:
    saved = [
        case for case in CASES if case.sampled.lines == (Line.NOT_WORKING, Line.WORKS) and case.outcome == COMPLETE
    ]
    assert saved
    assert any(case.sampled.truth is not None for case in saved)  # they belong to those whom the survey is about


def test_the_people_are_the_same_however_many_numbers_they_have() -> None:
    one, two = people_of(job(small(two_numbers=0.0))), people_of(job(small(two_numbers=1.0)))
    assert [person.person for person in one] == [person.person for person in two]
