"""The rules of monitoring: whether supervisors may be in calls under way, and whether interviewers see it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class MonitoringMode(StrEnum):
    """Whether anybody may listen to calls under way."""

    OFF = "off"
    ON = "on"


class MonitoringRules(BaseModel):
    """Whether supervisors may listen, coach and break in.

    With `is_shown` the interviewer's screen says who listens. Who coaches or breaks in is heard, and shown always.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: MonitoringMode = MonitoringMode.ON
    is_shown: bool = True
