"""Clicks that lead to another page: what is looked at next is that page, never the one being left."""


def follow(locator):
    """Click, and wait until the page that the click leads to has been loaded; its address may be the same one."""
    with locator.page.expect_navigation():
        locator.click()
