"""Cells, seats held by live interviews, closing."""
