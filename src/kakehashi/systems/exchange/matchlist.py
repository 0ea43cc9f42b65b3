"""The table of matches: its columns, filters and order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.listing import Column, Filter, Listing, day_filters
from kakehashi.kernel.organisations.places import place_named
from kakehashi.kernel.punctuation import noted
from kakehashi.kernel.sharing.states import Level
from kakehashi.systems.cases.public import Sight, term_labels
from kakehashi.systems.exchange.models import SEPARATOR, Match
from kakehashi.systems.exchange.precision import Precision
from kakehashi.systems.exchange.queries import COUNTED, known_now, tell
from kakehashi.systems.exchange.states import MatchState

LOOKED_THROUGH = 2000
"""So many of the latest matches say which genes, findings and places can be chosen."""
CHOICES = 100
CONFIRMED_ACROSS = _("the other side has confirmed")
FINDINGS_SHOWN = 3


def place_of(match: Match) -> str:
    """Where the other patient is: another node, or what may be known of an institution of this one."""
    if match.peer is not None:
        return match.peer.name
    return match.named_place or match.known.organisation if match.known is not None else ""


def other_of(match: Match) -> str:
    """The other case: its id where the person may open it, and where it is."""
    return " · ".join(filter(None, (match.known.public_id if match.known is not None else "", place_of(match))))


def told_only_of_existence(match: Match) -> bool:
    """The other case's registrant shows no more than that it exists."""
    return match.known is not None and match.known.level <= Level.EXISTS


def _score(match: Match) -> str:
    percent = f"{match.score * 100:.0f} %"
    if told_only_of_existence(match):
        return _now("from %(share)s") % {"share": percent}
    return noted(percent, _likes(match)) if match.likes is not None else percent


def _likes(match: Match) -> str:
    """How many of the reviewed matches like this one were confirmed; "" where too few were reviewed."""
    if match.likes is None:
        return ""
    return _now("%(confirmed)s of %(reviewed)s") % {
        "confirmed": match.likes.confirmed,
        "reviewed": match.likes.reviewed,
    }


def _findings(match: Match) -> str:
    if told_only_of_existence(match):
        return _now("Its registrant shows only that it exists.")
    ids = match.finding_ids
    more = f" +{len(ids) - FINDINGS_SHOWN}" if len(ids) > FINDINGS_SHOWN else ""
    return " · ".join(term_labels(ids[:FINDINGS_SHOWN])) + more


def _state(match: Match) -> str:
    state = match.get_state_display()
    if match.dismissal:
        state = noted(state, match.get_dismissal_display())
    return f"{state} · {CONFIRMED_ACROSS}" if match.confirmed_across else state


def _at_least(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
    return rows.filter(score__gte=float(value))


MATCHES = Listing(
    name="matches",
    order="-score",
    counted=COUNTED,
    row_link=lambda match: reverse("exchange:match", args=[match.pk]),
    columns=(
        Column("case", _("Your case"), lambda match: match.case.public_id, template="exchange/parts/match_cell.html"),
        Column("score", _("Similarity"), _score, sort="score"),
        Column("likes", _("Confirmed of such"), _likes, short=True, shown=False),
        Column("findings", _("Findings in common"), _findings, wide=True),
        Column("genes", _("Genes in common"), lambda match: " · ".join(match.gene_names), short=True),
        Column("place", _("Other case"), other_of, template="exchange/parts/other_cell.html"),
        Column("state", _("State"), _state, sort="state"),
        Column("found", _("Found"), lambda match: match.first_seen, sort="first_seen", short=True),
    ),
    filters=(
        Filter("state", _("State"), MatchState.choices, lambda rows, value: rows.filter(state=value)),
        Filter("score", _("Similarity"), [(f"0.{n}", f"≥ {n}0 %") for n in (9, 8, 7, 6)], _at_least),
        *day_filters("first_seen", _("Found from"), _("Found until")),
    ),
)


def listing_for(person: Any, precision: Precision, every: QuerySet[Match], sight: Sight) -> Listing:
    """The table for someone: what can be chosen are the genes, findings and places of their own matches."""
    own = Match.objects.filter(organisation__in=sight.organisations).order_by("-pk")
    latest_ids = list(own.values_list("pk", flat=True)[:LOOKED_THROUGH])
    matching = known_now(sight, Level.MATCHING)
    told = Match.objects.filter(matching, pk__in=latest_ids)
    genes: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    for its_genes, its_findings in told.values_list("genes", "findings"):
        genes.update(filter(None, its_genes.split(SEPARATOR)))
        findings.update(filter(None, its_findings.split(SEPARATOR)))
    terms = [term for term, _count in findings.most_common(CHOICES)]
    named = sorted(zip(terms, term_labels(terms), strict=True), key=lambda one: one[1].casefold())
    symbols = sorted((gene, gene) for gene, _count in genes.most_common(CHOICES))
    chosen = (
        Filter("gene", _("Gene"), symbols, _naming("genes", matching)),
        Filter("finding", _("Finding"), named, _naming("findings", matching)),
        Filter("place", _("Institution or node"), _places(every.filter(pk__in=latest_ids)), _at_place),
    )
    state, score, *days = MATCHES.filters

    def prepare(_request: Any, rows: list[Any]) -> None:
        prefetch_related_objects(rows, "case__organisation", "peer", "foreign")
        tell(person, rows, sight=sight)
        for one in rows:
            one.likes = precision.of(one.case.organisation_id).like(one)

    return replace(MATCHES, filters=(state, score, *chosen, *days), prepare=prepare)


def _naming(field: str, matching: Q) -> Any:
    """Rows that name something in common, among those whose other case may be known that far."""

    def narrowed(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
        named = {f"{field}__contains": f"{SEPARATOR}{value}{SEPARATOR}"}
        return rows.filter(matching, **named)

    return narrowed


def _places(latest: QuerySet[Match]) -> list[tuple[str, str]]:
    """Other nodes by name; institutions of this node by kind and country only, since most are not named."""
    columns = ("other__organisation__kind", "other__organisation__country", "peer", "peer__name")
    named = {
        (f"node-{peer}", name) if peer else (f"here-{kind}-{country}", place_named(kind, country))
        for kind, country, peer, name in latest.order_by().values_list(*columns).distinct()
    }
    return sorted(named, key=lambda one: one[1])


def _at_place(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
    where, _dash, which = value.partition("-")
    if where == "node":
        return rows.filter(peer_id=int(which))
    kind, _dash, country = which.rpartition("-")
    return rows.filter(other__organisation__kind=kind, other__organisation__country=country)
