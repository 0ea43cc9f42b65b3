"""Views of a case that sibling systems add to its page, without cases knowing them."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class CaseTab:
    """One more view of a registered case: ``view`` is a URL name that takes the case's public id."""

    key: str
    label: str | Promise
    view: str


_tabs: dict[str, CaseTab] = {}


def register_tab(tab: CaseTab) -> None:
    """Show a view among the tabs of every registered case (from the system's ``AppConfig.ready``)."""
    _tabs[tab.key] = tab


def registered_tabs() -> list[CaseTab]:
    """Every added view, in the order of registration."""
    return list(_tabs.values())
