"""What is spoken where, who follows whom, and in which lects interviews are held."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.languages.domain import Understanding
from app.telephony.emulator.population import AreaShares


@dataclass(frozen=True)
class Ground:
    """The language side of a campaign; the shares of a place are taken as the truth about its people."""

    shares: Mapping[str, AreaShares]
    understanding: Understanding
    offered: tuple[str, ...]
