"""Finding awards by their words: number, titles, summaries, programme, institution, in either language."""

from collections.abc import Iterable

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Cast

from kakehashi.kernel.search.actions import index_many
from kakehashi.kernel.search.queries import matching
from kakehashi.systems.portfolio.models import Award

SEARCH_KIND = "award"
AT_ONCE = 2_000


def search_texts(award: Award) -> list[str]:
    """What an award is found by."""
    texts = [award.number, award.title, award.title_en, award.summary, award.summary_en]
    if award.programme is not None:
        texts += [award.programme.name, award.programme.name_en]
    texts += [award.organisation.name, award.organisation.name_en]
    return [text for text in texts if text]


def index_awards(awards: Iterable[Award]) -> None:
    """Make awards findable, in the transaction that writes them."""
    batch: list[Award] = []
    for award in awards:
        batch.append(award)
        if len(batch) == AT_ONCE:
            _index(batch)
            batch.clear()
    _index(batch)


def _index(awards: list[Award]) -> None:
    index_many(SEARCH_KIND, [(one.pk, search_texts(one), one.organisation_id) for one in awards])


def keys_holding(text: str) -> list[int]:
    """The primary keys of the awards that hold every word of a text."""
    return [int(key) for key in matching(text, SEARCH_KIND).order_by().values_list("object_id", flat=True)]


def holding(rows: QuerySet[Award], text: str) -> QuerySet[Award]:
    """Those of the awards that hold every word of a text."""
    found = matching(text, SEARCH_KIND).order_by()
    return rows.filter(pk__in=found.values(key=Cast("object_id", BigIntegerField())))
