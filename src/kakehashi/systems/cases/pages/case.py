"""The pages of cases: parse, call an action or a query, render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid, NotFound
from kakehashi.kernel.people.acting import acting_organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.workflow import advance, judge, workflow_of
from kakehashi.protocols.phenopacket import to_tree
from kakehashi.systems.cases import actions, queries, ranking, solved, tasks
from kakehashi.systems.cases.actions import EditConflict
from kakehashi.systems.cases.course import consulted
from kakehashi.systems.cases.forms.case import CaseEntry, ImportForm
from kakehashi.systems.cases.forms.course import MoveForm
from kakehashi.systems.cases.freetext import FIELD
from kakehashi.systems.cases.matching import similar
from kakehashi.systems.cases.models import Case, Consultation
from kakehashi.systems.cases.packets.entering import phenopacket_of
from kakehashi.systems.cases.pages import freetext, panes, pictures
from kakehashi.systems.cases.pages.alike import SIMILAR_SHOWN
from kakehashi.systems.cases.pages.listing import CASES
from kakehashi.systems.cases.pages.moves import losses, said_criteria


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@login_required
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases someone may see, as a table or CSV."""
    cases = panes.searched(queries.visible_cases(_person(request)), request.GET.get("q", ""))
    if request.GET.get("format") == "csv":
        shown = list(CASES.narrow(request, cases).values_list("pk", flat=True))
        audit.read_of(_person(request), "case", shown, action="case.export")
        return CASES.csv(request, cases)
    table = CASES.show(request, cases)
    queries.record_shown(_person(request), [row["object"] for row in table["rows"]])
    may_add = queries.organisations_to_register_for(_person(request)).exists()
    return render(
        request, "cases/list.html", {"table": table, "may_add": may_add, "search_text": request.GET.get("q", "")}
    )


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters(FIELD)
def new_case(request: HttpRequest) -> HttpResponse:
    """Enter a case and register it, or keep it as a draft."""
    organisation = panes.organisation_to_register_for(request)
    consulted_as = panes.number(request.GET.get("consultation"))
    source = consulted.consultation_within_reach(request.user, consulted_as) if consulted_as else None
    own = source is not None and source.organisation_id == organisation.pk
    heard = freetext.heard(request)
    sent = heard.data if heard else request.POST if request.method == "POST" else None
    entry = CaseEntry(sent, local_id=source.local_id if source is not None and own else "")
    status = 200
    if heard is not None:
        entry.leave_unjudged()
    elif request.method == "POST" and not entry.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            case = consulted.enter_case_of(
                by=_person(request),
                consultation_id=consulted_as,
                organisation=organisation,
                local_id=entry.local_id,
                description=entry.description,
                register=request.POST.get("then") != "draft",
                note=entry.patient.cleaned_data["criteria"],
            )
        except (Invalid, Conflict) as error:
            panes.show_problems(entry, error)
            status = error.status
        else:
            messages.success(request, _kept(case, source if own else None))
            return redirect("cases:show", case.public_id)
    context = {"entry": entry, "organisation": organisation, "heard": heard, "consultation": source, "own": own}
    return render(request, "cases/form.html", context, status=status)


