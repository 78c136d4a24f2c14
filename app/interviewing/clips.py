"""Play a recorded greeting into the call: by a key, or by itself before the interviewer speaks; each play is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.clips import Clip, clips_of
from app.campaigns.models import Campaign, GreetingClip
from app.campaigns.rule_book import rules_of
from app.core.db import SessionFactory
from app.core.errors import ConflictError, NotFoundError
from app.core.live import announce, person_topic
from app.core.straight import rows
from app.dialing.models import Attempt
from app.interviewing.cards import ClipCard, PlayedClip
from app.interviewing.holding import held
from app.interviewing.models import ClipPlay
from app.interviewing.scene import Scene, Try, greeting_of, read_scene
from app.interviewing.sound_links import SOUNDS_PATH, SoundLinks
from app.telephony.domain import CallState
from app.telephony.gateway import Gateway, GatewayError

# Whoever answered longer ago is talking with the interviewer by now, and no recording breaks in on that.
GREETED_WITHIN: Final = timedelta(seconds=10)
_UNGREETED: Final = """
    SELECT attempt.id, attempt.case_id, attempt.interviewer_id, attempt.campaign_id FROM presence
    JOIN attempt ON attempt.case_id = presence.case_id AND attempt.interviewer_id = presence.person_id
        AND attempt.state = 'talking' AND attempt.direction = 'outbound' AND attempt.answered_at > %(since)s
    WHERE presence.state = 'talking'
        AND NOT EXISTS (SELECT FROM clip_play WHERE clip_play.attempt_id = attempt.id)
"""


@dataclass(frozen=True)
class _Ungreeted:
    id: int
    case_id: int
    interviewer_id: int
    campaign_id: int


def clip_path(clip_id: int) -> str:
    """Return the path at which the provider fetches a clip."""
    return f"{SOUNDS_PATH}/clips/{clip_id}"


def play_greeting(
    make_session: SessionFactory, gateway: Gateway, links: SoundLinks, *, person_id: int, lect: str, now: datetime
) -> None:
    """Play the clip in that lect to whoever is on the interviewer's line.

    Raises ConflictError when nobody is, or where there is none, GatewayError when it cannot be played.
    """
    with make_session() as session, session.begin():
        holding = held(session, person_id)
        attempt = holding.talking_attempt
        scene = read_scene(session, holding.case.id, person_id)
        if not scene.plays_clip:
            raise ConflictError("This case does without a recorded greeting.")
        clip = _clip_in(session, scene.campaign_id, lect)
        if clip is None:
            raise ConflictError("There is no recorded greeting in this lect.")
        play = _note(session, attempt, clip, person_id=person_id, now=now)
    problem = _play(make_session, gateway, play, address=links.address(clip_path(clip.id), now=now))
    if problem is not None:
        raise problem


def greet_answered(make_session: SessionFactory, gateway: Gateway, links: SoundLinks, *, now: datetime) -> int:
    """Play the greeting to those who have just answered, where the campaign says so; returns to how many."""
    with make_session() as session, session.begin():
        ungreeted = rows(session, _Ungreeted, _UNGREETED, since=now - GREETED_WITHIN)
        due = [one for one in ungreeted if _greets_itself(session, one.campaign_id)]
    greeted = 0
    for one in due:
        with make_session() as session, session.begin():
            attempt = session.get_one(Attempt, one.id, with_for_update={"key_share": True})
            clip = _expected_clip(session, one)
            again = session.scalar(select(ClipPlay.id).where(ClipPlay.attempt_id == one.id).limit(1))
            play = _note(session, attempt, clip, person_id=None, now=now) if clip and again is None else None
        if play is not None and clip is not None:
            _play(make_session, gateway, play, address=links.address(clip_path(clip.id), now=now))
            greeted += 1
    return greeted


def _greets_itself(session: Session, campaign_id: int) -> bool:
    return rules_of(session, session.get_one(Campaign, campaign_id)).measures.clip_plays_itself


def _expected_clip(session: Session, one: _Ungreeted) -> Clip | None:
    scene = read_scene(session, one.case_id, one.interviewer_id)
    return _clip_in(session, one.campaign_id, greeting_of(scene)) if scene.plays_clip else None


def _clip_in(session: Session, campaign_id: int, lect: str) -> Clip | None:
    return next((clip for clip in clips_of(session, campaign_id) if clip.lect == lect), None)


def _note(session: Session, attempt: Attempt, clip: Clip, *, person_id: int | None, now: datetime) -> ClipPlay:
    play = ClipPlay(attempt_id=attempt.id, clip_id=clip.id, person_id=person_id, at=now)
    session.add(play)
    session.flush()
    return play


def _play(
    make_session: SessionFactory, gateway: Gateway, play: ClipPlay, *, address: str
) -> ConflictError | GatewayError | None:  # fmt: skip
    """Ask for it; a failure is kept with the play, and returned."""
    failure: ConflictError | GatewayError | None = None
    try:
        gateway.play(attempt_id=play.attempt_id, address=address)
    except (ConflictError, GatewayError) as error:
        failure = error
    with make_session() as session, session.begin():
        if failure is not None:
            session.get_one(ClipPlay, play.id, populate_existing=True).problem = failure.words()
        announce(session, person_topic(session.get_one(Attempt, play.attempt_id).interviewer_id))
    return failure


def clip_sound(session: Session, clip_id: int) -> GreetingClip:
    """Return a clip with its sound, in force or not; raises NotFoundError."""
    clip = session.get(GreetingClip, clip_id)
    if clip is None or not clip.content:
        raise NotFoundError
    return clip


def clip_card(session: Session, scene: Scene, current: Try | None) -> ClipCard | None:
    """Return which greetings can be played into the call on the line, and what was; None where there are none."""
    if not scene.plays_clip or current is None or current.state != CallState.TALKING:
        return None
    clips = clips_of(session, scene.campaign_id)
    played = (
        select(ClipPlay.at, GreetingClip.lect, GreetingClip.version, GreetingClip.seconds, ClipPlay.problem)
        .join(GreetingClip, GreetingClip.id == ClipPlay.clip_id)
        .where(ClipPlay.attempt_id == current.id)
        .order_by(ClipPlay.id.desc())
    )
    plays = tuple(PlayedClip(*row) for row in session.execute(played))
    return ClipCard(tuple(clip.lect for clip in clips), plays) if clips or plays else None
