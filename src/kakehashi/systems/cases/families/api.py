"""The family of a case by API: read, replace, a PED file looked at, PED, drawing and phenopacket out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Path, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field, StringConstraints

from kakehashi.engines.pictures import pedigree
from kakehashi.kernel import audit
from kakehashi.kernel.api.authentication import caller
from kakehashi.kernel.errors import Invalid
from kakehashi.protocols.phenopacket import to_tree
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.families import actions, pedfiles
from kakehashi.systems.cases.families.members import MOST_MEMBERS, Name, Relative, to_ped
from kakehashi.systems.cases.families.packets import family_packet
from kakehashi.systems.cases.families.queries import SeenFamily, family_of, insist_on_family, places_in
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.schemas import LineProblemOut, Note, Text

router = Router(tags=["cases"])

CaseId = Annotated[str, StringConstraints(pattern=r"^K-[0-9A-Z]{12}$")]


class FamilyOut(Schema):
    """A family as the caller may see it: of another institution without its pseudonyms (``own`` is false).

    ``cases``: member → id of the case; ``places``: member → place in the drawing ("II-1").
    """

    id: str
    local_id: str
    own: bool
    revision: int
    members: list[Relative]
    cases: dict[str, str]
    places: dict[str, str]
    summary: str


class FamilyIn(Schema):
    """What replaces a family, and the revision it started from (0: none was there)."""

    local_id: Name
    members: list[Relative] = Field(max_length=MOST_MEMBERS)
    cases: dict[Name, CaseId] = Field(description="Which members are cases; the case itself among them")
    from_revision: int = Field(default=0, ge=0, le=1_000_000)
    note: Note = ""


class PedChoiceIn(Schema):
    """What a PED file does not say; by default read from the family and the case as they stand."""

    family: Text = Field(default="", description="Which of the file's families")
    proband: Text = ""
    member: Text = Field(default="", description="Who the case is")


class PedPreviewOut(Schema):
    """What a PED file would make of the family; put it with PUT to keep it."""

    problems: list[LineProblemOut]
    more_problems: bool = Field(description="There are more than these")
    families: list[str]
    family: str
    members: list[Relative]
    cases: dict[str, str]
    came: list[str]
    gone: list[str]


@router.get("/{case_id}/family", response=FamilyOut, summary="Read the family of a case")
def read_family(request: HttpRequest, case_id: Path[CaseId]) -> FamilyOut:
    """Its members, which of them are cases, and the pedigree in words."""
    case = queries.case_for(caller(request), case_id, reading=False)
    return _out(insist_on_family(caller(request), case))


@router.put("/{case_id}/family", response=FamilyOut, summary="Enter or replace the family of a case")
def put_family(request: HttpRequest, case_id: Path[CaseId], new: FamilyIn) -> FamilyOut:
    """Replaces members and links, if the revision it started from still stands; without a family one is entered."""
    case = queries.case_for(caller(request), case_id, reading=False)
    seen = family_of(caller(request), case, reading=False)
    own = Case.objects.filter(organisation=case.organisation_id, public_id__in=set(new.cases.values()))
    known = {one.public_id: one for one in own}
    if missing := sorted(set(new.cases.values()) - known.keys()):
        raise Invalid({"cases": [_("Your institution has no case %(id)s.") % {"id": one} for one in missing]})
    cases = {name: known[public_id] for name, public_id in new.cases.items()}
    said: dict[str, Any] = {"members": tuple(new.members), "cases": cases, "note": new.note, "local_id": new.local_id}
    if seen is None:
        actions.enter_family(by=caller(request), case=case, **said)
    else:
        actions.edit_family(by=caller(request), family=seen.family, from_revision=new.from_revision, **said)
    return _out(insist_on_family(caller(request), case, reading=False))


@router.post("/{case_id}/family/ped", response=PedPreviewOut, summary="Look at a PED file for the family of a case")
def look_at_ped(
    request: HttpRequest, case_id: Path[CaseId], file: File[UploadedFile], choice: Form[PedChoiceIn]
) -> PedPreviewOut:
    """Nothing is kept."""
    case = queries.case_for(caller(request), case_id)
    pedfiles.insist_on_size(file.size or 0)
    seen = family_of(caller(request), case, reading=False)
    before = seen if seen is not None and seen.own else None
    chosen = pedfiles.Choice(choice.family, choice.proband, choice.member)
    found = pedfiles.read(file.read(), case=case, before=before, chosen=chosen)
    return PedPreviewOut(
        problems=[LineProblemOut(**asdict(one)) for one in found.problems],
        more_problems=found.cut,
        families=list(found.families),
        family=found.chosen.family,
        members=list(found.members),
        cases={name: one.public_id for name, one in found.cases.items()},
        came=list(found.came),
        gone=list(found.gone),
    )


@router.get("/{case_id}/family/phenopacket", response=dict[str, Any], summary="Export a family as a phenopacket")
def family_phenopacket(request: HttpRequest, case_id: Path[CaseId]) -> dict[str, Any]:
    """GA4GH Phenopacket v2 Family with its pedigree."""
    case, seen = _exported(request, case_id)
    audit.read_of(caller(request), "case", list(seen.cases.values()), action="case.export")
    return to_tree(family_packet(seen, case))


@router.get("/{case_id}/family/ped", response=str, summary="Export a family as a PED file")
def family_ped(request: HttpRequest, case_id: Path[CaseId]) -> HttpResponse:
    """PLINK's format, with the further columns that one came with."""
    _case, seen = _exported(request, case_id)
    return HttpResponse(to_ped(seen.members, seen.name), content_type="text/plain; charset=utf-8")


@router.get("/{case_id}/family/pedigree.svg", response=str, summary="Draw the pedigree of a family")
def family_svg(request: HttpRequest, case_id: Path[CaseId]) -> HttpResponse:
    """By the standardised nomenclature, with title and description."""
    _case, seen = _exported(request, case_id)
    return HttpResponse(pedigree.draw(seen.picture()), content_type="image/svg+xml; charset=utf-8")


def _exported(request: HttpRequest, case_id: str) -> tuple[Case, SeenFamily]:
    case = queries.case_for(caller(request), case_id, reading=False)
    seen = insist_on_family(caller(request), case, reading=False)
    audit.read_of(caller(request), "family", [seen.family], action="family.export")
    return case, seen


def _out(seen: SeenFamily) -> FamilyOut:
    picture = seen.picture()
    return FamilyOut(
        id=seen.family.public_id,
        local_id=seen.family.local_id if seen.own else "",
        own=seen.own,
        revision=seen.family.revision,
        members=list(seen.members),
        cases={name: case.public_id for name, case in seen.cases.items()},
        places=places_in(picture),
        summary=pedigree.summary(picture),
    )
