"""The outcome table that is shipped: every row can be shown, keyed, counted and acted on."""

import csv
import re
from collections import Counter
from importlib.resources import files

import pytest

from app.campaigns import outcomes
from app.campaigns.domain import Action, OutcomeGroup
from app.campaigns.rule_book import shipped_treatments
from app.campaigns.rules import Treatment
from app.telephony.domain import Ending

ROWS = list(csv.DictReader(files("app.campaigns").joinpath("data/outcomes.csv").read_text("utf-8").splitlines()))
BY_CODE = {row["code"]: row for row in ROWS}
CODED = [row for row in ROWS if row["key"]]
TREATMENTS = {code: Treatment.model_validate(written) for code, written in shipped_treatments().items()}
# AAPOR Standard Definitions, telephone surveys: interview, eligible without one, unknown, not eligible.
AAPOR = re.compile(r"1\.[12]|2\.(1\d\d?|2\d?|3\d{1,2})|3\.[12]\d?|4\.[1-9]\d?")
NOBODY_ON_THE_LINE = [Ending.BUSY, Ending.NO_ANSWER, Ending.SWITCHED_OFF, Ending.NOT_WORKING, Ending.REJECTED,
                      Ending.TECHNICAL, Ending.CANCELLED]  # fmt: skip


def test_codes_and_keys_are_given_once() -> None:
    assert max(Counter(row["code"] for row in ROWS).values()) == 1
    keys = [row["key"] for row in CODED]
    assert max(Counter(keys).values()) == 1
    assert {len(key) for key in keys} == {1}


def test_what_only_the_program_gives_has_no_key() -> None:
    assert set(BY_CODE) - {row["code"] for row in CODED} == {outcomes.NO_INTERVIEWER, outcomes.NOT_ATTEMPTED}


def test_what_is_coded_has_a_treatment_and_nothing_else_has() -> None:
    assert set(TREATMENTS) == {row["code"] for row in CODED}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_a_row_is_whole(row: dict[str, str]) -> None:
    assert OutcomeGroup(row["group"])
    assert AAPOR.fullmatch(row["aapor"]), row["aapor"]
    assert {row["misread"], row["needs_lect"]} <= {"yes", "no"}
    assert row["label_en"]
    assert re.search(r"[一-鿿]", row["label_zh"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_group_and_aapor_code_agree(row: dict[str, str]) -> None:
    kinds = {
        OutcomeGroup.INTERVIEW: "12",
        OutcomeGroup.CONTACT: "2",
        OutcomeGroup.LANGUAGE: "2",
        OutcomeGroup.TRUST: "2",
        OutcomeGroup.NO_CONTACT: "3",
        OutcomeGroup.INELIGIBLE: "4",
        OutcomeGroup.TECHNICAL: "23",
    }
    assert row["aapor"][0] in kinds[OutcomeGroup(row["group"])]


@pytest.mark.parametrize("ending", NOBODY_ON_THE_LINE)
def test_a_line_that_nobody_took_suggests_one_outcome(ending: Ending) -> None:
    assert sum(row["line_ending"] == ending for row in ROWS) == 1


def test_a_conversation_is_coded_by_a_human() -> None:
    named = {row["line_ending"] for row in ROWS} - {""}
    assert named == set(NOBODY_ON_THE_LINE)


@pytest.mark.parametrize(
    "code",
    [
        outcomes.COMPLETE,
        outcomes.PARTIAL,
        outcomes.BROKE_OFF,
        outcomes.APPOINTMENT,
        outcomes.OTHER_LECT,
        outcomes.DO_NOT_CALL,
    ],
)
def test_outcomes_that_the_program_names_are_there(code: str) -> None:
    assert code in BY_CODE


@pytest.mark.parametrize(
    "code", ["said_misdial", "suspected_fraud", "silent_pickup", "hung_up_opening", "other_lect", "lect_unknown"]
)
def test_every_way_to_misread_a_call_is_marked(code: str) -> None:
    assert BY_CODE[code]["misread"] == "yes"


def test_a_language_barrier_and_a_broken_line_cost_no_attempt() -> None:
    free = {row["group"] for row in CODED if not TREATMENTS[row["code"]].costs_attempt}
    assert free == {OutcomeGroup.LANGUAGE, OutcomeGroup.TECHNICAL}


def test_the_lect_is_asked_for_exactly_where_the_case_goes_to_another() -> None:
    assert [row["code"] for row in ROWS if row["needs_lect"] == "yes"] == [outcomes.OTHER_LECT]
    assert [code for code, each in TREATMENTS.items() if each.action == Action.OTHER_LECT] == [outcomes.OTHER_LECT]
