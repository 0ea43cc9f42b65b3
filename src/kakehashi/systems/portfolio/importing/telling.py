"""A report in words, in the language in force: for the command line and the page."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kakehashi.kernel.punctuation import labelled, noted
from kakehashi.systems.portfolio.importing.report import ClaimReport, FileReport, Report
from kakehashi.systems.portfolio.models import FaultKind


def lines(report: Report) -> Iterator[str]:
    """The whole report, line by line."""
    for file in report.files:
        yield file_line(file)
        for kind, rows in sorted(file.skipped.items()):
            yield "  " + labelled(FaultKind(kind).label, f"{rows:,}")
    for claim in report.claims:
        yield from claim_lines(claim)
    for fault in report.faults:
        first = "; ".join(_example(one) for one in fault["examples"][:3])
        about = f"{fault['file']} {fault['about']}".strip()
        yield labelled(noted(FaultKind(fault["kind"]).label, about), f"{fault['rows']:,}. {_('First')} {first}")
    if report.amounts is not None and report.amounts.awards:
        amounts = report.amounts
        values = {
            "awards": f"{amounts.awards:,}",
            "total": grouped(amounts.total),
            "currency": amounts.currency,
            "nought": f"{amounts.nought:,}",
        }
        yield _("%(awards)s awards with an amount, %(total)s %(currency)s in all; %(nought)s of them nought.") % values
    yield _("%(faults)s faults; %(seconds)s s.") % {"faults": f"{report.faulty:,}", "seconds": f"{report.seconds:,.1f}"}


def file_line(file: FileReport) -> str:
    """How many rows of a file were read, and what became of them."""
    values = {
        "file": file.file,
        "read": f"{file.read:,}",
        "written": f"{file.written:,}",
        "skipped": f"{sum(file.skipped.values()):,}",
    }
    told = _("%(file)s: %(read)s rows read, %(written)s written, %(skipped)s left out") % values
    for number, words in (
        (file.updated, _("updated")),
        (file.left, _("left as they were")),
        (file.orphans, _("of awards not here")),
    ):
        if number:
            told += f", {number:,} {words}"
    return told


def claim_lines(claim: ClaimReport) -> Iterator[str]:
    """What rows claim against what there is."""
    values = {
        "name": claim.name,
        "column": claim.column,
        "awards": f"{claim.awards:,}",
        "agree": f"{claim.agree:,}",
        "more": f"{claim.more:,}",
        "less": f"{claim.less:,}",
        "least": claim.least if claim.least is not None else "–",
        "without": f"{claim.without:,}",
        "one": f"{claim.exactly_one:,}",
    }
    if not claim.compared:
        yield (
            _("%(name)s (%(column)s): %(awards)s awards claim at least %(least)s each; no file to compare with.")
            % values
        )
        return
    yield (
        _(
            "%(name)s (%(column)s) of %(awards)s awards: %(agree)s agree with the rows, "
            "%(more)s claim more, %(less)s less."
        )
        % values
    )
    if claim.without:
        yield _("  %(without)s claim at least one and have no row; %(one)s of these claim exactly one.") % values
    if claim.counts_absence_as_one:
        yield (
            _("  No award claims fewer than %(least)s: the column seems to count a missing row as one. Do not use it.")
            % values
        )


def _example(one: dict[str, object]) -> str:
    where = f"{one['line']}: " if one["line"] else ""
    said = " ".join(str(one[key]) for key in ("number", "said") if one[key])
    return f"{where}{said}" + (f" ≠ {one['found']}" if one["found"] else "")


def grouped(amount: str) -> str:
    """A decimal's text with its thousands grouped, without decimals that are nought."""
    whole, _point, part = amount.partition(".")
    return f"{int(whole):,}" + (f".{part}" if part.strip("0") else "")
