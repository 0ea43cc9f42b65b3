"""Notices: what this node tells a person, on the site and by mail.

notify(person, "import.done", _("…"), reverse("cases:list"))      inside the action's transaction
"""

from typing import TYPE_CHECKING

from kakehashi.kernel.lazily import found_in

if TYPE_CHECKING:
    from kakehashi.kernel.notices.actions import mark_read, notify
    from kakehashi.kernel.notices.queries import notices_of, unread, unread_count

__getattr__ = found_in(
    __name__,
    {"actions": ("mark_read", "notify"), "queries": ("notices_of", "unread", "unread_count")},
)

__all__ = ["mark_read", "notices_of", "notify", "unread", "unread_count"]
