"""The index that pairing asks: all awards read once a process, in the background, and anew when awards are added.

Until they are read ``index()`` is None; while they are read anew the index of before answers. An award whose words were
changed is read anew after AGE_SECONDS at the latest.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Max

from kakehashi.engines.pairing.awards import Award as Paired
from kakehashi.engines.pairing.awards import Phase as PairedPhase
from kakehashi.engines.pairing.index import PairingIndex
from kakehashi.engines.pairing.lexicon import Lexicon
from kakehashi.engines.pairing.terms import read_terms
from kakehashi.systems.portfolio.models import Award, AwardLink, Phase

AGE_SECONDS = 3600.0
PHASES = {str(phase): PairedPhase(place) for place, phase in enumerate(Phase, 1)}

Mark = tuple[int, int]


@dataclass(frozen=True)
class Kept:
    """An index, which awards it is of (how many, the last), and when it was made."""

    index: PairingIndex
    mark: Mark
    made: float


class Store:
    """One process's index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Kept | None = None
        self._reading = False

    def index(self) -> PairingIndex | None:
        """The index as it is; where it is missing or old, reading begins in the background."""
        kept = self._kept
        if kept is None or kept.mark != mark_now() or time.monotonic() - kept.made > AGE_SECONDS:
            self._begin()
        return kept.index if kept else None

    def read(self) -> PairingIndex:
        """Read all awards now."""
        mark = mark_now()
        awards = [paired(one) for one in Award.objects.select_related("programme", "area").iterator(chunk_size=2000)]
        index = PairingIndex(awards, Lexicon(read_terms()))
        if awards:
            index.givers(awards[0])  # reads what all of them make
        self._kept = Kept(index, mark, time.monotonic())
        return index

    def _begin(self) -> None:
        with self._lock:
            if self._reading:
                return
            self._reading = True
        threading.Thread(target=self._in_background, name="pairing", daemon=True).start()

    def _in_background(self) -> None:
        try:
            self.read()
        finally:
            self._reading = False
            connection.close()


STORE = Store()


def mark_now() -> Mark:
    """How many awards there are, and the last of them."""
    told = Award.objects.aggregate(count=Count("pk"), last=Max("pk"))
    return told["count"], told["last"] or 0


def paired(one: Award) -> Paired:
    """An award as the engine sees it."""
    return Paired(
        key=one.number,
        text_ja=f"{one.title}。{one.summary}" if one.title or one.summary else "",
        text_en=f"{one.title_en}. {one.summary_en}" if one.title_en or one.summary_en else "",
        phase=PHASES.get(one.phase),
        modality=one.modality,
        areas=frozenset({one.area.code} if one.area else ()),
        begins=one.begins,
        ends=one.ends,
        institutions=frozenset({str(one.organisation_id)}),
        programme=one.programme.code if one.programme else "",
    )


def history() -> dict[tuple[str, str], int]:
    """How many awards of one programme went on in another, as the links between awards tell."""
    pairs = AwardLink.objects.filter(before__programme__isnull=False, after__programme__isnull=False)
    codes = pairs.order_by().values_list("before__programme__code", "after__programme__code")
    return dict(Counter((str(before), str(after)) for before, after in codes))
