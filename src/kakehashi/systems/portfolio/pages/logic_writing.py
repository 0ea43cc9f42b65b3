"""Logic models are made and changed: statements with what they lead to, indicators with their numbers by year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.fiscal import fiscal_year
from kakehashi.systems.portfolio.forms.logic import IndicatorForm, LogicModelForm, NumberForm, StatementForm
from kakehashi.systems.portfolio.keeping import logic
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.keeping.logic import insist_keeps_logic
from kakehashi.systems.portfolio.models import LogicIndicator, LogicModel, LogicStage
from kakehashi.systems.portfolio.pages.keeping import Asked, form_page
from kakehashi.systems.portfolio.pages.logic import indicator_drawn, marks_of, statement_drawn


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A logic model is made; its statements are the next step."""
    insist_keeps_logic(request.user, "logicmodel.add", None)  # type: ignore[arg-type]
    back = reverse("portfolio:structure")
    asked = Asked(
        _("Make a logic model"), _("Structure"), back, _("Make it"), _("It is made. Now its statements."), back
    )

    def write(said: dict[str, Any]) -> str:
        return _page(logic.make_logic_model(by=request.user, **said))  # type: ignore[arg-type]

    form = LogicModelForm(request.POST or None, initial={"project": request.GET.get("project", "")})
    return form_page(request, form, write, asked)


@login_required
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """A logic model stage by stage, each statement and indicator with where it is changed."""
    insist_keeps_logic(request.user, "logicstatement.change", None)  # type: ignore[arg-type]
    one = _model(code)
    marks = marks_of(one)
    stages = [
        {
            "key": stage.value,
            "label": stage.label,
            "statements": [statement_drawn(row, marks) for row in one.statements.all() if row.stage == stage],
            "indicators": [indicator_drawn(row) for row in one.indicators.all() if row.stage == stage],
        }
        for stage in LogicStage
    ]
    context = {"logic_model": one, "address": _drawing(one), "stages": stages, "changes": changes_of(one)}
    return render(request, "portfolio/logic_edit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_statement(request: HttpRequest, code: str) -> HttpResponse:
    """A sentence is added to a stage."""
    insist_keeps_logic(request.user, "logicstatement.add", None)  # type: ignore[arg-type]
    one = _model(code)

    def write(said: dict[str, Any]) -> str:
        logic.add_statement(by=request.user, logic_model=one, **said)  # type: ignore[arg-type]
        return _page(one)

    given = {"stage": request.GET.get("stage", ""), "order": one.statements.count()}
    form = StatementForm(request.POST or None, logic_model=one, initial=given)
    return form_page(request, form, write, _asked(one, _("Add a statement"), _("Add it"), _("It is added.")))


@login_required
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A sentence and what it leads to are changed, or it is taken out (``delete``)."""
    insist_keeps_logic(request.user, "logicstatement.change", None)  # type: ignore[arg-type]
    one = _model(code)
    row = one.statements.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("This statement"))
    if request.method == "POST" and "delete" in request.POST:
        logic.take_out_statement(by=request.user, statement=row)  # type: ignore[arg-type]
        return _taken_out(request, one)
    given = {name: getattr(row, name) for name in ("stage", "text", "text_en", "order")}
    given["leads_to"] = list(row.leads_to.values_list("after_id", flat=True))
    form = StatementForm(request.POST or None, logic_model=one, but=pk, initial=given)

    def write(said: dict[str, Any]) -> str:
        logic.change_statement(by=request.user, statement=row, **said)  # type: ignore[arg-type]
        return _page(one)

    asked = _asked(one, _("Change the statement"), _("Keep the changes"), _("It is changed."))
    links = row.leads_to.select_related("before", "after"), row.comes_from.select_related("before", "after")
    loses = [row.label(), *(f"{link.before} → {link.after}" for side in links for link in side)]
    told = {"changes": changes_of(row), "deletable": _("Take it out"), "delete_url": ".", "loses": loses}
    return form_page(request, form, write, asked, **told)


@login_required
@require_http_methods(["GET", "POST"])
def new_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """An indicator is added to a stage."""
    insist_keeps_logic(request.user, "logicindicator.add", None)  # type: ignore[arg-type]
    one = _model(code)

    def write(said: dict[str, Any]) -> str:
        made = logic.add_indicator(by=request.user, logic_model=one, **said)  # type: ignore[arg-type]
        return reverse("portfolio:indicator_number", args=[one.code, made.pk])

    given = {"stage": request.GET.get("stage", ""), "order": one.indicators.count()}
    asked = _asked(one, _("Add an indicator"), _("Add it"), _("It is added. Now its first number."))
    return form_page(request, IndicatorForm(request.POST or None, initial=given), write, asked)


@login_required
@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """An indicator is changed, or taken out (``delete``) while it has no numbers."""
    insist_keeps_logic(request.user, "logicindicator.change", None)  # type: ignore[arg-type]
    one = _model(code)
    row = _indicator(one, pk)
    if request.method == "POST" and "delete" in request.POST:
        logic.take_out_indicator(by=request.user, indicator=row)  # type: ignore[arg-type]
        return _taken_out(request, one)

    def write(said: dict[str, Any]) -> str:
        logic.change_indicator(by=request.user, indicator=row, **said)  # type: ignore[arg-type]
        return _page(one)

    given = {name: getattr(row, name) for name in IndicatorForm.base_fields}
    asked = _asked(one, _("Change the indicator"), _("Keep the changes"), _("It is changed."))
    form = IndicatorForm(request.POST or None, initial=given)
    told = {"changes": changes_of(row), "deletable": _("Take it out"), "loses": [row.label()]}
    return form_page(request, form, write, asked, **told)


@login_required
@require_http_methods(["GET", "POST"])
def number(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """An indicator's number of a fiscal year is entered, or put in the place of the one that stands."""
    insist_keeps_logic(request.user, "logicindicator.number", None)  # type: ignore[arg-type]
    one = _model(code)
    row = _indicator(one, pk)

    def write(said: dict[str, Any]) -> str:
        logic.enter_number(by=request.user, indicator=row, **said)  # type: ignore[arg-type]
        return _page(one)

    asked = _asked(one, _("Enter a number"), _("Enter it"), _("The number is entered."), row.label())
    form = NumberForm(request.POST or None, initial={"fiscal_year": fiscal_year(timezone.localdate())})
    return form_page(request, form, write, asked, changes=changes_of(row))


def _taken_out(request: HttpRequest, one: LogicModel) -> HttpResponse:
    messages.success(request, _("It is taken out. What it said stays on this page."))
    return redirect(_page(one))


def _asked(one: LogicModel, title: str, button: str, done: str, lede: str = "") -> Asked:
    return Asked(title, _("Logic model"), _page(one), button, done, _page(one), lede)


def _page(one: LogicModel) -> str:
    return reverse("portfolio:logic_edit", args=[one.code])


def _drawing(one: LogicModel) -> str:
    return f"{reverse('portfolio:logic', args=[one.project.code])}?term={one.project.term.number}"


def _model(code: str) -> LogicModel:
    rows = LogicModel.objects.select_related("project__term", "programme")
    found = rows.prefetch_related("statements__leads_to", "indicators__values").filter(code=code).first()
    if found is None:
        raise NotFound(_("This logic model"))
    return found


def _indicator(one: LogicModel, pk: int) -> LogicIndicator:
    found = one.indicators.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("This indicator"))
    return found
