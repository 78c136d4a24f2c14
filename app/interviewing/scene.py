"""All that a screen with a case is made from, read in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.campaigns.desk_rules import PacingRules, WrapUpRules
from app.campaigns.recording_rules import RecordingMode
from app.campaigns.rule_book import rules_of
from app.campaigns.rules import MeasureRules, Rules
from app.core.straight import rows
from app.dialing.domain import FactKind, Guess, KnownFact, best_guess
from app.dialing.greeting import greeting_lect
from app.dialing.measures import Measure, shares_of
from app.interviewing.cards import LectCard
from app.languages.domain import UNDETERMINED, UNIDENTIFIED, Level, Understanding
from app.languages.service import understanding_at

_ALWAYS: Final = f"ARRAY['{UNIDENTIFIED}', '{UNDETERMINED}']"  # lects that every screen names


@dataclass(frozen=True)
class SceneRow:
    """What `scene_query` returns."""

    case_id: int
    attempts_counted: int
    sample_unit_id: int
    time_zone: str
    place_name: str
    id: int
    rules_version: int
    rules_hash: str
    masked: str | None
    appointment_at: str | None
    appointment_note: str | None
    code: str | None
    outcomes: dict[str, list[str]] | None
    measures: dict[str, bool] | None
    revision: str | None
    skills: dict[str, str] | None
    facts: list[list[Any]] | None
    offered: list[list[str]]
    tries: list[list[Any]] | None
    names: dict[str, list[str]]


@dataclass(frozen=True)
class HeardFact:
    """A language fact of the case, and the attempt on which it was learnt."""

    kind: FactKind
    lect: str
    confidence: float
    attempt_id: int | None


@dataclass(frozen=True)
class Try:
    """One attempt of the case, as the screen needs it."""

    id: int
    state: str
    ending: str | None
    outcome: str | None
    provisional_outcome: str | None
    note: str | None
    is_held: bool
    is_inbound: bool
    requested_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def since(self) -> datetime:
        """When the call came to where it stands."""
        return self.ended_at or self.answered_at or self.rang_at or self.requested_at


@dataclass(frozen=True)
class Offered:
    """A lect the campaign offers, with the first words in it."""

    lect: str
    greeting: str


@dataclass(frozen=True)
class Scene:
    """A case on the screen of one interviewer; `tries` has the newest first."""

    case_id: int
    campaign_id: int
    place_name: str
    masked_number: str
    time_zone: str
    attempts_counted: int
    attempt_limit: int
    appointment_at: datetime | None
    appointment_note: str | None
    code: str | None
    reads_code: bool
    recording_mode: RecordingMode
    shows_listeners: bool
    plays_clip: bool
    pacing: PacingRules
    wrap_up: WrapUpRules
    skills: dict[str, Level]
    understanding: Understanding
    facts: Sequence[HeardFact]
    offered: Sequence[Offered]
    names: dict[str, LectCard]
    tries: Sequence[Try]
    outcomes: dict[str, tuple[str, str]]  # those of the tries, by code in Chinese and English

    @property
    def known_facts(self) -> list[KnownFact]:
        """The facts as the guess reads them."""
        return [KnownFact(fact.kind, fact.lect, fact.confidence) for fact in self.facts]

    @property
    def guess(self) -> Guess:
        """The lect this case should be called in, as far as is known."""
        return best_guess(self.known_facts, [row.lect for row in self.offered])


def scene_query(case_id: str) -> str:
    """Return the query for one document with the fields of a `SceneRow`; `case_id` is SQL for the case's id.

    It is bound to `person`, on whose screen it is.
    """
    return f"""
    SELECT row_to_json(scene) AS scene FROM (
        SELECT held.id AS case_id, held.attempts_counted, held.sample_unit_id, pool.time_zone, unit.place_name,
            campaign.id, campaign.rules_version, campaign.rules_hash,
            number.masked, booked.starts_at AS appointment_at, booked.note AS appointment_note,
            (SELECT code FROM case_code WHERE case_id = held.id) AS code,
            (
                SELECT json_object_agg(code, json_build_array(label_zh, label_en)) FROM outcome
                WHERE campaign_id = held.campaign_id AND code IN (SELECT outcome FROM attempt WHERE case_id = held.id)
            ) AS outcomes,
            (SELECT json_object_agg(measure, is_given) FROM case_measure WHERE case_id = held.id) AS measures,
            (SELECT token FROM registry_revision) AS revision,
            (SELECT json_object_agg(lect, level) FROM interviewer_lect WHERE person_id = %(person)s) AS skills,
            facts.facts, offered.offered, tries.tries,
            (
                SELECT json_object_agg(lect.tag, json_build_array(lect.name_zh, lect.name_en))
                FROM unnest(facts.tags || offered.tags || {_ALWAYS}) AS shown(tag) JOIN lect USING (tag)
            ) AS names
        FROM survey_case AS held
        JOIN pool ON pool.id = held.pool_id
        JOIN campaign ON campaign.id = held.campaign_id
        JOIN sample_unit AS unit ON unit.id = held.sample_unit_id
        LEFT JOIN phone_number AS number
            ON number.sample_unit_id = held.sample_unit_id AND number.position = held.next_position
        LEFT JOIN LATERAL (
            SELECT starts_at, note FROM appointment
            WHERE case_id = held.id AND kept_at IS NULL AND superseded_at IS NULL LIMIT 1
        ) AS booked ON true
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_array(kind, lect, confidence, attempt_id) ORDER BY id) AS facts,
                coalesce(array_agg(lect), '{{}}') AS tags
            FROM language_fact WHERE case_id = held.id
        ) AS facts
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_array(lect, greeting) ORDER BY position) AS offered, array_agg(lect) AS tags
            FROM campaign_lect WHERE campaign_id = campaign.id
        ) AS offered
        CROSS JOIN LATERAL (
            SELECT json_agg(
                json_build_array(id, attempt.state, ending, outcome, provisional_outcome, note,
                                 coalesce(is_held, false), direction = 'inbound',
                                 requested_at, rang_at, answered_at, ended_at) ORDER BY id DESC
            ) AS tries
            FROM attempt LEFT JOIN call_request ON call_request.attempt_id = attempt.id
            WHERE case_id = held.id
        ) AS tries
        WHERE held.id = {case_id}
    ) AS scene
    """


_OF_CASE: Final = scene_query("%(case_id)s")


@dataclass(frozen=True)
class _Read:
    scene: dict[str, Any]


def read_scene(session: Session, case_id: int, person_id: int) -> Scene:
    """Read what one interviewer's screen shows of a case."""
    [read] = rows(session, _Read, _OF_CASE, case_id=case_id, person=person_id)
    row = SceneRow(**read.scene)
    return scene_from(row, rules_of(session, row), understanding_at(session, row.revision))


