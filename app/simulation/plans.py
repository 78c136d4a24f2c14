"""What is simulated: places, interviewers and policies, read from files in which each figure names its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from app.campaigns.rule_book import default_rules
from app.campaigns.rules import Rules, read_rules
from app.campaigns.service import DAY_HOURS
from app.core.errors import Fault, InvalidInputError
from app.languages.domain import Level, Understanding
from app.languages.shipped import shipped_prior, shipped_understanding
from app.telephony.emulator.population import AreaShares

THIS_ONE: Final = "this_one"
UNKNOWN_POLICY: Final = "There is no policy %(key)s. Choose one of %(keys)s."
NO_TREATMENT: Final = "Say what this outcome does next."  # the words of the rule book


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldworkFigures(_Read):
    """The assumptions about a campaign; `places` are (area code, share), `repertoires` taken in turn."""

    starts_at: datetime
    time_zone: str
    ring_seconds: int
    attempts: int
    offered: tuple[str, ...]
    places: tuple[tuple[str, float], ...]
    repertoires: tuple[dict[str, Level], ...]


class Policy(_Read):
    """A way of treating language; `rules` is laid over the campaign's own."""

    key: str
    title: str
    words: str
    sees_lects: bool
    speaks: tuple[str, ...] = ()
    rules: dict[str, Any] = {}

    def skills_of(self, repertoire: Mapping[str, Level]) -> dict[str, Level]:
        """Return the lects of an interviewer that the policy lets them use."""
        return {lect: level for lect, level in repertoire.items() if not self.speaks or lect in self.speaks}

    def over(self, document: Mapping[str, Any]) -> Rules:
        """Lay the policy over a rules document; raises InvalidInputError that names every wrong field."""
        return rules_from(_overlaid(document, self.rules))


@dataclass(frozen=True)
class Ground:
    """Where is called: how many of each area, what is spoken there, who follows whom.

    `places` are (area code, weight); `is_count` says that the weights are numbers of people and not shares.
    """

    places: tuple[tuple[str, float], ...]
    shares: Mapping[str, AreaShares]
    understanding: Understanding
    offered: tuple[str, ...]
    time_zone: str
    is_count: bool = False


def figures() -> FieldworkFigures:
    """Return the shipped assumptions."""
    return FieldworkFigures.model_validate(_values(_read("fieldwork")))


@cache
def policies() -> dict[str, Policy]:
    """Return the shipped policies by key, in the order of the file."""
    shipped = [Policy.model_validate(table) for table in _read("policies")["policies"]]
    return {policy.key: policy for policy in shipped}


def find_policy(key: str) -> Policy:
    """Return a policy; raises InvalidInputError that names them all."""
    if key not in policies():
        raise InvalidInputError(UNKNOWN_POLICY, key=key, keys=", ".join(policies()))
    return policies()[key]


@dataclass(frozen=True)
class SimulatedCampaign:
    """Whom to call by which rules; `name` is what tables call the rules."""

    name: str
    ground: Ground
    document: Mapping[str, Any]

    @property
    def numbers(self) -> int | None:
        """The size of the sample, where the ground gives it."""
        return int(sum(count for _, count in self.ground.places)) if self.ground.is_count else None


def shipped_campaign() -> SimulatedCampaign:
    """Return the synthetic campaign; the shipped shares of lects are taken as the truth."""
    assumed = figures()
    shares = {code: tuple((part.lect, part.share) for part in shipped_prior(code)) for code, _ in assumed.places}
    ground = Ground(assumed.places, shares, shipped_understanding(), assumed.offered, assumed.time_zone)
    return SimulatedCampaign("shipped rules", ground, shipped_rules())


def shipped_rules() -> dict[str, Any]:
    """Return the document that a new campaign starts with."""
    return default_rules(DAY_HOURS, attempts=figures().attempts)


def rules_from(document: Mapping[str, Any]) -> Rules:
    """Read a rules document that says what every shipped outcome does; raises InvalidInputError by field."""
    rules = read_rules(document)
    missing = sorted(set(shipped_rules()["treatments"]) - set(rules.treatments))
    if missing:
        faults = tuple(Fault(f"treatments.{code}", NO_TREATMENT) for code in missing)
        raise InvalidInputError("The rules cannot be used.", faults)
    return rules


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("app.simulation").joinpath(f"data/{name}.toml").read_text("utf-8"))


def _values(entry: Any) -> Any:
    """Drop marks and sources, which are for readers."""
    if isinstance(entry, dict):
        return entry["value"] if "value" in entry else {key: _values(inner) for key, inner in entry.items()}
    return [_values(inner) for inner in entry] if isinstance(entry, list) else entry


def _overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, entry in over.items():
        merged[key] = _overlaid(base.get(key) or {}, entry) if isinstance(entry, Mapping) else entry
    return merged
