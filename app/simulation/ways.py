"""What is asked of a simulation: which policies, over which rules, on which people."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.core.errors import Fault, InvalidInputError
from app.simulation.campaign import SimulatedCampaign
from app.simulation.comparison import ALL, BASE_NAME, PROCESSES, Comparison, Seeds, Way, compare, populations_named
from app.simulation.policies import THIS_ONE, find_policy, policies

UNREADABLE: Final = "This file is no JSON document: %(reason)s."
NO_DOCUMENT: Final = "A rules document is one JSON object, with the fields that the campaign's rules have."


@dataclass(frozen=True)
class NamedRules:
    """A rules document under the name that tables show."""

    name: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Files:
    """Rules documents: `rules` takes the place of the campaign's own, `against` is compared with them."""

    rules: Path | None = None
    against: Path | None = None


@dataclass(frozen=True)
class Inquiry:
    """What is to be simulated."""

    ways: tuple[Way, ...]
    campaign: SimulatedCampaign
    populations: tuple[str, ...]
    seeds: Seeds

    @property
    def runs(self) -> int:
        """How many times the people of a seed are drawn and worked, each time by every way."""
        return len(self.populations) * self.seeds.number

    def answer(self, *, processes: int = PROCESSES, show: Callable[[], object]) -> list[Comparison]:
        """Run everything, calling `show` after each seed; raises InvalidInputError when rules cannot be used."""
        return compare(self.ways, self.campaign, self.populations, seeds=self.seeds, processes=processes, show=show)


def ask(
    campaign: SimulatedCampaign,
    seeds: Seeds,
    *,
    files: Files | None = None,
    population: str | None = None,
    all_policies: bool = False,
) -> Inquiry:
    """Put an inquiry together; without a population, a comparison of policies is made for all of them.

    Raises InvalidInputError.
    """
    ways = ways_for(campaign, files or Files(), all_policies=all_policies)
    named = population or (ALL if all_policies else BASE_NAME)
    return Inquiry(tuple(ways), campaign, populations_named(named), seeds)


def ways_for(campaign: SimulatedCampaign, files: Files, *, all_policies: bool) -> list[Way]:
    """Return one way for each policy and rules document, with names that tell them apart."""
    chosen = list(policies().values()) if all_policies else [find_policy(THIS_ONE)]
    first = read_rules_file(files.rules) if files.rules else NamedRules(campaign.name, campaign.document)
    if files.against is None:
        return [Way(policy.title, policy, first.document) for policy in chosen]
    second = read_rules_file(files.against)
    documents = [first, NamedRules(f"{second.name} (against)", second.document)]
    return [
        Way(f"{policy.title}, {one.name}" if all_policies else one.name, policy, one.document)
        for policy in chosen
        for one in documents
    ]


def read_rules_file(path: Path) -> NamedRules:
    """Read a rules document; what stands in it is checked when it is used. Raises InvalidInputError."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except ValueError as error:  # no UTF-8, or no JSON
        fault = Fault(path.name, UNREADABLE, (("reason", str(error)),))
        raise InvalidInputError("The rules cannot be used.", (fault,)) from error
    if not isinstance(document, dict):
        raise InvalidInputError("The rules cannot be used.", (Fault(path.name, NO_DOCUMENT),))
    return NamedRules(path.stem, document)
