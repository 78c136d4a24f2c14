"""Campaigns, their codebook and their responses, for clients that score and archive."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.access import require
from app.accounts.domain import Permission, Principal
from app.audit import service as audit
from app.campaigns.service import get_campaign, lects_of_campaign, list_campaigns
from app.core.clock import Now
from app.core.db import ReadSession, WriteSession
from app.core.paging import read_cursor, write_cursor
from app.core.turns import Router
from app.delivery.completion import CompletionView, completion_of
from app.delivery.course import Course, course_of
from app.delivery.responses import read_feed
from app.questionnaires.models import QuestionnaireVersion
from app.questionnaires.service import load_form
from app.questionnaires.session import CodebookItem, codebook

router = Router(prefix="/campaigns", tags=["campaigns"])
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=1000, description="records in a page, at most 1000")]


class CampaignOut(BaseModel):
    """One campaign as a client sees it; `settled_at` is when, after the close, every case had its final outcome."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    state: str
    time_zone: str
    opened_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None


class CampaignPage(BaseModel):
    """A page of campaigns."""

    data: list[CampaignOut]
    next_cursor: str | None
    has_more: bool


class LanguageOut(BaseModel):
    """What is known of the languages of one response."""

    predicted: list[dict[str, Any]]
    declared: str | None
    observed: str | None
    used: str
    answers_by_lect: dict[str, int]
    answer_lect: dict[str, str]
    answer_wording: dict[str, str]
    best_guess: str
    interviewer_level: str | None
    match: str


class ParadataOut(BaseModel):
    """How the answers came to be; each map holds only the questions that have something to tell.

    `latency_ms` runs from the question read to its answer, `reading_ms` from the question shown to its last word
    read. `words` is what the respondent said beside the code, `corrections` how often an answer was put right,
    `marks` how often each kind of thing was noted, `comprehension` how well each section was followed, 1 to 5.
    """

    latency_ms: dict[str, int] = Field(default_factory=dict)
    reading_ms: dict[str, int] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    probed: list[str] = Field(default_factory=list)
    corrections: dict[str, int] = Field(default_factory=dict)
    marks: dict[str, int] = Field(default_factory=dict)
    comprehension: dict[str, int] = Field(default_factory=dict)


class QuestionnaireOut(BaseModel):
    """The immutable version that was asked."""

    version: int
    title: str
    sha256: str


class ResponseOut(BaseModel):
    """One version of one response; codes are text, numbers are numbers, nothing is null."""

    response_uid: str
    change_sequence: int
    version: int
    campaign_id: int
    case_id: int
    status: str
    outcome: str
    questionnaire: QuestionnaireOut
    area_code: str | None
    time_zone: str
    started_at: datetime
    ended_at: datetime | None
    closed_at: datetime
    interviewer_id: int
    attempts: int
    answers: dict[str, str | int | float | list[str] | None]
    answer_status: dict[str, str]
    language: LanguageOut
    # Empty in records of before it was kept.
    paradata: ParadataOut = ParadataOut()
    misread: list[str]
    # Whether the case got each trust measure that was drawn for it; empty in records of before there were any.
    measures: dict[str, bool] = Field(default_factory=dict)


class ResponsePage(BaseModel):
    """A page of the change feed; go on with `next_cursor`, also later, for what is new by then."""

    data: list[ResponseOut]
    next_cursor: str
    has_more: bool


class CodebookOut(BaseModel):
    """What each answer means, for one questionnaire version."""

    questionnaire: QuestionnaireOut
    lects: list[str]
    items: list[CodebookItem]


@router.get("")
def list_all(
    principal: Annotated[Principal, require(Permission.LIST_CAMPAIGNS)],
    session: ReadSession,
    *,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> CampaignPage:
    """List the campaigns you may see, in the order of their ids."""
    after = read_cursor(cursor)
    allowed = principal.campaigns_with(Permission.LIST_CAMPAIGNS)
    seen = [c for c in list_campaigns(session) if allowed is None or c.id in allowed]
    later = sorted((campaign for campaign in seen if campaign.id > after), key=lambda campaign: campaign.id)
    page = later[:limit]
    has_more = len(later) > limit
    return CampaignPage(
        data=[CampaignOut.model_validate(campaign) for campaign in page],
        next_cursor=write_cursor(page[-1].id) if has_more else None,
        has_more=has_more,
    )


@router.get("/{campaign_id}/responses")
def list_responses(
    campaign_id: int,
    principal: Annotated[Principal, require(Permission.READ_RESPONSES)],
    *,
    session: WriteSession,
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> ResponsePage:
    """Pull closed interviews in the order of their change sequence; reading them is an audited act."""
    campaign = get_campaign(session, campaign_id)
    page = read_feed(session, campaign.id, after=read_cursor(cursor), limit=limit)
    audit.record(
        session,
        "responses.read",
        actor=principal.actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"records": len(page.records), "up_to": page.next_after},
        now=now,
    )
    return ResponsePage(
        data=[ResponseOut.model_validate(record) for record in page.records],
        next_cursor=write_cursor(page.next_after),
        has_more=page.has_more,
    )


@router.get("/{campaign_id}/responses/{response_uid}/course")
def read_course(
    campaign_id: int,
    response_uid: UUID,
    principal: Annotated[Principal, require(Permission.READ_RESPONSES)],
    *,
    session: WriteSession,
    now: Now,
) -> Course:
    """Return every answer of one closed interview as it was given, corrections included; an audited act."""
    campaign = get_campaign(session, campaign_id)
    course = course_of(session, campaign.id, response_uid)
    audit.record(
        session,
        "responses.read",
        actor=principal.actor,
        subject=f"campaign:{campaign.id}",
        campaign_id=campaign.id,
        details={"records": 1, "course_of": str(response_uid)},
        now=now,
    )
    return course


@router.get("/{campaign_id}/codebook")
def read_codebook(
    campaign_id: int, _principal: Annotated[Principal, require(Permission.READ_CODEBOOK)], session: ReadSession
) -> CodebookOut:
    """Return the questions, their wordings in every lect, and what each code means."""
    campaign = get_campaign(session, campaign_id)
    version = session.get_one(QuestionnaireVersion, campaign.questionnaire_version_id)
    return CodebookOut(
        questionnaire=QuestionnaireOut(version=version.number, title=version.title, sha256=version.sha256),
        lects=[row.lect for row in lects_of_campaign(session, campaign.id)],
        items=codebook(load_form(session, version.id)),
    )


@router.get("/{campaign_id}/completion")
def read_completion(
    campaign_id: int,
    _principal: Annotated[Principal, require(Permission.WATCH_FIELDWORK)],
    *,
    session: ReadSession,
    now: Now,
) -> CompletionView:
    """Return how far the campaign is, as the supervisor's screen shows it."""
    return completion_of(session, get_campaign(session, campaign_id), now=now)
