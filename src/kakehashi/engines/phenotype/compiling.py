"""Loops compiled by numba, kept beside the ontology. Import lazily: numba alone takes a third of a second."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from kakehashi.engines.phenotype.sources import ontology_folder

os.environ.setdefault("NUMBA_CACHE_DIR", str((ontology_folder().parent / "numba").absolute()))  # numba reads it once

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """No fast-math: sums keep their order, so a score is the same number however it was reached."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
