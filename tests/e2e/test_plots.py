"""Plots on a telephone: their words can be read, and the page itself is not wider than the screen."""

import pytest
from tests.e2e.accessibility import faults_of
from tests.e2e.conftest import Look
from tests.systems.portfolio.desks.office import make_office

from kakehashi.systems.portfolio.installing import install_structure

SMALLEST_PX = 11
SIZES = """() => [...document.querySelectorAll('.plot text')].map(text => {
  const svg = text.closest('svg')
  return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
})"""


@pytest.mark.slow
@pytest.mark.parametrize("look", [Look(360, "ja", "dark"), Look(360, "en", "light")], ids=str)
def test_words_of_plots_are_legible_on_a_telephone(open_page, transactional_db, look, screenshots):
    _agency, people = make_office()
    install_structure(by=None)
    page = open_page(look, people["president"])
    for place in ("", "abroad/", "databook/"):
        assert page.goto(f"/portfolio/{place}").status == 200, place
        sizes = page.evaluate(SIZES)
        assert sizes, place
        assert min(sizes) >= SMALLEST_PX, place
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width, place
        assert not faults_of(page), place
        page.screenshot(path=screenshots / f"plots-{place.strip('/') or 'agency'}-{look}.png", full_page=True)
    frame = page.locator(".plot-frame").first
    frame.focus()
    page.keyboard.press("ArrowRight")
    for _moment in range(50):  # not wait_for_function, which the page's policy forbids: it evaluates a text
        if frame.evaluate("one => one.scrollLeft") > 0:
            return
        page.wait_for_timeout(100)
    pytest.fail("the plot did not scroll by the arrow key")
