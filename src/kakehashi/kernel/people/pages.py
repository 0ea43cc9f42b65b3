"""Pages: the people of one's organisation (for its administrators), and one's own API tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid, NotFound
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people import actions, tokens
from kakehashi.kernel.people.acting import acting_organisation
from kakehashi.kernel.people.forms import InviteForm, TokenForm, add_problems
from kakehashi.kernel.people.models import ApiToken, Membership, Person
from kakehashi.kernel.people.queries import memberships_in, roles_of
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import may_manage_people


def _last_login(one: Membership) -> Any:
    return _now("invited, has not come yet") if one.person.awaited else one.person.last_login


PEOPLE = Listing(
    name="people",
    columns=[
        Column("name", _("Name"), lambda one: str(one.person), sort="person__name"),
        Column("email", _("E-mail address"), lambda one: one.person.email, sort="person__email"),
        Column("role", _("Role"), lambda one: one.get_role_display(), sort="role"),
        Column("since", _("In this role since"), lambda one: one.since, sort="since"),
        Column("last_login", _("Last log-in"), _last_login, sort="person__last_login"),
        Column("end", _("What can be done"), lambda one: one.pk, template="people/end_cell.html"),
    ],
    filters=[Filter("role", _("Role"), Role.choices, lambda rows, role: rows.filter(role=role))],
    order="person__name",
)


def _administered(request: HttpRequest) -> tuple[Person, Organisation]:
    """The person and the organisation they act for, which they must administer. Raises NotAllowed (recorded)."""
    assert isinstance(request.user, Person)
    organisation = acting_organisation(request)
    verdict = may_manage_people(request.user, organisation)
    audit.insist(verdict, by=request.user, action="people.list", subject=organisation)
    assert organisation is not None
    return request.user, organisation


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Who belongs to the organisation, in which roles."""
    person, organisation = _administered(request)
    rows = memberships_in(organisation)
    if request.GET.get("format") == "csv":
        audit.record(person, "people.export", organisation)
        return PEOPLE.csv(request, rows)
    table = PEOPLE.show(request, rows)
    shown = dict.fromkeys(row["object"].person_id for row in table["rows"])  # once each, whatever their roles
    audit.read_of(person, "person", list(shown), action="people.list")
    return render(request, "people/list.html", {"table": table, "organisation": organisation})


@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite someone: they get a mail with a link to set their password. The page says when no mail goes out."""
    person, organisation = _administered(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invited = actions.invite_person(by=person, organisation=organisation, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            return _told_of_invitation(request, person, organisation, invited)
    context = {"form": form, "organisation": organisation, "mails_stay_here": actions.mails_stay_here()}
    return render(request, "people/invite.html", context)


def _told_of_invitation(
    request: HttpRequest, person: Person, organisation: Organisation, invited: Person
) -> HttpResponse:
    """The mail is on its way; where it goes nowhere, where it lies, with its link where that may be shown."""
    if not actions.mails_stay_here():
        messages.success(request, _now("The invitation to %(email)s is on its way.") % {"email": invited.email})
        return redirect("people:list")
    link = actions.link_to_pass_on(by=person, person=invited, organisation=organisation)
    response = render(request, "people/invited.html", {"invited": invited, "link": link})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def invite_again(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Send the mail of an invitation once more, to someone who has not come yet."""
    person, organisation = _administered(request)
    found = memberships_in(organisation).filter(pk=membership_id).first()
    if found is None or not found.person.awaited:
        raise NotFound(_("This invitation"))
    invited = actions.invite_person(by=person, organisation=organisation, email=found.person.email, role=found.role)
    return _told_of_invitation(request, person, organisation, invited)


@login_required
def end(request: HttpRequest, membership_id: int) -> HttpResponse:
    """End someone's role; asks before."""
    person, organisation = _administered(request)
    found = memberships_in(organisation).filter(pk=membership_id).first()
    if found is None:
        raise NotFound(_("This role"))
    if request.method == "POST":
        actions.end_membership(found.pk, by=person)
        messages.success(request, _now("The role has ended."))
        return redirect("people:list")
    facts = {"name": str(found.person), "role": found.get_role_display(), "organisation": organisation.label()}
    context = {
        "title": _now("End the role of %(name)s") % facts,
        "loses": [_now("%(name)s is no longer %(role)s of %(organisation)s, from this moment on.") % facts],
        "action_url": request.path,
        "action_label": _now("End the role"),
        "back_url": reverse("people:list"),
    }
    return render(request, "people/end.html", context)


@login_required
def api_tokens(request: HttpRequest) -> HttpResponse:
    """One's API tokens; a new one's secret is shown once, in the answer that makes it."""
    assert isinstance(request.user, Person)
    organisation = acting_organisation(request)
    form, secret = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid() and organisation is not None:
        try:
            _token, secret = tokens.make_token(by=request.user, organisation=organisation, **form.cleaned_data)
        except Invalid as error:
            add_problems(form, error)
        else:
            form = TokenForm()
    found = ApiToken.objects.filter(person=request.user).select_related("organisation")
    context = {"tokens": found, "form": form, "secret": secret, "organisation": organisation}
    response = render(request, "people/tokens.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's tokens."""
    assert isinstance(request.user, Person)
    tokens.revoke_token(token_id, by=request.user)
    messages.success(request, _now("The token no longer works."))
    return redirect("people:tokens")


def used_by(person: Person) -> bool:
    """Whether the rail shows the people page: to administrators of any of their organisations."""
    return Role.ADMINISTRATOR in roles_of(person)
