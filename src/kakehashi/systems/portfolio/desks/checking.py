"""The check of the books that an auditor asks for: every figure against its rows, as long work with its result kept."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.kernel import audit, jobs
from kakehashi.kernel.append_only import holds
from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.jobs.kinds import Outcome
from kakehashi.kernel.jobs.models import ACTIVE, Job, JobState
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.abroad import triggers as cooperation_triggers
from kakehashi.systems.portfolio.adjustment import triggers as adjustment_triggers
from kakehashi.systems.portfolio.contracts import triggers as contract_triggers
from kakehashi.systems.portfolio.desks.rules import may_use_auditors
from kakehashi.systems.portfolio.keeping import triggers as keeping_triggers
from kakehashi.systems.portfolio.ledger import triggers as ledger_triggers
from kakehashi.systems.portfolio.publication import triggers as publication_triggers
from kakehashi.systems.portfolio.reconciling import faults

KEEPERS = (
    ledger_triggers,
    contract_triggers,
    keeping_triggers,
    adjustment_triggers,
    cooperation_triggers,
    publication_triggers,
)
"""Who keeps which tables append-only."""
KIND = "portfolio.check_books"
MOST = 200
"""So many faults of one check are kept; the command line tells them all."""


@dataclass(frozen=True)
class Kept:
    """A table whose rows the database itself refuses to change or delete, whether it does so now, and what people call
    its rows."""

    table: str
    refuses: bool
    words: str


def start_check(*, by: Person) -> Job:
    """Queue a check of the books. Raises NotAllowed, Conflict while one waits or runs."""
    audit.insist(may_use_auditors(by), by=by, action="portfolio.check")
    if running_check() is not None:
        raise Conflict(_("A check is at work already: its result will stand here."))
    return jobs.start(KIND, check_books, owner=by, language=by.language)


def check_books(job: jobs.Running, *, language: str) -> dict[str, Any]:
    """Hold every figure against its rows, and look whether the database still refuses to change them."""
    with translation.override(language):
        found = [[one.code, one.where, str(one.text)] for one in islice(faults(), MOST + 1)]
    job.progress(1, 1)
    return {
        "faults": found[:MOST],
        "more": len(found) > MOST,
        "open": [one.table for one in append_only_tables() if not one.refuses],
    }


def outcome_of(result: Any) -> Outcome:
    """What a check came to."""
    number = len(result["faults"]) + len(result["open"])
    if not number:
        return Outcome(_("Every figure is the sum of its rows, and the database refuses to change them."))
    text = ngettext("%(number)d thing does not agree.", "%(number)d things do not agree.", number)
    return Outcome(text % {"number": number}, refused=True)


def last_check() -> Job | None:
    """The latest check that came to an end."""
    return Job.objects.filter(kind=KIND, state=JobState.DONE).order_by("-finished_at").first()


def running_check() -> Job | None:
    """The check that waits or is at work."""
    return Job.objects.filter(kind=KIND, state__in=(JobState.WAITING, *ACTIVE)).order_by("-pk").first()


def append_only_tables() -> list[Kept]:
    """The tables of the ledger, of contracts, of reports of goals and of outcomes, of what was said and shown before,
    asked of the database now."""
    tables = {table: prefix for one in KEEPERS for table, prefix in one.TABLES.items()}
    words = {
        one._meta.db_table: str(one._meta.verbose_name_plural) for one in apps.get_app_config("portfolio").get_models()
    }
    return [
        Kept(table, holds(connection, table, prefix=prefix), words.get(table, table))
        for table, prefix in tables.items()
    ]
