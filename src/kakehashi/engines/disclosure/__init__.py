"""Statistical disclosure control of tables of counts: which figures may be published so that no small one can be had.

A publication is a system of linear equations: unknown counts (atoms), figures that are sums of them, and relations that
everybody knows (the rows of two tables have the same total). Whoever holds the published figures can solve for every
other sum, down to an interval (Fellegi 1972, JASA 67:7; Fischetti and Salazar 2001, Management Science 47:1008). A
small count is protected when that interval is wide: the figures that would narrow it are withheld too.
"""

from kakehashi.engines.disclosure.suppression import Figures, Form, interval, publishable, widths

__all__ = ["Figures", "Form", "interval", "publishable", "widths"]
