"""The people behind a past sample: what is known of their lects decides who they are, and who is told."""

from dataclasses import replace

from app.dialing.domain import FactKind
from app.simulation.comparison import people_of
from app.simulation.sample import Sampled, Unit
from tests.unit.simulation.runs import job, small_campaign

ZONE = "Asia/Shanghai"


def people(unit: Unit, *, times: int = 300) -> tuple[Sampled, ...]:
    return people_of(job(replace(small_campaign(), sample=(unit,) * times)))


def share_speaking(lect: str, drawn: tuple[Sampled, ...]) -> float:
    return sum(one.person.main_lect == lect for one in drawn) / len(drawn)


def test_without_a_word_on_it_the_place_decides() -> None:
    assert 0.05 < share_speaking("yue", people(Unit("450100", ZONE))) < 0.4


def test_what_the_list_says_is_nearly_always_so_and_everybody_knows_it() -> None:
    drawn = people(Unit("450100", ZONE, declared="nan"))
    assert 0.84 < share_speaking("nan", drawn) < 0.97
    assert {drawn[0].facts[-1].kind, drawn[0].facts[-1].lect} == {FactKind.DECLARED, "nan"}


def test_what_the_fieldwork_learnt_is_so_as_often_as_it_was_sure_and_nobody_is_told() -> None:
    sure, heard = (people(Unit("450100", ZONE, learnt=("nan", confidence))) for confidence in (1.0, 0.8))
    assert share_speaking("nan", sure) == 1.0
    assert 0.72 < share_speaking("nan", heard) < 0.88
    assert {fact.kind for one in sure for fact in one.facts} == {FactKind.PREDICTED}


def test_what_was_learnt_outweighs_the_list() -> None:
    drawn = people(Unit("450100", ZONE, declared="yue", learnt=("nan", 1.0)))
    assert share_speaking("nan", drawn) == 1.0
    assert drawn[0].facts[-1].lect == "yue"


def test_another_lect_makes_nobody_another_person() -> None:
    placed, told = (people(Unit("450100", ZONE, learnt=learnt), times=20) for learnt in (None, ("nan", 1.0)))
    assert [one.person.age for one in placed] == [one.person.age for one in told]
    assert [one.person.trust for one in placed] == [one.person.trust for one in told]


def test_a_past_sample_is_the_same_for_every_seed_with_other_people() -> None:
    campaign = replace(small_campaign(), sample=(Unit("450100", ZONE, ("mobile", "fixed")), Unit("", ZONE)))
    first, second = (people_of(job(campaign, seed=seed)) for seed in (1, 2))
    assert campaign.numbers == 2
    assert [one.unit for one in first] == [one.unit for one in second]
    assert [one.person for one in first] != [one.person for one in second]
