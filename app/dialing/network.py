"""Build the emulated telephone network from what the installation knows of places and lects."""

from functools import cached_property, lru_cache

from app.core.db import SessionFactory
from app.core.privacy import Vault
from app.languages.domain import Understanding
from app.languages.gazetteer import Gazetteer
from app.languages.numbers import NumberKind, read_number
from app.languages.service import load_gazetteer, load_understanding, prior_of
from app.telephony.emulator.exchange import Exchange
from app.telephony.emulator.figures import load_population
from app.telephony.emulator.messages import MessageCentre
from app.telephony.emulator.population import AreaShares

PLACES_REMEMBERED = 1_000


class Places:
    """What the emulated people speak where: the installation's own prior, taken as the truth."""

    def __init__(self, make_session: SessionFactory) -> None:
        self._make_session = make_session
        self._shares_in = lru_cache(PLACES_REMEMBERED)(self._read_shares)

    def shares_of(self, number: str) -> AreaShares:
        """Return the lects at a number's place with their shares, () where the number tells no place."""
        return self._shares_in(self._gazetteer.place_of(read_number(number, region="ZZ").name_zh))

    def _read_shares(self, code: str | None) -> AreaShares:
        with self._make_session() as session:
            return tuple((share.lect, share.share) for share in prior_of(session, code))

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        with self._make_session() as session:
            return load_gazetteer(session)

    @cached_property
    def _understanding(self) -> Understanding:
        with self._make_session() as session:
            return load_understanding(session)

    def follows(self, listener: str, speaker: str) -> float:
        """Return how far people of one lect follow another, 0 to 1."""
        return self._understanding.degree(listener, speaker)


def emulated_network(
    make_session: SessionFactory, vault: Vault, *, seed: int, population: str = "population", zone: str | None = None
) -> Exchange:
    """Open the emulator; the same seed gives the same people behind the same numbers.

    With `zone` all of them keep the hours of that time zone, otherwise those of the population file.
    """
    places = Places(make_session)
    return Exchange(
        make_session,
        load_population(population),
        vault=vault,
        seed=seed,
        area_shares=places.shares_of,
        follows=places.follows,
        time_zone_of=(lambda _number: zone) if zone else None,
    )


def message_centre(make_session: SessionFactory, vault: Vault, *, seed: int) -> MessageCentre:
    """Open the emulated network's messages; landlines take none, as the numbering plans tell them."""

    def is_mobile(number: str) -> bool:
        return read_number(number, region="ZZ").kind != NumberKind.FIXED

    return MessageCentre(make_session, vault, seed, is_mobile)
