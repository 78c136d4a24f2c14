"""Check the texts of a phone list against languages, areas and numbering plans, each distinct text once."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from sqlalchemy.orm import Session

from app.core.errors import XiangyinError
from app.core.privacy import Vault
from app.languages.numbers import NumberPlace, read_number
from app.languages.service import area_path, load_gazetteer, load_lect_names
from app.sampling.reading import Lookups, Place

_Found = TypeVar("_Found")


def lookups_for(session: Session, *, region: str, time_zone: str, vault: Vault) -> Lookups:
    """Bind the checks to one import; a list of 100,000 rows names few areas and lects, so all are loaded once."""
    gazetteer = load_gazetteer(session)
    lects = load_lect_names(session)

    @cache
    def place_at(code: str) -> Place:
        return Place(code, "".join(area.name_zh for area in area_path(session, code)))

    @cache
    def place_named(name: str) -> Place | None:
        code = gazetteer.place_of(name)
        return place_at(code) if code else None

    def place_of_number(number: NumberPlace) -> Place | None:
        return place_named(number.name_zh) if number.name_zh else None

    return Lookups(
        read_number=lambda text: read_number(text, region=region),
        find_place=_once_per_text(lambda text: place_at(gazetteer.find(text))),
        place_of_number=place_of_number,
        find_lect=_once_per_text(lects.find),
        fingerprint=vault.fingerprint,
        time_zone=time_zone,
    )


def _once_per_text(find: Callable[[str], _Found]) -> Callable[[str], _Found]:
    """Remember answers and refusals alike; the search for close matches to an unknown name is the slow one."""
    found: dict[str, _Found] = {}
    refused: dict[str, XiangyinError] = {}

    def ask(text: str) -> _Found:
        if text in refused:
            raise refused[text]
        if text not in found:
            try:
                found[text] = find(text)
            except XiangyinError as error:
                refused[text] = error
                raise
        return found[text]

    return ask
