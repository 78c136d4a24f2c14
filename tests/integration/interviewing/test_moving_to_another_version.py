"""A campaign in the field moves to another version: new interviews are held with it, begun ones keep their own."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.campaigns.service import close_campaign
from app.core.errors import ConflictError, InvalidInputError, NotFoundError
from app.interviewing.models import Interview
from app.interviewing.quota_changes import HELD_BEFORE
from app.interviewing.versions import HeldWith, ask_with, interviews_by_version
from app.languages.domain import PUTONGHUA
from app.questionnaires.models import QuestionnaireVersion
from app.questionnaires.service import publish_version
from app.questionnaires.workbook import EXAMPLES
from app.quotas.changing import Editor
from app.quotas.domain import Dimension, DimensionKind
from app.quotas.plans import CellPlan, QuotaPlan
from app.quotas.setting import set_quota
from tests.stage import Desk, Survey

SUE = "person:1"


def published(survey: Survey, *, residence: str = "residence", name: str = "safety") -> QuestionnaireVersion:
    workbook = openpyxl.load_workbook(EXAMPLES / "public-safety.xlsx")
    for row in workbook["survey"].iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("residence", residence)
    workbook["settings"]["A2"] = "Another title"
    workbook.save(target := io.BytesIO())
    return publish_version(
        survey.session,
        name=name,
        source=target.getvalue(),
        file_name="new.xlsx",
        published_by=None,
        now=survey.now,
    )


def version_of(survey: Survey) -> list[int]:
    return list(survey.session.scalars(select(Interview.questionnaire_version_id).order_by(Interview.id)))


@pytest.fixture
def after(desk: Desk, survey: Survey) -> int:
    """The new version, chosen while Ana asks the first question of an interview."""
    survey.add_numbers(("13977112346", "450100", "普通话"))
    new = published(survey)
    desk.reach()
    desk.post("interview", {"lect": PUTONGHUA})
    ask_with(survey.session, survey.campaign, new.id, actor=SUE, now=survey.now)
    return new.id


def test_an_interview_that_was_begun_keeps_its_version(after: int, desk: Desk, survey: Survey) -> None:
    finished = desk.interview(PUTONGHUA)
    assert finished["finished_as"] == "complete"
    assert after not in version_of(survey)


def test_the_next_interview_is_held_with_the_new_one(after: int, desk: Desk, survey: Survey) -> None:
    before = version_of(survey)[0]
    finished = desk.interview(PUTONGHUA)
    desk.post("hang-up")
    desk.post("outcome", {"code": finished["finished_as"]})
    desk.reach()
    desk.post("interview", {"lect": PUTONGHUA})
    assert interviews_by_version(survey.session, survey.campaign.id) == [
        HeldWith(after, 2, interviews=1, under_way=1),
        HeldWith(before, 1, interviews=1, under_way=0),
    ]


def test_the_change_is_in_the_record_and_doing_it_twice_is_in_it_once(survey: Survey) -> None:
    after = published(survey)
    for _ in range(2):
        ask_with(survey.session, survey.campaign, after.id, actor=SUE, now=survey.now)
    acts = survey.session.scalars(select(AuditEntry).where(AuditEntry.act == "campaign.questionnaire_changed")).all()
    assert [(act.actor, act.details["from"], act.details["to"]) for act in acts] == [(SUE, 1, 2)]


def test_in_the_field_another_questionnaire_is_refused(survey: Survey) -> None:
    other = published(survey, name="another survey")
    with pytest.raises(ConflictError, match="its own questionnaire"):
        ask_with(survey.session, survey.campaign, other.id, actor=SUE, now=survey.now)


def test_what_does_not_exist_cannot_be_asked(survey: Survey) -> None:
    with pytest.raises(NotFoundError):
        ask_with(survey.session, survey.campaign, 10**9, actor=SUE, now=survey.now)


def test_a_closed_campaign_keeps_its_questionnaire(survey: Survey) -> None:
    after = published(survey)
    close_campaign(survey.session, survey.campaign, actor=SUE, now=survey.now)
    with pytest.raises(ConflictError):
        ask_with(survey.session, survey.campaign, after.id, actor=SUE, now=survey.now)


def test_a_version_without_the_question_that_a_quota_counts_by_is_refused_and_named(survey: Survey) -> None:
    plan = QuotaPlan(
        "By residence", (Dimension(DimensionKind.ANSWER, question="residence"),), (CellPlan(("1",), 5, 5),)
    )
    set_quota(survey.session, survey.campaign, plan, earlier=HELD_BEFORE, editor=Editor(SUE), now=survey.now)
    renamed = published(survey, residence="living_here")
    before = survey.campaign.questionnaire_version_id
    with pytest.raises(InvalidInputError) as refused:
        ask_with(survey.session, survey.campaign, renamed.id, actor=SUE, now=survey.now)
    [fault] = refused.value.faults
    assert (fault.where, dict(fault.values)) == ("By residence", {"question": "residence"})
    assert survey.campaign.questionnaire_version_id == before
