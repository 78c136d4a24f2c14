"""The rules of the desk: how a dial begins, and how long a call is wrapped up."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from app.campaigns.domain import PacingMode


class WrapUpMode(StrEnum):
    """Who ends the time after a call, in which its outcome is coded."""

    OPEN = "open"  # the interviewer, whenever they are ready
    OPTIONAL = "optional"  # nobody, where the line or the interview says what happened; otherwise as with open
    TIMED = "timed"  # the interviewer, or the time
    FIXED = "fixed"  # after a conversation the time alone: nobody goes on before it is over; otherwise as with optional


class PacingRules(BaseModel):
    """How a dial begins; `preview_seconds` counts from the moment the case is on the screen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: PacingMode = PacingMode.PROGRESSIVE
    preview_seconds: int = Field(default=20, ge=3, le=600)


class WrapUpRules(BaseModel):
    """How long a call is wrapped up; `seconds` counts from its end, in the modes timed and fixed.

    When the time is over, the outcome on the screen is saved. None is ever made up: where nothing is chosen or
    suggested, the interviewer is asked to choose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: WrapUpMode = WrapUpMode.OPEN
    seconds: int = Field(default=60, ge=5, le=900)
