"""What is asked of a simulation: which policies, over which rules, on which people."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.core.errors import Fault, InvalidInputError
from app.simulation.comparison import ALL, BASE_NAME, PROCESSES, Comparison, Extent, Way, compare, populations_named
from app.simulation.plans import THIS_ONE, Ground, SimulatedCampaign, find_policy, policies

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
    ground: Ground
    populations: tuple[str, ...]
    extent: Extent

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        return len(self.ways) * len(self.populations) * self.extent.seeds

    def answer(self, *, processes: int = PROCESSES, show: Callable[[], object]) -> list[Comparison]:
        """Run everything, calling `show` after each run; raises InvalidInputError when rules cannot be used."""
        return compare(self.ways, self.ground, self.populations, extent=self.extent, processes=processes, show=show)


def ask(
    campaign: SimulatedCampaign,
    extent: Extent,
    *,
    files: Files | None = None,
    population: str | None = None,
    all_policies: bool = False,
) -> Inquiry:
    """Put an inquiry together; without a population, a comparison of policies is made for all of them.

    A campaign with a sample of its own sets the size of the sample. Raises InvalidInputError.
    """
    ways = ways_for(campaign, files or Files(), all_policies=all_policies)
    named = population or (ALL if all_policies else BASE_NAME)
    size = replace(extent, numbers=campaign.numbers or extent.numbers)
    return Inquiry(tuple(ways), campaign.ground, populations_named(named), size)


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
