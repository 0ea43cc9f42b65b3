"""The course of a patient's findings as a small SVG: one bar a finding on an axis of age, from onset to resolution.

What is known only as a stretch of life (an onset term) is drawn pale from its first to its last day; a finding that has
not resolved runs on to the end of what is known, with an arrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

DAYS_A_YEAR = 365.25
WIDTH, LEFT, RIGHT, ROW, TOP = 320, 8, 14, 34, 8
BAR, TEXT_SIZE = 8, 12
LETTERS = 42
"""So many Latin letters of a label fit into the width; a full-width character counts two."""
STEPS = (0.25, 0.5, 1, 2, 5, 10, 20, 50)


@dataclass(frozen=True)
class Span:
    """From the first to the last day of life that a time may mean."""

    first: float
    last: float


@dataclass(frozen=True)
class Course:
    """One finding: when it began and when it had gone, None where that is not said; ``words`` say the same."""

    label: str
    began: Span | None
    ended: Span | None
    words: str


@dataclass(frozen=True)
class Timeline:
    """All that is drawn. ``age_days``: the age up to which the patient was seen, None where it is not known."""

    courses: Sequence[Course]
    age_days: float | None
    title: str
    description: str
    unit: str = "years"
    key: str = "timeline"

    @property
    def start(self) -> float:
        """The first day of the axis: birth, or before it where something began then."""
        return min([0.0, *(one.began.first for one in self.courses if one.began)])

    @property
    def end(self) -> float:
        """The last day of the axis; stretches of life that reach further are cut there."""
        told = [span.first for one in self.courses for span in (one.began, one.ended) if span]
        short = [
            span.last
            for one in self.courses
            for span in (one.began, one.ended)
            if span and span.last - span.first <= 6 * DAYS_A_YEAR
        ]
        return max([*told, *short, self.age_days or 0.0, DAYS_A_YEAR])


def draw(timeline: Timeline) -> str:
    """The timeline as one <svg> element, with title and description."""
    first, last = timeline.start, timeline.end
    height = TOP + ROW * len(timeline.courses) + 26
    scale = (WIDTH - LEFT - RIGHT) / (last - first)

    def across(day: float) -> float:
        return LEFT + (min(max(day, first), last) - first) * scale

    marks = [_axis(timeline, across, height)]
    for number, course in enumerate(timeline.courses):
        marks.append(_course(course, across, TOP + number * ROW, timeline))
    body = "\n".join(marks)
    return (
        f'<svg class="timeline-picture" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="{timeline.key}-title {timeline.key}-desc" fill="currentColor">'
        f'<title id="{timeline.key}-title">{escape(timeline.title)}</title>'
        f'<desc id="{timeline.key}-desc">{escape(timeline.description)}</desc>\n{body}\n</svg>'
    )


def _course(course: Course, at: Callable[[float], float], y: float, timeline: Timeline) -> str:
    began = course.began or (Span(timeline.start, course.ended.first) if course.ended else Span(0, 0))
    ended = course.ended
    upto = ended.first if ended else timeline.age_days if timeline.age_days is not None else timeline.end
    sure = at(min(began.last, upto))
    middle = y + 24
    parts = [
        f"<g><title>{escape(course.words)}</title>",
        f'<text x="{LEFT}" y="{y + 13:g}" font-size="{TEXT_SIZE}">{escape(shortened(course.label))}</text>',
        _bar("timeline-perhaps", at(began.first), sure, middle),
        _bar("timeline-sure", sure, at(upto), middle),
    ]
    if ended:
        parts.append(_bar("timeline-perhaps", at(ended.first), at(ended.last), middle))
        parts.append(f'<path class="timeline-end" d="M{at(ended.first):.1f} {middle - 7}v14" stroke="currentColor"/>')
    else:
        parts.append(f'<path class="timeline-on" d="M{max(sure, at(upto)):.1f} {middle - 6}l8 6l-8 6z"/>')
    return "".join(parts) + "</g>"


def _bar(kind: str, left: float, right: float, middle: float) -> str:
    if right - left <= 0:
        return ""
    pale = ' opacity="0.35"' if kind == "timeline-perhaps" else ""
    place = f'x="{left:.1f}" y="{middle - BAR / 2:g}" width="{right - left:.1f}" height="{BAR}"'
    return f'<rect class="{kind}" {place}{pale}/>'


def _axis(timeline: Timeline, at: Callable[[float], float], height: float) -> str:
    years = (timeline.end - max(timeline.start, 0)) / DAYS_A_YEAR
    step = next((one for one in STEPS if years / one <= 5), STEPS[-1])
    base = height - 20
    parts = [f'<path class="timeline-axis" d="M{LEFT} {base}H{WIDTH - RIGHT}" stroke="currentColor" opacity="0.6"/>']
    tick = 0.0
    while tick * DAYS_A_YEAR <= timeline.end:
        x = at(tick * DAYS_A_YEAR)
        parts.append(f'<path class="timeline-axis" d="M{x:.1f} {TOP}V{base}" stroke="currentColor" opacity="0.15"/>')
        said = f"{tick:g}" + (f" {timeline.unit}" if tick == 0 else "")
        anchor = "start" if tick == 0 else "middle"
        parts.append(f'<text x="{x:.1f}" y="{base + 14}" font-size="11" text-anchor="{anchor}">{escape(said)}</text>')
        tick += step
    return "".join(parts)


def shortened(label: str) -> str:
    """A label cut to the width of the drawing; the table beside it says it whole."""
    room = LETTERS
    for place, letter in enumerate(label):
        room -= 2 if ord(letter) > 0x2E7F else 1
        if room < 0:
            return label[: place - 1] + "…"
    return label
