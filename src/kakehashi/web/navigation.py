"""The left rail and what waits: gathered from what each installed system says of itself (kernel.shell)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import AppConfig, apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from kakehashi.kernel.shell import Change, Group, NavigationEntry, Waiting, used_by_everybody


def systems_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The rail's groups with the entries this person uses; a group without entries is left out."""
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return []
    used = [entry for entry in sorted(_entries(), key=lambda entry: (entry.order, entry.view)) if _used(entry, request)]
    here = _narrowest([area for entry in used if (area := _area(entry))], request.path)
    groups = []
    for group in Group:
        entries = [shown for entry in used if entry.group is group and (shown := _shown(entry, request.path, here))]
        if entries:
            groups.append({"key": group.value, "label": group.label, "entries": entries})
    return groups


def first_steps(person: Any) -> list[dict[str, Any]]:
    """Where this person begins when nothing waits for them: one place for each system that has one for them."""
    steps = [entry.first_step for entry in _entries() if entry.first_step]
    return [{"label": one.label, "url": reverse(one.view)} for one in steps if import_string(one.used_by)(person)]


def waiting_for(person: Any) -> list[Waiting]:
    """Everything that waits for this person, oldest first."""
    return sorted(
        (item for function in _functions("waiting") for item in function(person)), key=lambda item: item.since
    )


def changes_for(person: Any, since: datetime, at_most: int = 50) -> list[Change]:
    """What changed since then that this person may see, newest first."""
    changes = [item for function in _functions("changes") for item in function(person, since)]
    return sorted(changes, key=lambda item: item.at, reverse=True)[:at_most]


def _configs() -> Iterator[AppConfig]:
    return iter(config for config in apps.get_app_configs() if config.name.startswith("kakehashi."))


def _entries() -> list[NavigationEntry]:
    return [entry for config in _configs() for entry in getattr(config, "navigation", ())]


def _functions(attribute: str) -> list[Any]:
    paths = [getattr(config, attribute, None) for config in _configs()]
    return [import_string(path) for path in paths if path]


def _used(entry: NavigationEntry, request: HttpRequest) -> bool:
    used_by = import_string(entry.used_by) if entry.used_by else used_by_everybody
    return bool(used_by(request.user))


def _address(entry: NavigationEntry) -> str:
    try:
        return reverse(entry.view)
    except NoReverseMatch:  # a system whose pages this node does not serve
        return ""


def _area(entry: NavigationEntry) -> str:
    return entry.area or _address(entry)


def _narrowest(areas: list[str], path: str) -> str:
    """Of the areas that a page lies in, the one within the others: a page is in one place of the rail."""
    return max((area for area in areas if area != "/" and path.startswith(area)), key=len, default="")


def _shown(entry: NavigationEntry, path: str, here: str) -> dict[str, Any] | None:
    url = _address(entry)
    if not url:
        return None
    current = "page" if path == url else "true" if here and _area(entry) == here else ""
    return {"label": entry.label, "url": url, "current": current}
