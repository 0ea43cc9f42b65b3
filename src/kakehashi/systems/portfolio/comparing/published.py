"""What the documents publish, set beside the ledger, the awards and the outputs of this node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kakehashi.kernel.bilingual import in_english, told
from kakehashi.kernel.fiscal import fiscal_year, fiscal_year_name
from kakehashi.systems.portfolio.columns import held
from kakehashi.systems.portfolio.comparing.comparison import Comparison, Group, Part, Unit
from kakehashi.systems.portfolio.facts import reckoning
from kakehashi.systems.portfolio.facts.reading import load
from kakehashi.systems.portfolio.facts.shapes.base import Fact, Text
from kakehashi.systems.portfolio.facts.shapes.facts import Facts
from kakehashi.systems.portfolio.facts.shapes.money import Breakdown, Ratio
from kakehashi.systems.portfolio.figures import book, totals
from kakehashi.systems.portfolio.goals import goals_reached
from kakehashi.systems.portfolio.involving.figures import calls_by_programme, programmes_asking
from kakehashi.systems.portfolio.ledger.kinds import BudgetKind
from kakehashi.systems.portfolio.models import (
    Appropriation,
    Award,
    Credit,
    Goal,
    IntegratedProject,
    Output,
    OutputKind,
    PlanTerm,
    Programme,
)
from kakehashi.systems.portfolio.outputs.goals import TOP_PAPER, counted, kinds_of
from kakehashi.systems.portfolio.outputs.workflow import TOLD_BY_CASES

ZERO = Decimal(0)
TYPICAL_YEAR = 2023
"""The documents say of no year that about 2,600 awards run; their data book is that of 2023."""
SCARDA = ("vaccine-centres", "vaccine-new-modalities")
KIND_OF = {"agency": BudgetKind.INITIAL, "adjustment": BudgetKind.ADJUSTMENT}


def comparisons() -> list[Comparison]:
    """Every published total beside the node's own figure; none where the published structure is not installed."""
    facts = load()
    if not PlanTerm.objects.filter(number=1).exists() or not Programme.objects.exists():
        return []
    return [
        *_budgets(facts),
        *_years(facts),
        *_funds(facts),
        *_awards(facts),
        *_goals(),
        *_involvement(facts),
        *_own(facts),
    ]


def said(text: Text) -> str:
    """Words of a fact in the language in force."""
    return told(text.ja, text.en)


def source(facts: Facts, fact: Fact) -> str:
    """Where a fact stands: document and heading."""
    mark = "; " if in_english() else "、"
    places = (facts.place(key) for key in fact.source)
    return mark.join(f"{said(document.title)} – {said(heading)}" for document, heading in places)


def _rows(**query: str | int) -> str:
    return f"{reverse('portfolio:rows', args=['budgeted'])}?{urlencode(query)}"


def _budgets(facts: Facts) -> Iterator[Comparison]:
    """Each project's published total: its own programmes and what is shown again."""
    books = {year: book(year, 1) for year in {row.fiscal_year for row in facts.project_budgets}}
    projects = {one.code: one for one in IntegratedProject.objects.filter(term__number=1)}
    for row in facts.project_budgets:
        told, project = books[row.fiscal_year], projects.get(row.project)
        line = told.projects.get(project.pk) if project else None
        parts: list[Part] = []
        if project and line and line.budgeted:
            at = {"year": row.fiscal_year, "term": 1}
            own = Decimal(line.budgeted.get(BudgetKind.INITIAL, 0))
            parts.append(Part(_("its own"), own, _rows(**at, project=project.code, budget=BudgetKind.INITIAL.value)))
            if line.shown_again:
                page = f"{reverse('portfolio:project', args=[project.code])}?{urlencode(at)}"
                parts.append(Part(_("shown again"), Decimal(line.shown_again), page))
        yield Comparison(
            f"budget:{row.project}:{row.fiscal_year}",
            Group.BUDGETS,
            said(facts.project(row.project).name),
            Decimal(row.agency_yen),
            Unit.YEN,
            tuple(parts),
            source(facts, row),
            tolerance=Decimal(row.printed_unit_yen) / 2,
            why=said(facts.reasons[row.difference_because]) if row.difference_because else "",
        )


def _years(facts: Facts) -> Iterator[Comparison]:
    told = totals(sorted({row.fiscal_year for row in facts.agency_budgets}))
    for row in facts.agency_budgets:
        kind = KIND_OF[row.kind]
        yen = told[row.fiscal_year].budgeted.get(kind)
        url = _rows(year=row.fiscal_year, budget=kind.value)
        yield Comparison(
            f"year:{row.fiscal_year}:{row.kind}",
            Group.YEARS,
            f"{fiscal_year_name(row.fiscal_year, get_language() or 'ja')} {said(row.name)}",
            Decimal(row.amount_yen),
            Unit.YEN,
            (Part(str(kind.label), Decimal(yen), url),) if yen is not None else (),
            source(facts, row),
        )


