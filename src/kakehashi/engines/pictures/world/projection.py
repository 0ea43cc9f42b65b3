"""The Equal Earth projection (Šavrič, Patterson and Jenny 2018, Int J Geogr Inf Sci 33:454), Japan near the middle."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]
"""Longitude and latitude in degrees, or x and y on the map."""

WIDTH, HEIGHT = 720.0, 318.0
MIDDLE = 150.0
"""The meridian in the middle: no country but Greenland lies across the edge, 180 degrees from it."""
NORTH = 84.0
"""Where the map begins; it ends about 57 degrees south."""
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
WIDEST = 2.706629983696
"""x of the edge on the equator, on a globe of radius 1."""
SCALE = WIDTH / (2 * WIDEST)


def project(longitude: float, latitude: float, *, wrapped: bool = True) -> Point:
    """Where a place lies on the map. ``wrapped``: counted from the middle meridian the shorter way round."""
    east = longitude - MIDDLE
    if wrapped:
        east = (east + 540) % 360 - 180
    x, y = _plane(east, latitude)
    top = _plane(0, NORTH)[1]
    return WIDTH / 2 + x * SCALE, (top - y) * SCALE


def unwrapped(ring: list[Point]) -> list[Point]:
    """An outline whose points follow each other without a leap of a whole turn, its first as near to the middle as may
    be."""
    found: list[Point] = []
    for longitude, latitude in ring:
        if not found:
            east = (longitude - MIDDLE + 540) % 360 - 180
            found.append((east + MIDDLE, latitude))
            continue
        before = found[-1][0]
        found.append((longitude + 360 * round((before - longitude) / 360), latitude))
    return found


def _plane(east: float, latitude: float) -> Point:
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    t2 = t * t
    t6 = t2**3
    slope = 9 * A4 * t6 * t2 + 7 * A3 * t6 + 3 * A2 * t2 + A1
    return 2 * sqrt(3) * radians(east) * cos(t) / (3 * slope), t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))
