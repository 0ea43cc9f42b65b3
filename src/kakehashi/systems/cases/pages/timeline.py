"""The course of a case's findings on its page: drawn, and the same as a table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pictures import timeline
from kakehashi.protocols.phenopacket.agewords import span_of_words
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.offered import COURSES
from kakehashi.systems.cases.pages.moments import moment_text

MOST_DRAWN = 40


@dataclass(frozen=True)
class Row:
    """A finding of the table beside the drawing."""

    label: str
    since: str
    until: str
    course: str

    @property
    def words(self) -> str:
        return " · ".join(filter(None, (self.label, self.since, self.until, self.course)))


@dataclass(frozen=True)
class CourseShown:
    """The drawing, its table, and the present findings of which no time is said."""

    svg: SafeString
    rows: tuple[Row, ...]
    untimed: tuple[str, ...]


def course_of(description: Description) -> CourseShown | None:
    """The course of the present findings, those that began first on top; None where no time is said of any."""
    timed = [(one, _span(one.onset), _span(one.resolved)) for one in description.present if one.onset or one.resolved]
    timed = [row for row in timed if row[1] or row[2]]
    if not timed:
        return None
    timed.sort(key=lambda row: (row[1] or row[2] or timeline.Span(0, 0)).first)
    rows = tuple(_row(finding) for finding, _began, _ended in timed)
    drawn = [
        timeline.Course(
            row.label, began, ended, " · ".join(filter(None, (row.label, row.since, row.until, row.course)))
        )
        for row, (_finding, began, ended) in zip(rows[:MOST_DRAWN], timed, strict=False)
    ]
    gone = sum(1 for _finding, _began, ended in timed if ended)
    told = ngettext(
        "%(count)d finding with times, %(gone)d of them resolved.",
        "%(count)d findings with times, %(gone)d of them resolved.",
        len(timed),
    ) % {"count": len(timed), "gone": gone}
    picture = timeline.Timeline(drawn, description.age_days, _("Course of the findings by age"), told, _("years old"))
    known = {finding.term for finding, _began, _ended in timed}
    untimed = tuple(vocabulary.term_label(one.term, one.label) for one in description.present if one.term not in known)
    return CourseShown(mark_safe(timeline.draw(picture)), rows, untimed)  # noqa: S308  draw escapes every text


def _row(finding: Finding) -> Row:
    course = [vocabulary.term_label(one) for one in finding.modifiers if one in COURSES]
    label = vocabulary.term_label(finding.term, finding.label)
    return Row(label, moment_text(finding.onset), moment_text(finding.resolved), " · ".join(course))


def _span(words: str) -> timeline.Span | None:
    span = span_of_words(words) if words else None
    return timeline.Span(span.first, span.last) if span else None
