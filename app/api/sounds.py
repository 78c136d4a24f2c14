"""What the provider fetches to play it in a call, by an address that nobody can make up."""

from typing import Annotated, Any, Final

from fastapi import Path, Query, Request, Response

from app.accounts.access import LARGEST_ID, PUBLIC
from app.core.clock import Now
from app.core.db import ReadSession
from app.core.turns import Router
from app.interviewing.clips import clip_path, clip_sound
from app.interviewing.read_out import recording_path
from app.questionnaires.service import find_recording

router = Router(prefix="/sounds", tags=["telephony"], dependencies=[PUBLIC])
LATEST: Final = 253_402_300_799  # the last second of the year 9999
SOUND: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "audio/wav": {"schema": {"type": "string", "format": "binary"}},
            "audio/mpeg": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Expires = Annotated[int, Query(ge=0, le=LATEST)]
Key = Annotated[str, Query(max_length=64)]


@router.get("/clips/{clip_id}", response_class=Response, responses=SOUND)
def fetch_clip(
    clip_id: Id, expires: Expires, key: Key, *, request: Request, session: ReadSession, now: Now
) -> Response:  # fmt: skip
    """Return a recorded greeting, as long as the address is good."""
    request.app.state.sound_links.require(clip_path(clip_id), expires=expires, key=key, now=now)
    clip = clip_sound(session, clip_id)
    return Response(clip.content, media_type=clip.media_type)


@router.get("/questions/{version_id}/{name}", response_class=Response, responses=SOUND)
def fetch_recording(
    version_id: Id,
    name: Annotated[str, Path(max_length=200)],
    *,
    expires: Expires,
    key: Key,
    request: Request,
    session: ReadSession,
    now: Now,
) -> Response:
    """Return the recording of a question, as long as the address is good."""
    request.app.state.sound_links.require(recording_path(version_id, name), expires=expires, key=key, now=now)
    recording = find_recording(session, version_id, name)
    return Response(recording.content, media_type=recording.media_type)
