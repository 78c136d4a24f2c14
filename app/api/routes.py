"""Gather the resources of /api/v1 under the rules that all of them share."""

from fastapi import Depends

from app.api import (
    campaigns,
    cases,
    clips,
    closures,
    demand,
    desk,
    desk_by_hand,
    desk_pace,
    desk_sound,
    identity,
    inbound,
    interviews,
    lexicon,
    line_texts,
    measures,
    messages,
    monitoring,
    notices,
    numbers,
    oauth,
    punctuality,
    quality,
    questionnaires,
    quotas,
    recordings,
    relisten,
    rooms,
    rules,
    sessions,
    sounds,
    telephony,
    verification,
)
from app.core.parameters import forbid_unknown_query
from app.core.problems import RESPONSES
from app.core.turns import Router

router = Router(prefix="/api/v1", dependencies=[Depends(forbid_unknown_query)], responses=RESPONSES)
# Those that somebody waits for come first: the routers are tried in this order.
router.include_router(desk.router)
router.include_router(telephony.router)
router.include_router(rooms.router)
router.include_router(oauth.router)
router.include_router(sessions.router)
router.include_router(interviews.router)
router.include_router(desk_pace.router)
router.include_router(desk_by_hand.router)
router.include_router(campaigns.router)
router.include_router(questionnaires.router)
router.include_router(quotas.router)
router.include_router(cases.router)
router.include_router(rules.router)
router.include_router(demand.router)
router.include_router(inbound.router)
router.include_router(closures.router)
router.include_router(punctuality.router)
router.include_router(identity.router)
router.include_router(verification.router)
router.include_router(numbers.router)
router.include_router(measures.router)
router.include_router(messages.router)
router.include_router(notices.router)
router.include_router(desk_sound.router)
router.include_router(recordings.router)
router.include_router(quality.router)
router.include_router(relisten.router)
router.include_router(monitoring.router)
router.include_router(lexicon.router)
router.include_router(clips.router)
router.include_router(sounds.router)
router.include_router(line_texts.router)
