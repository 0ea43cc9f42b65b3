"""Random and exhaustive questions and records, for the table and for its second statement alike."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Sector
from kakehashi.kernel.sharing.subject import Context, GrantInForce, Subject

KIND = "sharing_records.record"
DAY = date(2026, 11, 21)
PAST, SOON = DAY - timedelta(days=1), DAY + timedelta(days=1)
HOLDERS = range(1, 7)


@dataclass
class Row:
    """The fields of a record in memory, with what the database would have to look up."""

    pk: int
    organisation_id: int
    award_id: int | None
    state: str
    sharing_class: str
    reach: int
    shown: int
    private_sector: bool
    embargo_until: date | None
    consent_from: date | None
    consent_until: date | None
    consent_domestic: bool
    consent_abroad: bool
    consent_private: bool
    opted_out: bool
    sharing_kind: str = KIND


def plain(row: Row) -> dict:
    """The record as the second statement reads it."""
    return {
        "kind": row.sharing_kind,
        "id": row.pk,
        "holder": row.organisation_id,
        "award": row.award_id,
        "state": row.state,
        "class": row.sharing_class,
        "reach": row.reach,
        "shown": row.shown,
        "private_sector": row.private_sector,
        "embargo_until": row.embargo_until,
        "consent_from": row.consent_from,
        "consent_until": row.consent_until,
        "consent_domestic": row.consent_domestic,
        "consent_abroad": row.consent_abroad,
        "consent_private": row.consent_private,
        "opted_out": row.opted_out,
    }


def plain_question(subject: Subject, purpose: Purpose, context: Context) -> dict:
    """The question as the second statement reads it."""
    grants = []
    for grant in subject.grants:
        if grant.record_id is not None:
            of = ("record", (grant.kind, grant.record_id))
        elif grant.award_id is not None:
            of = ("award", grant.award_id)
        else:
            of = ("organisation", grant.organisation_id)
        purposes = {str(one) for one in grant.purposes}
        grants.append({"of": of, "level": int(grant.level), "purposes": purposes, "joined": grant.joined})
    return {
        "purpose": str(purpose),
        "reads": subject.reads,
        "takes_part": subject.takes_part,
        "partners": subject.partners,
        "compatriots": subject.compatriots,
        "private": subject.sector == Sector.PRIVATE,
        "grants": grants,
        "excepted": context.excepted,
    }


def random_row(draw: random.Random, pk: int) -> Row:
    """One record; each field is permissive more often than not, so that every condition may be the one that fails."""
    likely = lambda: draw.random() < 0.8  # noqa: E731
    return Row(
        pk=pk,
        organisation_id=draw.choice(HOLDERS),
        award_id=draw.choice([None, 1, 2, 3]),
        state="registered" if likely() else draw.choice(["draft", "diagnosed"]),
        sharing_class=draw.choice([str(one) for one in DataClass]),
        reach=draw.choice([0, 1, 2, 3]),
        shown=draw.choice([0, 1, 2, 2, 3, 3]),
        private_sector=likely(),
        embargo_until=draw.choice([None, None, PAST, DAY, SOON]),
        consent_from=draw.choice([PAST, PAST, DAY, SOON, None]),
        consent_until=draw.choice([None, None, SOON, DAY, PAST]),
        consent_domestic=likely(),
        consent_abroad=draw.random() < 0.5,
        consent_private=likely(),
        opted_out=not likely(),
    )


def random_question(draw: random.Random, records: int) -> tuple[Subject, Purpose, Context]:
    """One question; ids of records up to ``records``."""
    some = lambda: frozenset(one for one in HOLDERS if draw.random() < 0.4)  # noqa: E731
    grants = []
    for _ in range(draw.choice([0, 0, 1, 2, 3])):
        what = draw.choice(["record", "record", "other kind", "award", "organisation"])
        grants.append(
            GrantInForce(
                level=draw.choice([Level.EXISTS, Level.MATCHING, Level.WHOLE]),
                purposes=frozenset(draw.sample(list(Purpose), draw.choice([1, 1, 2]))),
                kind={"record": KIND, "other kind": "other.thing"}.get(what, ""),
                record_id=draw.randint(1, records) if what[0] == "r" or "k" in what else None,
                award_id=draw.choice([1, 2, 3]) if what == "award" else None,
                organisation_id=draw.choice(HOLDERS) if what == "organisation" else None,
                joined=draw.random() < 0.5,
            )
        )
    subject = Subject(
        name="someone",
        reads=some(),
        takes_part=draw.random() < 0.9,
        partners=some(),
        compatriots=some(),
        sector=draw.choice([Sector.PUBLIC, Sector.PUBLIC, Sector.PRIVATE]),
        grants=tuple(grants),
    )
    return subject, draw.choice([*Purpose, Purpose.CARE]), Context(DAY, some() if draw.random() < 0.5 else frozenset())
