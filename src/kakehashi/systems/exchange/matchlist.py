"""The table of matches: its columns, filters and order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.listing import Column, Filter, Listing, day_filters
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.organisations.places import place_named
from kakehashi.kernel.sharing.states import Level
from kakehashi.systems.cases.public import term_labels
from kakehashi.systems.exchange.models import SEPARATOR, Match, Peer
from kakehashi.systems.exchange.precision import Precision
from kakehashi.systems.exchange.queries import matches_for, tell
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


def told_only_of_existence(match: Match) -> bool:
    """The other case's registrant shows no more than that it exists."""
    return match.known is not None and match.known.level <= Level.EXISTS


def _score(match: Match) -> str:
    percent = f"{match.score * 100:.0f} %"
    return _now("from %(share)s") % {"share": percent} if told_only_of_existence(match) else percent


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
        state = f"{state} ({match.get_dismissal_display()})"
    return f"{state} · {CONFIRMED_ACROSS}" if match.confirmed_across else state


def _at_least(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
    return rows.filter(score__gte=float(value))


MATCHES = Listing(
    name="matches",
    order="-score",
    row_link=lambda match: reverse("exchange:match", args=[match.pk]),
    columns=(
        Column("case", _("Your case"), lambda match: match.case.public_id, template="exchange/parts/match_cell.html"),
        Column("score", _("Similarity"), _score, sort="score", short=True),
        Column("likes", _("Confirmed of such"), _likes, short=True),
        Column("findings", _("Findings in common"), _findings),
        Column("genes", _("Genes in common"), lambda match: " · ".join(match.gene_names), short=True),
        Column("place", _("Institution or node"), place_of),
        Column("state", _("State"), _state, sort="state"),
        Column("found", _("Found"), lambda match: match.first_seen, sort="first_seen", short=True),
    ),
    filters=(
        Filter("state", _("State"), MatchState.choices, lambda rows, value: rows.filter(state=value)),
        Filter("score", _("Similarity"), [(f"0.{n}", f"≥ {n}0 %") for n in (9, 8, 7, 6)], _at_least),
        *day_filters("first_seen", _("Found from"), _("Found until")),
    ),
)


def listing_for(person: Any, precision: Precision) -> Listing:
    """The table for someone: what can be chosen are the genes, findings and places of their own matches."""
    told = matches_for(person, Level.MATCHING)
    latest = told.order_by("-first_seen").values_list("genes", "findings")[:LOOKED_THROUGH]
    genes: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    for its_genes, its_findings in latest:
        genes.update(filter(None, its_genes.split(SEPARATOR)))
        findings.update(filter(None, its_findings.split(SEPARATOR)))
    terms = [term for term, _count in findings.most_common(CHOICES)]
    own = (
        Filter(
            "gene", _("Gene"), sorted((gene, gene) for gene, _n in genes.most_common(CHOICES)), _naming("genes", told)
        ),
        Filter("finding", _("Finding"), list(zip(terms, term_labels(terms), strict=True)), _naming("findings", told)),
        Filter("place", _("Institution or node"), _places(person), _at_place),
    )
    state, score, *days = MATCHES.filters

    def prepare(_request: Any, rows: list[Any]) -> None:
        tell(person, rows)
        for one in rows:
            one.likes = precision.of(one.case.organisation_id).like(one)

    return replace(MATCHES, filters=(state, score, *own, *days), prepare=prepare)


def _naming(field: str, told: QuerySet[Match]) -> Any:
    """Rows that name something in common, among those whose other case may be known that far."""

    def narrowed(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
        named = {f"{field}__contains": f"{SEPARATOR}{value}{SEPARATOR}"}
        return rows.filter(**named, pk__in=told.values("pk"))

    return narrowed


def _places(person: Any) -> list[tuple[str, str]]:
    """Other nodes by name; institutions of this node by kind and country only, since most are not named."""
    rows = matches_for(person).order_by()
    holders = Organisation.objects.filter(pk__in=rows.values("other__organisation"))
    places = holders.order_by().values_list("kind", "country").distinct()
    peers = Peer.objects.filter(pk__in=rows.values("peer"))
    named = [(f"here-{kind}-{country}", place_named(kind, country)) for kind, country in places]
    return sorted(named + [(f"node-{one.pk}", one.name) for one in peers], key=lambda one: one[1])


def _at_place(rows: QuerySet[Match], value: str) -> QuerySet[Match]:
    where, _dash, which = value.partition("-")
    if where == "node":
        return rows.filter(peer_id=int(which))
    kind, _dash, country = which.rpartition("-")
    return rows.filter(other__organisation__kind=kind, other__organisation__country=country)
