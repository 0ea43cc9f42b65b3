"""Packages that offer functions of modules which import models: names are found on first use (PEP 562).

An app's package is imported before Django's models are ready, so it cannot import those modules itself.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def found_in(package: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """A module's ``__getattr__``: looks each name up in the submodule that ``names`` says."""
    module_of = {name: module for module, listed in names.items() for name in listed}

    def find(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{module_of[name]}"), name)

    return find
