"""The page of networks, for administrators: which institutions work together, and as what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.sharing import rules
from kakehashi.kernel.sharing.actions import add_network, join_network, leave_network
from kakehashi.kernel.sharing.forms import NetworkForm, PlaceForm
from kakehashi.kernel.sharing.models import Network, NetworkRole
from kakehashi.kernel.sharing.networks import network_coded, places


@login_required
@require_http_methods(["GET", "POST"])
def networks(request: HttpRequest) -> HttpResponse:
    """Every network with its members; who may change them founds networks and places institutions here."""
    audit.insist(rules.may_see_networks(request.user), by=request.user, action="network.list")
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    found = NetworkForm(request.POST if sent == "found" else None, prefix="found")
    place = PlaceForm(request.POST if sent == "place" else None, prefix="place")
    if sent:
        audit.insist(rules.may_change_networks(request.user), by=request.user, action="network.join")
        form = found if sent == "found" else place
        if form.is_valid():
            try:
                _found(request.user, found) if form is found else _place(request.user, place)
            except Invalid as error:
                add_problems(form, error)
            else:
                messages.success(request, _("The networks are kept as you said."))
                return redirect("sharing:networks")
    context = {
        "networks": [(one, _members(request.user, one)) for one in Network.objects.all()],
        "may_change": bool(rules.may_change_networks(request.user)),
        "found": found,
        "place": place,
    }
    return render(request, "sharing/networks.html", context, status=422 if found.errors or place.errors else 200)


def _found(by: Any, form: NetworkForm) -> None:
    add_network(by=by, **form.cleaned_data)


def _place(by: Any, form: PlaceForm) -> None:
    said = form.cleaned_data
    join_network(
        by=by,
        network=network_coded(said["network"]),
        organisation=Organisation.objects.get(code=said["organisation"]),
        role=NetworkRole(said["role"]),
        hub=Organisation.objects.get(code=said["hub"]) if said["hub"] else None,
    )


def _members(person: Any, network: Network) -> list[dict[str, Any]]:
    return [
        {"place": one, "may_leave": bool(rules.may_leave_network(person, one.organisation))} for one in places(network)
    ]


@login_required
@require_POST
def leave(request: HttpRequest, code: str, organisation: str) -> HttpResponse:
    """Take an institution out of a network."""
    holder = Organisation.objects.filter(code=organisation).first()
    if holder is None:
        raise NotFound(_("Institution"))
    verdict = rules.may_leave_network(request.user, holder)
    audit.insist(verdict, by=request.user, action="network.leave", subject=holder)
    leave_network(by=request.user, network=network_coded(code), organisation=holder)
    messages.success(request, _("%(institution)s has left the network.") % {"institution": holder.label()})
    return redirect("sharing:networks")


def used_by(person: Any) -> bool:
    """Whether the page stands in this person's rail."""
    return bool(rules.may_see_networks(person))
