"""A map of the world as SVG: countries shaded by a number, marked where they have something else too.

Outlines: Natural Earth (public domain) by way of world-atlas (ISC); names: Unicode CLDR. See ``making.py``. The map
says nothing of borders: land is drawn in one colour, and only countries with a number stand out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kakehashi.engines.pictures.plots import marks
from kakehashi.engines.pictures.world.projection import HEIGHT, project

CLASSES = 4
"""So many shades; the first is for one, the last for the most."""
LEGEND = 34
SMALL = 3.2
"""Radius of the disc of a country too small to have an outline."""


@dataclass(frozen=True)
class Place:
    """A country on the map: its two letters, how many (the shade), whether it is marked, what it says.

    ``at``: latitude and longitude, where no outline has that code (the European Union, say).
    """

    code: str
    number: int
    marked: bool
    words: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class WorldMap:
    """All that is drawn; ``shade`` and ``mark`` name in the legend what the two mean."""

    title: str
    told: str
    shade: str
    mark: str
    places: Sequence[Place]
    key: str = "world"


@cache
def _outlines() -> dict[str, Any]:
    text = (files("kakehashi.engines.pictures.world") / "outlines.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


def name_of(code: str, language: str) -> str:
    """The country's name in Japanese or English; the letters themselves where they are nobody's."""
    told = _outlines().get(code, {})
    return str(told.get("en" if language.startswith("en") else "ja", "") or code)


def draw_world(plot: WorldMap) -> str:
    """The map as SVG, each country with something in words of its own."""
    outlines = _outlines()
    shaded = {place.code for place in plot.places}
    land = "".join(one["path"] for code, one in outlines.items() if code not in shaded)
    most = max([1, *(place.number for place in plot.places)])
    body = [f'<path class="world-land" fill="{marks.RULES}" d="{land}"/>']
    body += [_shape(place, most) for place in plot.places]
    body += [_mark(place) for place in plot.places if place.marked]
    body += _legend(plot, most)
    return marks.frame("world", plot.key, plot.title, plot.told, HEIGHT + LEGEND, body)


def shade_of(number: int, most: int) -> int:
    """Which shade a number has: 0 for none, 1 to CLASSES."""
    return 0 if number <= 0 else min(CLASSES, 1 + (number - 1) * CLASSES // max(most, 1))


def _at(place: Place) -> tuple[float, float] | None:
    """Where its disc and its mark stand on the map."""
    latitude, longitude = place.at or _outlines().get(place.code, {}).get("at") or (None, None)
    return None if latitude is None or longitude is None else project(longitude, latitude)


def _shape(place: Place, most: int) -> str:
    path = _outlines().get(place.code, {}).get("path", "")
    kind = f"world-{shade_of(place.number, most)}"
    at = _at(place)
    if path:
        drawn = f'<path class={quoteattr(kind)} d="{path}"/>'
    elif at is not None:
        drawn = f'<circle class={quoteattr(kind)} cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{SMALL}"/>'
    else:
        return ""
    return f"<g>{_title(place)}{drawn}</g>"


def _mark(place: Place) -> str:
    at = _at(place)
    if at is None:
        return ""
    x, y = at
    return f'<path class="world-mark" d="M{x:.1f} {y - 5:.1f}l4 4-4 4-4-4z">{_title(place)}</path>'


def _title(place: Place) -> str:
    return f"<title>{escape(place.words)}</title>"


def _legend(plot: WorldMap, most: int) -> list[str]:
    y = HEIGHT + 14
    drawn = [marks.words(plot.shade, 8, y + 10, quiet=True)]
    x = 8 + 7 * len(plot.shade) * (1.7 if not plot.shade.isascii() else 1) + 12
    for shade in range(1, CLASSES + 1):
        numbers = [one for one in range(1, most + 1) if shade_of(one, most) == shade]
        if numbers:
            drawn.append(f'<rect class="world-{shade}" x="{x:.1f}" y="{y}" width="16" height="12"/>')
            words = str(numbers[0]) if numbers[0] == numbers[-1] else f"{numbers[0]}–{numbers[-1]}"
            drawn.append(marks.words(words, x + 20, y + 10, quiet=True))
            x += 32 + 8 * len(words)
    drawn.append(f'<path class="world-mark" d="M{x + 10:.1f} {y + 1}l4 4-4 4-4-4z"/>')
    drawn.append(marks.words(plot.mark, x + 20, y + 10, quiet=True))
    return drawn
