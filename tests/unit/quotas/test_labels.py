"""The sample alone tells whom it makes sense to call."""

import pytest

from app.quotas.domain import CellCount, Closing, Dimension, DimensionKind
from app.quotas.labels import CountedQuota, FrameLabels, LabelNeeds

PROVINCE, CITY, COUNTY = (Dimension(DimensionKind.AREA, digits=digits) for digits in (2, 4, 6))
PHONE = Dimension(DimensionKind.PHONE)
SEX = Dimension(DimensionKind.ANSWER, question="sex")


def quota(*dimensions: Dimension, **completes: int) -> CountedQuota:
    """Make a quota of cells that want ten and may have ten; a cell's name is its key, joined by _."""
    cells = (CellCount(tuple(name.strip("_").split("_")), 10, 10, done) for name, done in completes.items())
    return CountedQuota(dimensions, tuple(cells))


def test_without_quotas_the_label_is_empty_and_wanted_at_nothing() -> None:
    assert FrameLabels.over([]).label(area_code="450102", phone_kind="mobile") == ""
    assert dict(LabelNeeds([])) == {"": 0.0}


def test_what_only_the_respondent_can_tell_is_not_in_the_label() -> None:
    assert FrameLabels.over([[SEX]]).label(area_code="450102", phone_kind="mobile") == ""


def test_several_quotas_share_one_label_of_the_closest_look() -> None:
    labels = FrameLabels.over([[PROVINCE], [COUNTY, SEX], [PHONE]])
    assert labels.label(area_code="450102", phone_kind="fixed") == "area=450102 phone=fixed"


def test_a_unit_without_an_area_lies_outside() -> None:
    label = FrameLabels.over([[CITY]]).label(area_code=None, phone_kind="mobile")
    assert LabelNeeds([quota(CITY, _4501=0)]).get(label) is None


def test_the_most_wanted_cell_behind_a_label_counts() -> None:
    needs = LabelNeeds([quota(CITY, SEX, _4501_1=9, _4501_2=5, _4502_1=10, _4502_2=10)])
    assert dict(needs) == {"area=4501": 0.5, "area=4502": None}


def test_every_quota_must_want_a_label() -> None:
    needs = LabelNeeds([quota(CITY, _4501=2, _4502=2), quota(PHONE, mobile=10, fixed=4)])
    assert needs["area=4501 phone=mobile"] is None
    assert needs["area=4501 phone=fixed"] == pytest.approx(0.8)


def test_quotas_of_different_depth_look_at_the_same_label() -> None:
    needs = LabelNeeds([quota(PROVINCE, _45=10, _52=0), quota(COUNTY, _450102=0, _520102=0)])
    assert dict(needs) == {"area=450102": None, "area=520102": 1.0}


def test_a_label_that_no_cell_names_is_not_called() -> None:
    assert LabelNeeds([quota(CITY, _4501=0)]).get("area=1101") is None


def test_a_quota_over_answers_alone_holds_for_everybody() -> None:
    assert LabelNeeds([quota(SEX, _1=10, _2=4)])[""] == pytest.approx(0.6)
    assert LabelNeeds([quota(SEX, _1=10, _2=10)])[""] is None


@pytest.mark.parametrize(("label", "need"), [("", 1.0), ("area=45", 0.5), ("area=45 phone=mobile", 0.5)])
def test_a_label_of_an_earlier_quota_leaves_open_what_it_does_not_say(label: str, need: float) -> None:
    needs = LabelNeeds([quota(CITY, _4501=5, _4502=10, _5201=0)])
    assert needs[label] == pytest.approx(need)


def test_a_closed_or_full_cell_wants_nobody() -> None:
    closed = CellCount(("mobile",), 10, 10, closing=Closing.SOFT)
    full = CellCount(("fixed",), 10, 10, completes=7, held=3)
    assert dict(LabelNeeds([CountedQuota((PHONE,), (closed, full))])) == {"phone=mobile": None, "phone=fixed": None}