def _funds(facts: Facts) -> Iterator[Comparison]:
    """Each fund's total beside what its programme was budgeted from multi-year funds, year by year."""
    programmes = dict(Programme.objects.values_list("pk", "code"))
    funds = set(Appropriation.objects.filter(kind=BudgetKind.MULTI_YEAR).values_list("pk", flat=True))
    yen: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for year, accounts in held.accounts(sorted(held.fiscal_years())).items():
        for programme, _place, appropriation, _awarded, amount in accounts.sums:
            if appropriation in funds:
                of_programme = yen[programmes[programme]]
                of_programme[year] = of_programme.get(year, 0) + amount
    latest = max((year for years in yen.values() for year in years), default=0)
    for fund in facts.funds:
        query = {"programme": fund.programme, "budget": BudgetKind.MULTI_YEAR.value}
        parts = tuple(
            Part(str(year), Decimal(amount), _rows(year=year, **query)) for year, amount in yen[fund.programme].items()
        )
        yield Comparison(
            fund.key,
            Group.FUNDS,
            said(facts.programme(fund.programme).name),
            Decimal(fund.total_yen),
            Unit.YEN,
            parts,
            source(facts, fund),
            partly=fund.last_fiscal_year is None or fund.last_fiscal_year > latest,
        )


def _awards(facts: Facts) -> Iterator[Comparison]:
    figures = {one.key: one for one in facts.figures}
    at = {"year": TYPICAL_YEAR}
    typical = book(TYPICAL_YEAR)
    total, lines = typical.total, typical.programmes
    page = reverse("portfolio:awards")
    year = fiscal_year_name(TYPICAL_YEAR, get_language() or "ja")
    scarda = Programme.objects.in_bulk(SCARDA, field_name="code")
    for key, parts in (
        ("awards-a-year", [Part(year, Decimal(total.awards), f"{page}?{urlencode(at)}")]),
        ("new-awards-a-year", [Part(year, Decimal(total.new), f"{page}?{urlencode(at | {'began': 'new'})}")]),
        (
            "scarda-awards-2023",
            [
                Part(one.label(), Decimal(lines[one.pk].awards), f"{page}?{urlencode(at | {'programme': code})}")
                for code, one in scarda.items()
                if one.pk in lines
            ],
        ),
    ):
        figure = figures[key]
        yield Comparison(
            key,
            Group.AWARDS,
            said(figure.name),
            figure.value,
            Unit.NUMBER,
            tuple(parts) if total.awards else (),
            source(facts, figure),
            tolerance=Decimal(50) if figure.approximate else ZERO,
            about=figure.approximate,
            why=_share_of_awards() if total.awards else "",
        )


def _share_of_awards() -> str:
    """Why a demo agency made at another size has another number of awards."""
    if Award.objects.filter(synthetic=True).exists():
        return _("The awards here are made up for the demonstration; a node may hold more or fewer of them.")
    return ""


def _goals() -> Iterator[Comparison]:
    """Each goal that names what it is counted from: reported, and counted from the outputs on this node."""
    rows = Goal.objects.exclude(results="").select_related("term", "project").order_by("term__number", "code")
    today = timezone.localdate()
    why: dict[str, str] = {}
    recorded = recorded_outputs()
    for one in counted(goals_reached(rows, on=today)).values():
        if one.reported is None:
            continue
        query: dict[str, str | int] = {
            "year": fiscal_year(one.as_of),
            "term": one.goal.term.number,
            "goal": one.goal.code,
            "on": one.as_of.isoformat(),
        }
        url = f"{reverse('portfolio:outputs')}?{urlencode(query)}"
        yield Comparison(
            f"goal:{one.goal.code}",
            Group.GOALS,
            f"{one.goal.term.label()}: {one.goal.label()} ({one.as_of})",
            one.reported.value,
            Unit.NUMBER,
            (Part(f"{one.since} – {one.as_of}", Decimal(one.number), url),),
            one.reported.source,
            why=why.setdefault(one.goal.results, made_up_outputs(recorded, kinds_of(one.goal))),
        )


