"""What every page must pass in a browser: axe finds nothing, nothing is wider than the window, one heading."""

from axe_playwright_python.sync_playwright import Axe

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


def faults_of(page):
    """What is wrong with the page as it stands, as lines that name the place."""
    found = []
    for violation in Axe().run(page, options=RULES).response["violations"]:
        places = [" ".join(map(str, node["target"])) + ": " + node["html"][:160] for node in violation["nodes"][:4]]
        found.append(f"{violation['id']}: {violation['help']}\n    " + "\n    ".join(places))
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if widths[0] > widths[1]:
        wide = page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".slice(0, 4).map(e => e.outerHTML.slice(0, 120))"
        )
        found.append(f"scrolls sideways: {widths[0]} > {widths[1]}: {wide}")
    headings = page.locator("h1").count()
    if headings != 1:
        found.append(f"{headings} headings of the first level")
    primary = page.locator("main .button.primary:visible").count()
    if primary > 1:
        found.append(f"{primary} primary buttons")
    return [f"{page.url}: {fault}" for fault in found]