def scene_from(read: SceneRow, rules: Rules, understanding: Understanding) -> Scene:
    """Make sense of what was read; `rules` and `understanding` are those that the row names."""
    return Scene(
        case_id=read.case_id,
        campaign_id=read.id,
        place_name=read.place_name,
        masked_number=read.masked or "",
        time_zone=read.time_zone,
        attempts_counted=read.attempts_counted,
        attempt_limit=rules.limits.per_case,
        appointment_at=_instant(read.appointment_at),
        appointment_note=read.appointment_note,
        code=read.code,
        reads_code=_is_given(Measure.CODE, read.measures or {}, rules.measures),
        recording_mode=rules.recording.mode,
        shows_listeners=rules.monitoring.is_shown,
        plays_clip=_is_given(Measure.CLIP, read.measures or {}, rules.measures),
        pacing=rules.pacing,
        wrap_up=rules.wrap_up,
        skills={lect: Level(level) for lect, level in (read.skills or {}).items()},
        understanding=understanding,
        facts=[HeardFact(FactKind(kind), *rest) for kind, *rest in read.facts or ()],
        offered=[Offered(lect, greeting) for lect, greeting in read.offered],
        names={tag: LectCard(tag, name_zh, name_en) for tag, (name_zh, name_en) in read.names.items()},
        tries=[Try(*words, *map(_instant, instants)) for *words, instants in map(_split, read.tries or ())],
        outcomes={code: (label_zh, label_en) for code, (label_zh, label_en) in (read.outcomes or {}).items()},
    )


def greeting_of(scene: Scene) -> str:
    """Return the lect to open in, of those offered that the interviewer interviews in."""
    speakable = [row.lect for row in scene.offered if scene.skills.get(row.lect) == Level.INTERVIEWS]
    return greeting_lect(scene.known_facts, speakable or [scene.offered[0].lect], scene.understanding)


def _is_given(measure: Measure, drawn: dict[str, bool], rules: MeasureRules) -> bool:
    """Tell what was drawn; a case for which nothing was drawn yet gets what is in use."""
    return drawn.get(measure, measure in shares_of(rules))


_WORDS: Final = 8


def _split(row: list[Any]) -> tuple[Any, ...]:
    return (*row[:_WORDS], row[_WORDS:])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
