"""The rules of recording: whether calls are recorded at all, and how long recordings are kept."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

LONGEST_KEPT: Final = 3_650  # days


class RecordingMode(StrEnum):
    """When a call is recorded."""

    OFF = "off"
    CONSENT = "consent"  # once the respondent has agreed, on this call
    ALWAYS = "always"  # from the answer on, where the law allows that; an objection ends it


class RecordingRules(BaseModel):
    """Whether calls are recorded, and for how long recordings are kept.

    A recording is deleted `keep_days` after it was made, also when that number is lowered later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: RecordingMode = RecordingMode.OFF
    keep_days: int = Field(default=90, ge=1, le=LONGEST_KEPT)