def _kept(case: Case, source: Consultation | None) -> str:
    """What is said of a new case; of one registered after a consultation, under which names the two go."""
    facts = {"id": case.public_id, "consultation": source.local_id if source else "", "case": case.local_id}
    if source is None:
        return _("Case %(id)s is kept.") % facts
    if source.local_id == case.local_id:
        return _("Case %(id)s is kept, of consultation %(consultation)s.") % facts
    return _("Case %(id)s is kept as %(case)s, of consultation %(consultation)s: two pseudonyms, one patient.") % facts


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters(FIELD)
def edit_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Edit a case; when someone else was quicker, show what they changed beside what was typed."""
    case = panes.case_to_edit(request, case_id)
    heard = freetext.heard(request)
    entry = CaseEntry(heard.data if heard else request.POST if request.method == "POST" else None, case=case)
    conflict: EditConflict | None = None
    status = 200
    if heard is not None:
        entry.leave_unjudged()
    elif request.method == "POST" and not entry.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            actions.edit_case(
                by=_person(request),
                case=case,
                description=entry.description,
                from_revision=panes.number(request.POST.get("from_revision")),
                note=request.POST.get("why", ""),
            )
        except EditConflict as error:
            conflict = error
        except (Invalid, Conflict) as error:
            panes.show_problems(entry, error)
            status = error.status
        else:
            messages.success(request, _("The changes are kept."))
            return redirect("cases:show", case.public_id)
    context: dict[str, Any] = {"entry": entry, "case": case, "conflict": conflict, "why": request.POST.get("why", "")}
    context["heard"] = heard
    context["from_revision"] = conflict.revision if conflict else request.POST.get("from_revision", case.revision)
    context["theirs"] = panes.said_changes(conflict.theirs) if conflict else []
    return render(request, "cases/form.html", context, status=conflict.status if conflict else status)


@login_required
@require_GET
def diseases(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case's page: the patient, the ranked diseases, the chosen one explained."""
    case = queries.case_for(_person(request), case_id)
    beside = solved.beside(_person(request), case)
    use_solved = request.GET.get("solved") != "no"
    ranked = ranking.rank(case.described, beside=beside if use_solved else None)
    chosen = panes.chosen_disease(ranked, request.GET.get("disease", ""))
    context = panes.case_context(request, case, "diseases", ranked) | {
        "rows": (rows := panes.disease_rows(ranked)),
        "others_share": panes.share_of_others(rows, chosen.id if chosen else ""),
        "chosen": chosen,
        "picture": pictures.disease_picture(chosen) if chosen else None,
        "source": panes.source_line(),
        "solved_count": beside.count if beside else 0,
        "use_solved": use_solved,
        "alike": solved.alike(_person(request), [chosen] if chosen else []),
    }
    return render(request, "cases/diseases.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, case_id: str) -> HttpResponse:
    """The three most telling findings to ask for; each answer re-ranks at once. Answers travel in the form, unkept."""
    case = queries.case_for(_person(request), case_id)
    actions.insist_on_standing(case)
    answered = panes.answers_in(request)
    supposed = panes.with_answers(case.described, answered)
    ranked = ranking.rank(supposed, beside=solved.beside(_person(request), case, supposed))
    context = panes.case_context(request, case, "questions", ranked) | {
        "answered": panes.said_answers(answered),
        "questions": panes.said_questions(ranked),
        "rows": (rows := panes.disease_rows(ranked)[:8]),
        "others_share": panes.share_of_others(rows),
    }
    template = "cases/parts/questions.html" if request.headers.get("HX-Request") else "cases/questions.html"
    return render(request, template, context)


@login_required
@require_POST
def keep_answers(request: HttpRequest, case_id: str) -> HttpResponse:
    """Keep the answers given to questions as findings of the case."""
    case = queries.case_for(_person(request), case_id)
    actions.edit_case(
        by=_person(request),
        case=case,
        description=panes.with_answers(case.described, panes.answers_in(request)),
        from_revision=panes.number(request.POST.get("from_revision")),
        note=_("Answers to the next questions"),
    )
    messages.success(request, _("The answers are kept as findings."))
    return redirect("cases:show", case.public_id)


@login_required
@require_GET
def history(request: HttpRequest, case_id: str) -> HttpResponse:
    """Every revision and what it changed."""
    case = queries.case_for(_person(request), case_id)
    context = panes.case_context(request, case, "history") | {"steps": panes.said_steps(case)}
    return render(request, "cases/history.html", context)


@login_required
@require_POST
def revert(request: HttpRequest, case_id: str) -> HttpResponse:
    """Say again what an earlier revision said."""
    case = queries.case_for(_person(request), case_id, reading=False)
    to_revision = panes.number(request.POST.get("to_revision"))
    from_revision = panes.number(request.POST.get("from_revision"))
    actions.revert_case(by=_person(request), case=case, to_revision=to_revision, from_revision=from_revision)
    messages.success(request, _("The case says again what revision %(number)s said.") % {"number": to_revision})
    return redirect("cases:history", case.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def make_move(request: HttpRequest, case_id: str, move: str) -> HttpResponse:
    """Ask before a move, then make it."""
    case = queries.case_for(_person(request), case_id)
    if move not in workflow_of(case).moves:
        raise NotFound(_("The step"))
    if move == "record_analysis":  # what came of it is not asked here: a result, or why there is none
        return redirect("cases:course_step", case.public_id, move)
    form = MoveForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "GET":
        verdict = judge(case, move, by=_person(request))
        audit.insist(verdict, by=_person(request), action=f"case.{move}", subject=case)
    else:
        status = 422
        try:
            if form.is_valid():
                advance(case, move, by=_person(request), note=form.cleaned_data["note"])
        except (Invalid, Conflict) as error:
            add_problems(form, error)
            status = error.status
        if not form.errors:
            messages.success(request, _("Case %(id)s: %(state)s.") % {"id": case, "state": case.get_state_display()})
            return redirect("cases:show", case.public_id)
    taken = workflow_of(case).move(move)
    context = {"case": case, "move": taken, "loses": losses(move), "form": form, "needs_note": taken.needs_note}
    if move == "register":
        context |= said_criteria(case)
        context["needs_note"] = not context["criteria"]
    return render(request, "cases/move.html", context, status=status)


@login_required
@require_GET
def print_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """A case on one sheet of A4: the patient, the first diseases with the first one's picture.

    A sheet is handed on: of other patients it says how many are alike, and nothing else.
    """
    case = queries.case_for(_person(request), case_id)
    ranked = ranking.rank(case.described, beside=solved.beside(_person(request), case))
    found = similar.similar_to_case(_person(request), case, k=SIMILAR_SHOWN)
    audit.read_of(_person(request), "case", [case], action="case.print")
    first = ranked.diseases[0] if ranked.diseases else None
    context = panes.case_context(request, case, "print", ranked) | {
        "rows": (rows := panes.disease_rows(ranked)[:6]),
        "others_share": panes.share_of_others(rows),
        "alike": sum(one.score >= similar.ALIKE_FROM for one in found),
        "alike_from": f"{similar.ALIKE_FROM:.0%}",
        "most_alike": SIMILAR_SHOWN,
        "today": timezone.localdate(),
        "picture": pictures.disease_picture(first, expected=3, originals=False) if first else None,
        "source": panes.source_line(),
    }
    return render(request, "cases/print.html", context)


@login_required
@require_GET
def phenopacket(request: HttpRequest, case_id: str) -> HttpResponse:
    """The case as a GA4GH phenopacket, to download."""
    case: Case = queries.case_for(_person(request), case_id, reading=False)
    audit.read_of(_person(request), "case", [case], action="case.export")
    response = JsonResponse(to_tree(phenopacket_of(case)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{case.public_id}.json"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Hand a file of phenopackets to a job and go to its progress."""
    possible = queries.organisations_to_register_for(_person(request))
    choices = [(one.code, one.label()) for one in possible]
    acting = acting_organisation(request)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        organisations=choices,
        initial={"organisation": acting.code if acting else ""},
    )
    if request.method == "POST" and form.is_valid():
        organisation = possible.get(code=form.cleaned_data["organisation"])
        job = tasks.start_import(by=_person(request), organisation=organisation, upload=form.cleaned_data["file"])
        return redirect("cases:import_progress", job.pk)
    context = {"form": form, "may_add": bool(choices)}
    return render(request, "cases/import.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def import_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far an import is, and what it did."""
    job = tasks.import_job(_person(request), job_id)
    name = tasks.upload_name(job)
    context = {"job": job, "result": panes.said_result(job.result, name), "name": name}
    return render(request, "cases/import_progress.html", context)
