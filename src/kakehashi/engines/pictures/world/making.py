"""How the outlines were made: Natural Earth's countries, projected and thinned for a map 720 units wide.

    python -m kakehashi.engines.pictures.world.making COUNTRIES-110M COUNTRIES-50M > outlines.json

Both files are those of the npm package world-atlas 2.0.2 (ISC): TopoJSON of Natural Earth 4.1 (public domain). The
coarse one gives the outlines, the finer one the point of every country, small ones too. Names are the Unicode CLDR's.
Needs Babel, which drawing the map does not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from kakehashi.engines.pictures.world.projection import Point, project, unwrapped

APART = 1.0
"""Points of an outline nearer to the one before are left out."""
SMALLEST = 1.2
"""So do islands that are no wider and no higher."""
LEFT_OUT = ("AQ",)
UNNAMED = "-"
"""Land to which ISO 3166 gives no letters: drawn, and nobody's."""


def main() -> None:
    from babel import Locale
    from babel.core import get_global

    numbers = dict(_numeric(get_global("territory_aliases")))
    coarse, fine = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    japanese, english = Locale("ja"), Locale("en")
    told: dict[str, dict[str, Any]] = {}
    for code, rings in _rings(fine, numbers):
        if code == UNNAMED:
            continue
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        longitude, latitude = _middle(largest)
        told[code] = {
            "ja": japanese.territories[code],
            "en": english.territories[code],
            "at": [round(latitude, 1), round(longitude, 1)],
            "path": "",
        }
    for code, rings in _rings(coarse, numbers):
        country = told.setdefault(code, {"ja": "", "en": "", "at": [], "path": ""})
        country["path"] += "".join(_path(ring) for ring in rings)
    lines = (f"{json.dumps(code)}: {json.dumps(told[code], ensure_ascii=False)}" for code in sorted(told))
    print("{\n" + ",\n".join(lines) + "\n}")


def _numeric(aliases: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """ISO 3166's numbers with their two letters."""
    for alias, codes in aliases.items():
        if len(alias) == 3 and alias.isdigit() and len(codes) == 1:
            yield alias, codes[0]


def _rings(topology: dict[str, Any], numbers: dict[str, str]) -> Iterator[tuple[str, list[list[Point]]]]:
    """Each country's outer outlines, in degrees (longitude, latitude)."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    for country in topology["objects"]["countries"]["geometries"]:
        code = numbers.get(str(country.get("id", "")).zfill(3), UNNAMED)
        if code not in LEFT_OUT and country.get("arcs"):
            polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
            yield code, [_joined(polygon[0], arcs) for polygon in polygons]


def _joined(indexes: list[int], arcs: list[list[Point]]) -> list[Point]:
    ring: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return unwrapped(ring)


def _area(ring: list[Point]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _middle(ring: list[Point]) -> Point:
    """The centre of gravity, in degrees."""
    area, x, y = _area(ring), 0.0, 0.0
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = ax * by - bx * ay
        x, y = x + (ax + bx) * cross, y + (ay + by) * cross
    return (x / (6 * area) + 540) % 360 - 180, y / (6 * area)


def _path(ring: list[Point]) -> str:
    points = [project(longitude, latitude, wrapped=False) for longitude, latitude in ring]
    kept = points[:1]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= APART:
            kept.append(point)
    if (
        len(kept) < 3
        or max(max(x for x, _y in kept) - min(x for x, _y in kept), max(y for _x, y in kept) - min(y for _x, y in kept))
        < SMALLEST
    ):
        return ""
    tenths = [(round(10 * x), round(10 * y)) for x, y in kept]
    steps = ((bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(tenths))
    return f"M{_pair(*tenths[0])}l{' '.join(_pair(*step) for step in steps)}z"


def _pair(x: int, y: int) -> str:
    return f"{x / 10:g}{'' if y < 0 else ' '}{y / 10:g}"


if __name__ == "__main__":
    main()