def _involvement(facts: Facts) -> Iterator[Comparison]:
    """The programmes that ask for involvement in their calls, as a share of those that opened calls in the year."""
    figure = next(one for one in facts.figures if one.key == "ppi-programmes")
    year = figure.fiscal_year or TYPICAL_YEAR
    asking, opened = programmes_asking(calls_by_programme(year))
    parts = []
    if opened:
        label = f"{asking} / {opened}"
        parts = [Part(label, Decimal(100 * asking) / opened, f"{reverse('portfolio:involvement')}?year={year}")]
    yield Comparison(
        figure.key,
        Group.INVOLVEMENT,
        said(figure.name),
        figure.value,
        Unit.PERCENT,
        tuple(parts),
        source(facts, figure),
        tolerance=Decimal("0.5"),
        why=_("The calls on this node are not all those of the year.") if opened else "",
    )


def involvement_published() -> str:
    """What the documents publish of involvement, with its source."""
    facts = load()
    figure = next(one for one in facts.figures if one.key == "ppi-programmes")
    values = {"year": figure.fiscal_year, "share": f"{figure.value:g}", "source": source(facts, figure)}
    return _("Published for FY%(year)s: %(share)s %% of the programmes ask in their calls (%(source)s).") % values


@dataclass(frozen=True)
class Recorded:
    """The outputs of a kind that people have recorded: of which days, how many, and how many that are neither made up
    nor of awards that are."""

    kind: str
    first: date
    last: date
    number: int
    real: int


def recorded_outputs() -> list[Recorded]:
    """What people have recorded, by kind; what the cases of the node tell is left out."""
    of_made_up = Credit.objects.filter(output=OuterRef("pk"), award__synthetic=True).order_by()
    real = Count("pk", filter=Q(~Exists(of_made_up), synthetic=False))
    rows = Output.objects.exclude(kind__in=TOLD_BY_CASES).order_by().values_list("kind")
    return [Recorded(*row) for row in rows.annotate(Min("on"), Max("on"), number=Count("pk"), real=real)]


def made_up_outputs(recorded: Collection[Recorded], kinds: Collection[str] = ()) -> str:
    """What to say of outputs, of some kinds or of all that people record, as long as any of them are made up, or of
    awards that are (the demo agency makes those of its second term alone), or none is recorded; else "". Diagnoses,
    which the cases of the node tell, are no goal's."""
    wanted = {OutputKind.PAPER if kind == TOP_PAPER else kind for kind in kinds}
    asked = [one for one in recorded if not wanted or one.kind in wanted]
    if not asked:
        if recorded:
            return _("Reported by the document; no output of this kind is recorded on this node yet.")
        return _("Reported by the document; no output is recorded on this node yet.")
    first, last = min(one.first for one in asked), max(one.last for one in asked)
    real = sum(one.real for one in asked)
    made_up = sum(one.number for one in asked) - real
    if not made_up:
        return ""
    if real:
        text = _(
            "Reported by the document; counted are the outputs on this node, of which %(made_up)s are made up for the "
            "demonstration and %(real)s are not; they came between %(first)s and %(last)s."
        )
    else:
        text = _(
            "Reported by the document; counted are the outputs on this node, which are made up for the demonstration "
            "and came between %(first)s and %(last)s."
        )
    return text % {"first": first, "last": last, "made_up": made_up, "real": real}


def _own(facts: Facts) -> Iterator[Comparison]:
    """What the documents print as a whole beside their own parts."""
    units = {"share_percent": Unit.PERCENT, "ratio": Unit.PERCENT, "breakdown": Unit.NUMBER, "fund_years": Unit.NUMBER}
    for row in reckoning.reconcile(facts):
        if row.subject == "agency_yen":  # beside the ledger, above
            continue
        fact, name = _named(facts, row.subject, row.key)
        yield Comparison(
            f"{row.subject}:{row.key}",
            Group.OWN,
            name,
            row.published,
            units.get(row.subject, Unit.YEN),
            (Part(_("from the document's own parts"), row.computed),),
            source(facts, fact),
            tolerance=row.tolerance,
            why=said(facts.reasons[row.because]) if row.because else "",
        )


def _named(facts: Facts, subject: str, key: str) -> tuple[Fact, str]:
    """The fact that a reconciliation is of, and its name."""
    if subject == "in_house_yen":
        budget = next(one for one in facts.project_budgets if one.project == key)
        return budget, _("%(name)s: in-house research") % {"name": said(facts.project(key).name)}
    if subject.startswith("share_"):
        share = next(one for one in facts.published_shares if one.programme == key)
        return share, _("%(name)s: share of its project") % {"name": said(facts.programme(key).name)}
    if subject == "fund_years":
        fund = next(one for one in facts.funds if one.key == key)
        return fund, _("%(name)s: years") % {"name": said(facts.programme(fund.programme).name)}
    wholes: dict[str, Breakdown | Ratio] = {one.key: one for one in facts.breakdowns}
    wholes |= {one.key: one for one in facts.ratios}
    return wholes[key], said(wholes[key].name)
