"""The family of a case: the pedigree drawn and in words, its form, PED files in and out."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.engines.pictures import pedigree
from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.protocols.phenopacket import to_tree
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.families import actions, pedfiles
from kakehashi.systems.cases.families.members import Members, to_ped
from kakehashi.systems.cases.families.packets import family_packet
from kakehashi.systems.cases.families.queries import SeenFamily, drawn, family_of, insist_on_family, places_in
from kakehashi.systems.cases.forms.families import FamilyEntry, PedForm
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import panes
from kakehashi.systems.cases.states import Answer, FamilyRevisionKind, Sex


@login_required
@require_GET
def family(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case's family: the pedigree, everybody in a table beside it, who is which case, what was changed."""
    case = queries.case_for(request.user, case_id)
    seen = family_of(request.user, case)
    context = panes.case_context(request, case, "family") | {"seen": seen}
    if seen is not None:
        picture = seen.picture()
        context |= {
            "svg": mark_safe(pedigree.draw(picture)),  # noqa: S308  every text in it is escaped by draw
            "summary": pedigree.summary(picture),
            "members": said_members(seen.members, picture, seen.cases),
            "steps": seen.family.revisions.select_related("by") if seen.own else (),
        }
    return render(request, "cases/family.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit_family(request: HttpRequest, case_id: str) -> HttpResponse:
    """Enter or edit the family of a case."""
    case, seen = _own(request, case_id)
    entry = FamilyEntry(
        request.POST if request.method == "POST" else None,
        case=case,
        family=seen.family if seen else None,
        cases=seen.cases if seen else {},
    )
    conflict: actions.FamilyConflict | None = None
    if request.method == "POST" and entry.is_valid():
        try:
            _keep(request, case, seen, entry.members, entry.cases, local_id=entry.local_id)
        except Invalid as error:
            entry.show(error)
        except actions.FamilyConflict as error:
            conflict = error
        else:
            messages.success(request, _("The family is kept."))
            return redirect("cases:family", case.public_id)
    revision = seen.family.revision if seen else 0
    context: dict[str, Any] = {
        "case": case,
        "entry": entry,
        "seen": seen,
        "conflict": conflict,
        "from_revision": conflict.revision if conflict else request.POST.get("from_revision", revision),
        "why": request.POST.get("why", ""),
    }
    return render(
        request, "cases/family_form.html", context, status=409 if conflict else 422 if entry.problems else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def import_ped(request: HttpRequest, case_id: str) -> HttpResponse:
    """Look at a PED file: what is wrong in which line, or the family as it would be drawn. Nothing is written here."""
    case, seen = _own(request, case_id)
    form = PedForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"case": case, "seen": seen, "form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        preview = pedfiles.read(form.cleaned_data["file"], case=case, before=seen)
        context |= _previewed(preview, seen)
        status = 422 if preview.problems else 200
    elif form.errors:
        status = 422
    return render(request, "cases/family_ped.html", context, status=status)


@login_required
@require_POST
def keep_ped(request: HttpRequest, case_id: str) -> HttpResponse:
    """Take over the PED file that was looked at, with the family, proband and member chosen there."""
    case, seen = _own(request, case_id)
    chosen = pedfiles.Choice(
        family=request.POST.get("family", ""),
        proband=request.POST.get("proband", ""),
        member=request.POST.get("member", ""),
    )
    preview = pedfiles.read(request.POST.get("text", ""), case=case, before=seen, chosen=chosen)
    if not preview.problems and "look" not in request.POST:
        try:
            _keep(
                request,
                case,
                seen,
                preview.members,
                preview.cases,
                local_id=seen.family.local_id if seen else preview.chosen.family,
                kind=FamilyRevisionKind.IMPORTED,
            )
        except Invalid as error:
            preview = preview.refused(error)
        else:
            messages.success(request, _("The family is kept."))
            return redirect("cases:family", case.public_id)
    context = {"case": case, "seen": seen, "form": PedForm()} | _previewed(preview, seen)
    return render(request, "cases/family_ped.html", context, status=422 if preview.problems else 200)


@login_required
@require_GET
def ped(request: HttpRequest, case_id: str) -> HttpResponse:
    """The family as a PED file, to download."""
    seen = _exported(request, case_id)
    return _download(to_ped(seen.members, seen.name), f"{seen.family.public_id}.ped", "text/plain; charset=utf-8")


@login_required
@require_GET
def pedigree_svg(request: HttpRequest, case_id: str) -> HttpResponse:
    """The drawing as a file of its own."""
    seen = _exported(request, case_id)
    drawing = pedigree.draw(seen.picture()).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return _download(drawing, f"{seen.family.public_id}.svg", "image/svg+xml; charset=utf-8")


@login_required
@require_GET
def phenopacket(request: HttpRequest, case_id: str) -> HttpResponse:
    """The family as a GA4GH phenopacket Family, to download."""
    case = queries.case_for(request.user, case_id, reading=False)
    seen = _exported(request, case_id)
    audit.read_of(request.user, "case", list(seen.cases.values()), action="case.export")
    text = json.dumps(to_tree(family_packet(seen, case)), ensure_ascii=False, indent=1)
    return _download(text, f"{seen.family.public_id}.json", "application/json; charset=utf-8")


def said_members(members: Members, picture: pedigree.Pedigree, cases: dict[str, Case]) -> list[dict[str, Any]]:
    """Everybody in words, in the order of the drawing: the text beside the picture."""
    known = {one.id: one for one in members}
    return [
        {
            "place": place,
            "said": (one := known[name]),
            "sex": Sex(one.sex).label,
            "affected": Answer(one.affected).label,
            "case": cases.get(name),
        }
        for name, place in places_in(picture).items()
    ]


def _own(request: HttpRequest, case_id: str) -> tuple[Case, SeenFamily | None]:
    """A case whose family one may write, and the family. Raises NotFound, NotAllowed, Conflict."""
    case = panes.case_to_edit(request, case_id, action="family.edit")
    return case, family_of(request.user, case)


def _keep(
    request: HttpRequest,
    case: Case,
    seen: SeenFamily | None,
    members: Members,
    cases: dict[str, Case],
    *,
    local_id: str,
    kind: FamilyRevisionKind | None = None,
) -> None:
    note = request.POST.get("why", "")
    by: Any = request.user
    if seen is None:
        entered = kind or FamilyRevisionKind.ENTERED
        actions.enter_family(by=by, case=case, local_id=local_id, members=members, cases=cases, kind=entered, note=note)
        return
    actions.edit_family(
        by=by,
        family=seen.family,
        members=members,
        cases=cases,
        local_id=local_id,
        from_revision=panes.number(request.POST.get("from_revision")),
        kind=kind or FamilyRevisionKind.EDITED,
        note=note,
    )


def _previewed(preview: pedfiles.Preview, seen: SeenFamily | None) -> dict[str, Any]:
    context: dict[str, Any] = {"preview": preview, "from_revision": seen.family.revision if seen else 0}
    if preview.drawable:
        picture = drawn(preview.members, preview.chosen.family)
        context |= {
            "svg": mark_safe(pedigree.draw(picture)),  # noqa: S308  every text in it is escaped by draw
            "summary": pedigree.summary(picture),
            "members": said_members(preview.members, picture, preview.cases),
        }
    return context


def _exported(request: HttpRequest, case_id: str) -> SeenFamily:
    case = queries.case_for(request.user, case_id, reading=False)
    seen = insist_on_family(request.user, case, reading=False)
    audit.read_of(request.user, "family", [seen.family], action="family.export")
    return seen


def _download(text: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
