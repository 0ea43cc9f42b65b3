"""Is it the same patient as a case of another institution? The section of a case, and the list of all of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from kakehashi.kernel.errors import Conflict, Invalid, texts_of
from kakehashi.systems.cases import queries
from kakehashi.systems.cases.forms.linkage import IdentityForm
from kakehashi.systems.cases.linkage import actions
from kakehashi.systems.cases.linkage.queries import given_of, suspicions_for, suspicions_of, waits_to_be_compared
from kakehashi.systems.cases.linkage.states import Keep
from kakehashi.systems.cases.linkage.workflow import SIDE_FLOW
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.pages import panes


@login_required
@require_GET
def same_patient(request: HttpRequest, case_id: str) -> HttpResponse:
    """The suspicions of one case, and whether identifying items were given for it."""
    return _shown(request, queries.case_for(request.user, case_id), IdentityForm())


@login_required
@require_GET
def same_patients(request: HttpRequest) -> HttpResponse:
    """All suspicions of the cases one works on."""
    return render(request, "cases/same_patients.html", {"found": suspicions_for(request.user)})


@sensitive_post_parameters()
@login_required
@require_POST
def identity(request: HttpRequest, case_id: str) -> HttpResponse:
    """Hash identifying items and forget them, or forget the hashes too."""
    case = queries.case_for(request.user, case_id, reading=False)
    if "forget" in request.POST:
        actions.forget_identity(by=request.user, case=case)
        messages.success(request, _("The keys are deleted."))
        return redirect("cases:same_patient", case.public_id)
    form = IdentityForm(request.POST)
    if form.is_valid():
        try:
            actions.give_identity(by=request.user, case=case, identity=form.identity)
        except Invalid as error:
            for field, texts in error.problems.items():
                for text in texts:
                    form.add_error(field, str(text))
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("cases:same_patient", case.public_id)
        else:
            messages.success(request, _("Keys were made; what you typed was not kept."))
            return redirect("cases:same_patient", case.public_id)
    return _shown(request, case, form)


@login_required
@require_POST
def answer(request: HttpRequest, case_id: str, suspicion_id: int) -> HttpResponse:
    """Answer for one's own side, say which record is to be kept, or write to the other side."""
    case = queries.case_for(request.user, case_id, reading=False)
    try:
        if "move" in request.POST:
            actions.answer(by=request.user, case=case, suspicion_id=suspicion_id, move=request.POST["move"])
        elif "keep" in request.POST:
            actions.say_keep(by=request.user, case=case, suspicion_id=suspicion_id, keep=request.POST["keep"])
        else:
            actions.write_note(by=request.user, case=case, suspicion_id=suspicion_id, text=request.POST.get("text", ""))
    except Invalid as error:
        messages.error(request, " ".join(texts_of(error)))
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept."))
    return redirect("cases:same_patient", case.public_id)


def _shown(request: HttpRequest, case: Case, form: IdentityForm) -> HttpResponse:
    context = panes.case_context(request, case, "same_patient")
    context |= {"form": form, "given": given_of(case) if context["may_edit"] else None}
    context["waiting"] = context["may_edit"] and waits_to_be_compared(case)
    context |= {
        "found": suspicions_of(request.user, case),
        "answers": [(move.name, move.label_staff, move.target) for move in SIDE_FLOW.moves.values()],
        "keeps": Keep.choices,
    }
    return render(request, "cases/same_patient.html", context, status=422 if form.errors else 200)
