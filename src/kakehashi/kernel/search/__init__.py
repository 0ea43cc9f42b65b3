"""Search over everything a person may see, in Japanese and English, on both databases and without extensions.

kinds.register(SearchKind("case", visible_to=…, title=…, link=…))     in the system's apps.py
index("case", case.pk, [case.label, *labels], organisation=…)          in its actions, and forget() on removal
search(person, "てんかん 小頭")                                          → hits this person may see
"""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.search.actions import forget, index
    from kakehashi.kernel.search.kinds import SearchKind, register
    from kakehashi.kernel.search.queries import Hit, search

__getattr__ = found_in(
    __name__,
    {"actions": ("forget", "index"), "kinds": ("SearchKind", "register"), "queries": ("Hit", "search")},
)

__all__ = ["Hit", "SearchKind", "forget", "index", "register", "search"]
