"""The map of the world: places where they are, every country named in both languages, numbers as shades."""

import re
from itertools import pairwise

import pytest

from kakehashi.engines.pictures.world.map import CLASSES, Place, WorldMap, draw_world, name_of, shade_of
from kakehashi.engines.pictures.world.projection import HEIGHT, WIDTH, project, unwrapped


@pytest.mark.parametrize(
    ("west", "east"),
    [((139.7, 35.7), (-99.1, 19.4)), ((-0.1, 51.5), (139.7, 35.7)), ((-99.1, 19.4), (-47.9, -15.8))],
    ids=["tokyo-mexico", "london-tokyo", "mexico-brasilia"],
)
def test_places_lie_beside_each_other_with_japan_near_the_middle(west, east):
    assert project(*west)[0] < project(*east)[0]
    assert abs(project(139.7, 35.7)[0] - WIDTH / 2) < 40


def test_every_place_of_the_map_is_on_it():
    for longitude in range(-180, 181, 15):
        for latitude in (-55, 0, 35, 80):
            x, y = project(longitude, latitude)
            assert -1e-6 <= x <= WIDTH + 1e-6
            assert 0 <= y <= HEIGHT
    assert project(10, 60)[1] < project(10, 0)[1] < project(10, -50)[1]


def test_an_outline_across_the_date_line_does_not_leap():
    ring = unwrapped([(179.0, 65.0), (-179.0, 66.0), (-170.0, 66.0), (179.5, 64.0)])
    assert all(abs(after[0] - before[0]) < 20 for before, after in pairwise(ring))


@pytest.mark.parametrize(
    ("code", "ja", "en"), [("JP", "日本", "Japan"), ("SG", "シンガポール", "Singapore"), ("QQ", "QQ", "QQ")]
)
def test_countries_have_names_in_both_languages(code, ja, en):
    assert (name_of(code, "ja"), name_of(code, "en")) == (ja, en)


def test_every_outline_begins_where_it_lies_and_stays_on_the_map():
    """Each piece begins with an absolute place; steps from there never leave the map by more than its margin."""
    drawn = draw_world(WorldMap("Map", "Told", "s", "m", [Place("RU", 1, False, "Russia")]))
    paths = re.findall(r'<path class="world-(?:land|4|1)" (?:fill="[^"]*" )?d="([^"]+)"', drawn)
    pieces = [piece for path in paths for piece in path.split("z") if piece]
    assert len(pieces) > 200
    for piece in pieces:
        start, steps = piece.removeprefix("M").split("l")
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", f"{start} {steps}")]
        assert piece.startswith("M")
        x, y = sum(numbers[::2]), sum(numbers[1::2])
        assert -2 <= x <= WIDTH + 2, piece[:40]
        assert -12 <= y <= HEIGHT + 2, piece[:40]


def test_shades_grow_with_the_number():
    shades = [shade_of(number, 7) for number in range(8)]
    assert shades == sorted(shades)
    assert (shades[0], shades[1], shades[7]) == (0, 1, CLASSES)
    assert shade_of(1, 1) == 1


def test_the_map_draws_countries_small_places_and_marks():
    places = [
        Place("US", 7, True, "US: 7 & <more>"),
        Place("SG", 1, True, "Singapore"),
        Place("EU", 0, True, "European Union", (50.5, 9)),
        Place("QQ", 1, False, "nowhere"),
    ]
    drawn = draw_world(WorldMap("Map", "Told", "Joint research", "Memorandum", places))
    assert "US: 7 &amp; &lt;more&gt;" in drawn
    assert drawn.count('class="world-mark"') == 4  # three countries and the legend
    assert re.search(r'<circle class="world-1"', drawn)  # Singapore has no outline at this scale
    assert re.search(r'<path class="world-4" d="M', drawn)
    assert "nowhere" not in drawn
    assert 'role="img"' in drawn
