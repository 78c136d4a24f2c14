"""Questionnaires of a few rows, as the tests of the engine write them."""

from tests.unit.questionnaires.conftest import make_form, make_workbook, state

__all__ = ["make_form", "make_workbook", "state"]
