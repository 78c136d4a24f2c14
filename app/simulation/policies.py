"""Ways of treating language, read from a file, and the rules that come of laying one over a campaign's own."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from app.campaigns.rule_book import default_rules, shipped_treatments
from app.campaigns.rules import Rules, read_rules
from app.campaigns.service import DAY_HOURS
from app.core.errors import Fault, InvalidInputError
from app.languages.domain import Level

THIS_ONE: Final = "this_one"
UNKNOWN_POLICY: Final = "There is no policy %(key)s. Choose one of %(keys)s."
NO_TREATMENT: Final = "Say what this outcome does next."  # the words of the rule book


class Policy(BaseModel):
    """A way of treating language; `rules` is laid over the campaign's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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


@cache
def policies() -> dict[str, Policy]:
    """Return the shipped policies by key, in the order of the file."""
    table = tomllib.loads(files("app.simulation").joinpath("data/policies.toml").read_text("utf-8"))
    shipped = [Policy.model_validate(entry) for entry in table["policies"]]
    return {policy.key: policy for policy in shipped}


def find_policy(key: str) -> Policy:
    """Return a policy; raises InvalidInputError that names them all."""
    if key not in policies():
        raise InvalidInputError(UNKNOWN_POLICY, key=key, keys=", ".join(policies()))
    return policies()[key]


def shipped_rules(*, attempts: int = 8) -> dict[str, Any]:
    """Return the document that a new campaign starts with."""
    return default_rules(DAY_HOURS, attempts=attempts)


def rules_from(document: Mapping[str, Any]) -> Rules:
    """Read a rules document that says what every shipped outcome does; raises InvalidInputError by field."""
    rules = read_rules(document)
    missing = sorted(set(shipped_treatments()) - set(rules.treatments))
    if missing:
        faults = tuple(Fault(f"treatments.{code}", NO_TREATMENT) for code in missing)
        raise InvalidInputError("The rules cannot be used.", faults)
    return rules


def _overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, entry in over.items():
        merged[key] = _overlaid(base.get(key) or {}, entry) if isinstance(entry, Mapping) else entry
    return merged
