"""Terms, projects, programmes, disease areas, placements and budgets shown again are entered and changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.forms import structure as forms
from kakehashi.systems.portfolio.keeping import placing, structure
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.keeping.structure import insist_keeps
from kakehashi.systems.portfolio.models import (
    DiseaseArea,
    IntegratedProject,
    Placement,
    PlanTerm,
    Programme,
    SharedBudget,
)
from kakehashi.systems.portfolio.money import exact
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page


@login_required
@require_http_methods(["GET", "POST"])
def new_term(request: HttpRequest) -> HttpResponse:
    """A plan term is added."""
    insist_keeps(request.user, "planterm.add")  # type: ignore[arg-type]
    asked = _asked(_("Add a plan term"), _("Add the term"), _("The term is added."), _page())

    def write(said: dict[str, Any]) -> str:
        return _page(structure.add_term(by=request.user, **said))  # type: ignore[arg-type]

    return form_page(request, forms.TermForm(request.POST or None), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def term(request: HttpRequest, number: int) -> HttpResponse:
    """A plan term is changed, or deleted (``delete``) while nothing counts in it."""
    insist_keeps(request.user, "planterm.change")  # type: ignore[arg-type]
    one = _term(number)
    form = _form(forms.TermForm, request, one)
    asked = _asked(_("Change the plan term"), _("Keep the changes"), _("The term is changed."), _page(one))

    def write(said: dict[str, Any]) -> str:
        return _page(structure.change_term(by=request.user, term=one, **said))  # type: ignore[arg-type]

    if request.method == "POST" and "delete" in request.POST:
        structure.delete_term(by=request.user, term=one)  # type: ignore[arg-type]
        messages.success(request, _("The term is deleted."))
        return redirect("portfolio:structure")
    loses = [one.label(), *(each.label() for each in one.projects.all())]
    return form_page(request, form, write, asked, changes=changes_of(one), deletable=_("Delete the term"), loses=loses)


@login_required
@require_http_methods(["GET", "POST"])
def new_project(request: HttpRequest, number: int) -> HttpResponse:
    """An integrated project is added to a term."""
    insist_keeps(request.user, "integratedproject.add")  # type: ignore[arg-type]
    of = _term(number)
    asked = _asked(
        _("Add an integrated project to %(term)s") % {"term": of.label()},
        _("Add the project"),
        _("The project is added."),
        _page(of),
    )

    def write(said: dict[str, Any]) -> str:
        return _page(structure.add_project(by=request.user, term=of, **said).term)  # type: ignore[arg-type]

    form = forms.ProjectForm(request.POST or None, initial={"order": of.projects.count() + 1})
    return form_page(request, form, write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def project(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """An integrated project is changed, or deleted (``delete``) while nothing counts in it."""
    insist_keeps(request.user, "integratedproject.change")  # type: ignore[arg-type]
    one = IntegratedProject.objects.select_related("term").filter(term__number=number, code=code).first()
    if one is None:
        raise NotFound(_("This integrated project"))
    asked = _asked(
        _("Change the integrated project"), _("Keep the changes"), _("The project is changed."), _page(one.term)
    )

    def write(said: dict[str, Any]) -> str:
        return _page(structure.change_project(by=request.user, project=one, **said).term)  # type: ignore[arg-type]

    if request.method == "POST" and "delete" in request.POST:
        structure.delete_project(by=request.user, project=one)  # type: ignore[arg-type]
        messages.success(request, _("The project is deleted."))
        return redirect(_page(one.term))
    form = _form(forms.ProjectForm, request, one)
    told = {"changes": changes_of(one), "deletable": _("Delete the project"), "loses": [one.label()]}
    return form_page(request, form, write, asked, **told)


@login_required
@require_http_methods(["GET", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    """A programme is added; placing it is the next step."""
    insist_keeps(request.user, "programme.add")  # type: ignore[arg-type]
    done = _("The programme is added. It counts nowhere until it is placed.")
    asked = _asked(_("Add a programme"), _("Add the programme"), done, _page())

    def write(said: dict[str, Any]) -> str:
        made = structure.add_programme(by=request.user, **said)  # type: ignore[arg-type]
        return reverse("portfolio:programme", args=[made.code])

    return form_page(request, forms.ProgrammeForm(request.POST or None), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """A programme is changed."""
    insist_keeps(request.user, "programme.change")  # type: ignore[arg-type]
    one = Programme.objects.filter(code=code).first()
    if one is None:
        raise NotFound(_("This programme"))
    back = reverse("portfolio:programme", args=[code])
    asked = _asked(_("Change the programme"), _("Keep the changes"), _("The programme is changed."), back)

    def write(said: dict[str, Any]) -> str:
        structure.change_programme(by=request.user, programme=one, **said)  # type: ignore[arg-type]
        return back

    return form_page(request, _form(forms.ProgrammeForm, request, one), write, asked, changes=changes_of(one))


@login_required
@require_http_methods(["GET", "POST"])
def new_area(request: HttpRequest) -> HttpResponse:
    """A disease area is added."""
    insist_keeps(request.user, "diseasearea.add")  # type: ignore[arg-type]
    asked = _asked(_("Add a disease area"), _("Add the disease area"), _("The disease area is added."), _areas())

    def write(said: dict[str, Any]) -> str:
        structure.add_area(by=request.user, **said)  # type: ignore[arg-type]
        return _areas()

    return form_page(request, forms.AreaForm(request.POST or None), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def area(request: HttpRequest, code: str) -> HttpResponse:
    """A disease area is changed."""
    insist_keeps(request.user, "diseasearea.change")  # type: ignore[arg-type]
    one = DiseaseArea.objects.filter(code=code).first()
    if one is None:
        raise NotFound(_("This disease area"))
    asked = _asked(_("Change the disease area"), _("Keep the changes"), _("The disease area is changed."), _areas())

    def write(said: dict[str, Any]) -> str:
        structure.change_area(by=request.user, area=one, **said)  # type: ignore[arg-type]
        return _areas()

    return form_page(request, _form(forms.AreaForm, request, one), write, asked, changes=changes_of(one))


@login_required
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """A programme or an award is placed in a project; the address may name what and where."""
    insist_keeps(request.user, "placement.add")  # type: ignore[arg-type]
    asked = _asked(_("Place a programme or an award"), _("Place it"), _("It is placed."), _page())

    def write(said: dict[str, Any]) -> str:
        return _page(placing.place(by=request.user, **said).project.term)  # type: ignore[arg-type]

    form = forms.PlaceForm(request.POST or None, initial={name: request.GET.get(name, "") for name in NAMED})
    return form_page(request, form, write, asked)


NAMED = ("project", "programme", "award")


@login_required
@require_http_methods(["GET", "POST"])
def end_placement(request: HttpRequest, pk: int) -> HttpResponse:
    """Something counts in a project no longer."""
    insist_keeps(request.user, "placement.end")  # type: ignore[arg-type]
    one = Placement.objects.select_related("project__term", "programme", "award").filter(pk=pk).first()
    if one is None:
        raise NotFound(_("This placement"))
    asked = _asked(
        _("No longer count it in %(project)s") % {"project": one.project.label()},
        _("End it on this day"),
        _("It counts there until this day."),
        _page(one.project.term),
        str(one.programme or one.award),
    )

    def write(said: dict[str, Any]) -> str:
        return _page(placing.end_placement(by=request.user, placement=one, **said).project.term)  # type: ignore[arg-type]

    form = forms.EndPlacementForm(request.POST or None, initial={"on": timezone.localdate()})
    return form_page(request, form, write, asked, changes=changes_of(one))


@login_required
@require_http_methods(["GET", "POST"])
def new_share(request: HttpRequest) -> HttpResponse:
    """A part of a programme's budget is shown again in another project."""
    insist_keeps(request.user, "sharedbudget.add")  # type: ignore[arg-type]
    lede = _("It is shown in both projects and counted once, where the programme counts.")
    asked = _asked(_("Show a budget again"), _("Show it again"), _("It is shown again."), _page(), lede)

    def write(said: dict[str, Any]) -> str:
        made = placing.share_budget(by=request.user, **said)  # type: ignore[arg-type]
        return f"{_page(made.project.term)}&year={made.fiscal_year}"

    given = {name: request.GET.get(name, "") for name in NAMED[:2]} | {"fiscal_year": fiscal_year(timezone.localdate())}
    return form_page(request, forms.ShareForm(request.POST or None, initial=given), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """A budget shown again is corrected."""
    insist_keeps(request.user, "sharedbudget.change")  # type: ignore[arg-type]
    one = _share(pk)
    back = f"{_page(one.project.term)}&year={one.fiscal_year}"
    asked = _asked(_("Correct a budget shown again"), _("Keep the changes"), _("It is corrected."), back, str(one))

    def write(said: dict[str, Any]) -> str:
        placing.change_share(by=request.user, share=one, **said)  # type: ignore[arg-type]
        return back

    form = _form(forms.ShareForm, request, one)
    return form_page(
        request,
        form,
        write,
        asked,
        changes=changes_of(one),
        deletable=_("Show it again no longer"),
        loses=[f"{one}: {exact(one.amount_yen)}"],
        delete_url=reverse("portfolio:share_end", args=[pk]),
    )


@login_required
@require_POST
def end_share(request: HttpRequest, pk: int) -> HttpResponse:
    """A budget is shown again no longer."""
    insist_keeps(request.user, "sharedbudget.end")  # type: ignore[arg-type]
    one = _share(pk)
    placing.end_share(by=request.user, share=one)  # type: ignore[arg-type]
    messages.success(request, _("It is shown again no longer. What was shown stays with the project."))
    return redirect(_page(one.project.term))


def _form(kind: type[forms.Kept], request: HttpRequest, row: Any) -> forms.Kept:
    """The form of something that stands."""
    form = kind(request.POST or None, initial=kind.said_of(row))
    form.for_change()
    return form


def _asked(title: str, button: str, done: str, back: str, lede: str = "") -> Asked:
    return Asked(title, _("Structure"), reverse("portfolio:structure"), button, done, back, lede)


def _page(one: PlanTerm | None = None) -> str:
    """The page of the structure, of one term where it is named."""
    address = reverse("portfolio:structure")
    return f"{address}?term={one.number}" if one else address


def _areas() -> str:
    return f"{_page()}?view=areas"


def _term(number: int) -> PlanTerm:
    found = PlanTerm.objects.filter(number=number).first() if number < 10_000 else None
    if found is None:
        raise NotFound(_("This plan term"))
    return found


def _share(pk: int) -> SharedBudget:
    found = SharedBudget.objects.select_related("project__term", "programme").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("This budget shown again"))
    return found
