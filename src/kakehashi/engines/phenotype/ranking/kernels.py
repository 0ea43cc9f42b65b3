"""The loops of `loops.py`, compiled. Import this module lazily."""

from __future__ import annotations

from kakehashi.engines.phenotype.compiling import compiled
from kakehashi.engines.phenotype.ranking import loops

look_up = compiled(loops.look_up)
show = compiled(loops.show)
reach = compiled(loops.reach)
meet = compiled(loops.meet)
expect = compiled(loops.expect)
raise_to = compiled(loops.raise_to)
log_ratios = compiled(loops.log_ratios)
