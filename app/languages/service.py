"""What other packages ask of languages: one place to import from."""

from app.languages.areas import area_path, find_area, import_areas, load_gazetteer, place_code
from app.languages.gazetteer import Gazetteer, UnknownAreaError
from app.languages.priors import import_priors, prior_of
from app.languages.reference import sync_reference_data
from app.languages.registry import (
    LectNames,
    UnknownLectError,
    add_lect,
    find_lect,
    list_lects,
    load_lect_names,
)
from app.languages.tables import ImportReport
from app.languages.understanding import load_understanding, set_understanding, understanding_at

__all__ = [
    "Gazetteer",
    "ImportReport",
    "LectNames",
    "UnknownAreaError",
    "UnknownLectError",
    "add_lect",
    "area_path",
    "find_area",
    "find_lect",
    "import_areas",
    "import_priors",
    "list_lects",
    "load_gazetteer",
    "load_lect_names",
    "load_understanding",
    "place_code",
    "prior_of",
    "set_understanding",
    "sync_reference_data",
    "understanding_at",
]
