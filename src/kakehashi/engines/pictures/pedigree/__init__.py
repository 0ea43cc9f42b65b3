"""Pedigrees drawn to convention: a plan (``lay_out``), an SVG (``draw``) and its words (``summary``)."""

from kakehashi.engines.pictures.pedigree.drawing import draw, name, summary
from kakehashi.engines.pictures.pedigree.family import Couple, Individual, Pedigree
from kakehashi.engines.pictures.pedigree.layout import HALF, Layout, Line, Place, lay_out

__all__ = ["HALF", "Couple", "Individual", "Layout", "Line", "Pedigree", "Place", "draw", "lay_out", "name", "summary"]
