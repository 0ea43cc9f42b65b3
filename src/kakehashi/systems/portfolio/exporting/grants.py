"""Awards as a 360Giving package (schema 1.4, standard.threesixtygiving.org), grant by grant.

Ids: of a grant the publisher's prefix and the award number; of an organisation its ROR id by org-id.guide's
list (XI-ROR-057zh3y96), else the prefix with ``Org:`` and its code here. Dates of decisions are not kept:
``awardDate`` is the first day. Outputs are told as documents related to the grant (``relatedDocument``), for which
its own fields end with what was awarded. What the standard has no field for stands under ``kakehashi``.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.organisations.places import country_name
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.exporting.awards import Told, awards_told
from kakehashi.systems.portfolio.models import Modality, Output, OutputKind, Phase
from kakehashi.systems.portfolio.outputs.published import is_public
from kakehashi.systems.portfolio.outputs.references import address_of

VERSION = "1.4"
PREFIX = re.compile(r"360G-[A-Za-z0-9_]+\Z")


def write_grants(out: TextIO, *, by: Person | None, prefix: str, funder: str = "") -> None:
    """Write every award as a grant. ``funder``: the code of the agency, where this node has more than one.

    Raises Invalid (no such prefix, or no award to write: a package has at least one), NotFound, NotAllowed.
    """
    if not PREFIX.match(prefix):
        raise Invalid(_("A 360Giving prefix looks like 360G-example; 360Giving gives each publisher its own."))
    agency = funder_of(funder)
    out.writelines(package(awards_told(by=by, shape="360giving"), agency, prefix))


def package(awards: Iterable[Told], agency: Organisation, prefix: str, *, public: bool = False) -> Iterator[str]:
    """A package in pieces, read as one goes; ``public`` as of ``grant``. Raises Invalid where there is no award."""
    head = {
        "version": VERSION,
        "title": agency.name_en or agency.name,
        "issued": timezone.localdate().isoformat(),
        "publisher": {"name": agency.name_en or agency.name},
    }
    before = json.dumps(head, ensure_ascii=False)[:-1] + ', "grants": [\n'
    for number, told in enumerate(awards):
        with translation.override("en"):
            made = grant(told, agency, prefix, public=public)
        yield (",\n" if number else before) + json.dumps(made, ensure_ascii=False)
        before = ""
    if before:
        raise Invalid(_("There is no award to write yet."))
    yield "\n]}\n"


def grant(told: Told, agency: Organisation, prefix: str, *, public: bool = False) -> dict[str, Any]:
    """One award as a grant; amounts are whole yen. ``public``: without what was spent, a call that is not published,
    and outputs that are not public."""
    award = told.award
    call = award.call
    if public and call is not None and (call.published_on is None or call.published_on > timezone.localdate()):
        call = None
    made: dict[str, Any] = {
        "id": f"{prefix}-{award.number}",
        "title": award.title,
        "description": award.summary or award.title,
        "currency": "JPY",
        "amountAwarded": sum(told.committed.values()),
        **({} if public else {"amountDisbursed": sum(told.spent.values())}),
        "awardDate": award.begins.isoformat(),
        "plannedDates": [{"startDate": award.begins.isoformat(), "endDate": award.ends.isoformat()}],
        "recipientOrganization": [organisation(award.organisation, prefix)],
        "fundingOrganization": [organisation(agency, prefix)],
        "beneficiaryLocation": [
            {"name": country_name(award.organisation.country, "en"), "countryCode": award.organisation.country}
        ],
    }
    if award.call:  # of an award without one nobody said that there was none
        made["fromOpenCall"] = "Yes"
    if award.programme:
        made["grantProgramme"] = [{"code": award.programme.code, "title": award.programme.name}]
    if classified := _classifications(told):
        made["classifications"] = classified
    today = timezone.localdate()
    if outputs := [one for one in told.outputs if not public or is_public(one, today)]:
        made["relatedDocument"] = [document(one) for one in outputs]
    ours = {
        "title_en": award.title_en,
        "summary": award.summary,
        "summary_en": award.summary_en,
        "call": call.number if call else "",
        "phase": award.phase,
        "modality": award.modality,
        "area": award.area.code if award.area else "",
        "synthetic": award.synthetic,
    }
    return made | {"kakehashi": {name: value for name, value in ours.items() if value}}


def document(one: Output) -> dict[str, str]:
    """An output as a document related to the grant: the standard has no field for what came of one. Its type is our
    kind of output; a made-up one has no address."""
    address = "" if one.synthetic else address_of(one)
    made = {
        "id": one.reference,
        "title": one.title or one.title_en or one.reference,
        "documentType": str(OutputKind(one.kind).label),
        "description": f"{one.kind} {one.on.isoformat()}",
    }
    return made | ({"url": address} if address else {})


def organisation(one: Organisation, prefix: str) -> dict[str, Any]:
    """An organisation with its id in the world, else in ours."""
    made: dict[str, Any] = {
        "id": f"XI-ROR-{one.ror}" if one.ror else f"{prefix}-Org:{one.code}",
        "name": one.name,
        "addressCountry": country_name(one.country, "en"),
    }
    if one.name_en:
        made["alternateName"] = one.name_en
    if one.ror:
        made["url"] = f"https://ror.org/{one.ror}"
    return made


def _classifications(told: Told) -> list[dict[str, str]]:
    """Phase, modality and disease area, each under a vocabulary of its own."""
    award = told.award
    found = [
        ("kakehashi-phase", award.phase, str(Phase(award.phase).label) if award.phase else ""),
        ("kakehashi-modality", award.modality, str(Modality(award.modality).label) if award.modality else ""),
        ("kakehashi-disease-area", award.area.code if award.area else "", award.area.label("en") if award.area else ""),
    ]
    return [{"vocabulary": vocabulary, "code": code, "title": title} for vocabulary, code, title in found if code]


def funder_of(code: str) -> Organisation:
    """The agency of a code, else the only one there is."""
    if code:
        found = Organisation.objects.filter(kind=Kind.AGENCY, code=code).first()
        if found is None:
            raise NotFound(code)
        return found
    only = only_agency()
    if only is None:
        raise Invalid(_("Name the funding agency with --funder and its code; see kakehashi organisations list."))
    return only


def only_agency() -> Organisation | None:
    """The agency of this node; None where it has none or several, so that whose awards they are is not clear."""
    several = list(Organisation.objects.filter(kind=Kind.AGENCY).order_by("code")[:2])
    return several[0] if len(several) == 1 else None
