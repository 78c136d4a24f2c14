"""A plan: the shipped one, and what a file and options put in its place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import InvalidInputError
from app.languages.domain import PUTONGHUA, Level
from app.simulation.campaign import synthetic_campaign
from app.simulation.plans import read_plan_of, refuse_what_the_campaign_knows
from app.simulation.sample import Places
from tests.unit.simulation.runs import shipped_campaign

EVENINGS = """
days = 2
interviewers = 3
[[repertoires]]
triage = false
lects = { "普通话" = "interviews", "壮语" = "converses" }
hours = { saturday = [["18:00", "21:00"]] }
"""
QUOTA = """
[[quotas]]
name = "area by safety"
columns = ["area", "answer:safety_overall", "target", "most"]
cells = [["450100", "1", 3, 5], ["450200", "5", 10, ""]]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, "utf-8")
    return path


def faults_of(path: Path | None, options: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        synthetic_campaign(read_plan_of(path, options))
    return [fault.where for fault in caught.value.faults]


def test_the_shipped_plan_has_no_quotas_and_everybody_works_all_shifts() -> None:
    campaign = shipped_campaign()
    assert (campaign.quotas, campaign.numbers, campaign.days, len(campaign.staff)) == ((), 2_000, 5, 8)
    assert {(one.hours, one.shifts, one.does_triage) for one in campaign.staff} == {(None, None, True)}
    assert isinstance(campaign.sample, Places)
    assert campaign.sample.two_numbers == 0.2


def test_a_file_takes_the_place_of_what_it_names(tmp_path: Path) -> None:
    campaign = synthetic_campaign(read_plan_of(written(tmp_path, EVENINGS)))
    assert (campaign.days, campaign.numbers, len(campaign.staff)) == (2, 2_000, 3)
    assert campaign.staff[2].skills == {PUTONGHUA: Level.INTERVIEWS, "za": Level.CONVERSES}
    assert not campaign.staff[0].does_triage
    hours = campaign.staff[0].hours
    assert hours is not None
    assert hours.is_open(campaign.starts_at + timedelta(hours=9), campaign.time_zone)


def test_an_option_takes_the_place_of_the_file(tmp_path: Path) -> None:
    plan = read_plan_of(written(tmp_path, EVENINGS), {"days": 7, "numbers": None})
    assert (plan.plan.days, plan.plan.interviewers) == (7, 3)
    assert plan.written == {"days", "interviewers", "repertoires"}


def test_quotas_are_read_as_the_page_of_quotas_reads_them(tmp_path: Path) -> None:
    [quota] = synthetic_campaign(read_plan_of(written(tmp_path, QUOTA))).quotas
    assert [dimension.name for dimension in quota.dimensions] == ["area", "answer:safety_overall"]
    assert [(cell.key, cell.target, cell.most) for cell in quota.cells] == [
        (("4501", "1"), 3, 5),
        (("4502", "5"), 10, 10),
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("days = 0", "days"),
        ("dayz = 3", "dayz"),
        ("starts_at = 2026-11-21T09:00:00", "starts_at"),
        ('time_zone = "Nowhere/Town"', "time_zone"),
        ('offered = ["klingonish"]', "offered"),
        ('[[repertoires]]\nlects = { nothing = "interviews" }', "repertoires.0.lects"),
        ('[[repertoires]]\nlects = { yue = "sings" }', "repertoires.0.lects.yue"),
        ('[[repertoires]]\nlects = { yue = "interviews" }\nhours = { someday = [] }', "repertoires.0.hours.someday"),
        ('[index]\nitems = ["nothing"]\ntop = ["5"]', "index.items[0]"),
        ('places = [["45", 1]]', "places.0"),
        ('places = [["450100", 0]]', "places"),
        ("days = ", "plan.toml"),
        (QUOTA.replace('"1", 3, 5', '"7", 3, 5'), "quotas[0], row 1, column answer:safety_overall"),
        (QUOTA.replace("10, ", '"many", '), "quotas[0], row 2, column target"),
        (QUOTA.replace('"target", ', '"goal", '), "quotas[0], column goal"),
    ],
)
def test_a_wrong_field_is_named(text: str, where: str, tmp_path: Path) -> None:
    assert where in faults_of(written(tmp_path, text))


def test_a_wrong_option_is_named() -> None:
    assert faults_of(None, {"two_numbers": 1.5}) == ["two_numbers"]


def test_what_a_campaign_knows_itself_is_no_matter_of_a_plan() -> None:
    refuse_what_the_campaign_knows(read_plan_of(options={"days": 3, "interviewers": 2}))
    with pytest.raises(InvalidInputError) as caught:
        refuse_what_the_campaign_knows(read_plan_of(options={"numbers": 10, "two_numbers": 0.5}))
    assert [fault.where for fault in caught.value.faults] == ["numbers", "two_numbers"]
