"""What systems have the worker do every hour, beside its own tidying.

@every_hour                       # in a module that the system's AppConfig.ready imports
def tell_new_matches() -> None: …
"""

import logging
from collections.abc import Callable
from typing import TypeVar

logger = logging.getLogger(__name__)
Chore = TypeVar("Chore", bound=Callable[[], object])

_chores: dict[str, Callable[[], object]] = {}


def every_hour(chore: Chore) -> Chore:
    """Have the worker call this every hour, and when it starts; it may be called more often."""
    _chores[f"{chore.__module__}.{chore.__qualname__}"] = chore
    return chore


def do_chores() -> None:
    """Call every one; one that fails is logged, called again an hour later, and keeps none of the others."""
    for name, chore in list(_chores.items()):  # one may import a module that has another
        try:
            chore()
        except Exception:
            logger.exception("the hourly %s failed", name)
