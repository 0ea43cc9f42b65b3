"""The shell's own pages: home ("my work"), search, notices, organisation and language switch."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from kakehashi.kernel.errors import NotFound
from kakehashi.kernel.notices import mark_read, notices_of, unread_count
from kakehashi.kernel.people.acting import act_for as choose_organisation
from kakehashi.kernel.people.actions import choose_language
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.search import search as find
from kakehashi.kernel.search.queries import is_incomplete
from kakehashi.web.navigation import changes_for, first_steps, systems_of, waiting_for
from kakehashi.web.roles import work_of

LAST_HERE = "last_here"
HITS_OF_A_KIND = 50


def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this node is. Signed in: what waits for this person, and what changed since they were here.

    Where both are empty: what this person does here, and what is not there yet.
    """
    if not isinstance(request.user, Person):
        return render(request, "web/welcome.html")
    since = _last_here(request)
    context: dict[str, Any] = {
        "waiting": waiting_for(request.user),
        "changes": changes_for(request.user, since),
        "since": since,
        "places": systems_of(request),
    }
    if not context["waiting"] and not context["changes"]:
        context["work"] = work_of(request.user)
        context["first_steps"] = first_steps(request.user)
    return render(request, "web/home.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read (RFC 9309): all that is public but the whole files of awards; where the list is."""
    files = "".join(f"Disallow: {reverse(f'finder:{shape}')}\n" for shape in ("csv", "json", "360giving"))
    sitemap = request.build_absolute_uri(reverse("finder:sitemaps"))
    text = f"User-agent: *\n{files}\nSitemap: {sitemap}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, which also remembers the choice with the person, for their mails."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if isinstance(request.user, Person) and chosen in dict(settings.LANGUAGES):
        choose_language(by=request.user, language=chosen)
    return response


def _last_here(request: HttpRequest) -> datetime:
    """When this person logged in the time before (kept in the session at log-in); at first, a week ago."""
    kept = request.session.get(LAST_HERE)
    return datetime.fromisoformat(kept) if kept else timezone.now() - timedelta(days=7)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """One search over everything this person may see, grouped by kind."""
    text = request.GET.get("q", "").strip()[:200]
    hits = find(request.user, text, limit=HITS_OF_A_KIND) if text else []
    groups = [{"label": label, "hits": list(found)} for label, found in groupby(hits, key=lambda hit: hit.kind_label)]
    said = {"search_text": text, "groups": groups, "most": HITS_OF_A_KIND, "incomplete": is_incomplete()}
    return render(request, "web/search.html", said)


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What this node told the person, newest first; a POST marks all as read."""
    assert isinstance(request.user, Person)
    if request.method == "POST":
        mark_read(request.user)
        return redirect("web:notices")
    page = Paginator(notices_of(request.user), 50).get_page(request.GET.get("page"))
    return render(request, "web/notices.html", {"notices": page, "unread": unread_count(request.user)})


@login_required
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """Follow a notice. By POST, as the list does, it counts as read from now on; a GET changes nothing."""
    assert isinstance(request.user, Person)
    found = notices_of(request.user).filter(pk=number).first()
    if found is None:
        raise NotFound(_("This notice"))
    if request.method == "POST":
        mark_read(request.user, [found.pk])
    return HttpResponseRedirect(found.link or reverse("web:notices"))


@login_required
@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose the organisation one acts for; stays on the page."""
    choose_organisation(request, request.POST.get("organisation", ""))
    return HttpResponseRedirect(_safe_next(request))


def _safe_next(request: HttpRequest) -> str:
    """Where the form came from, if that is on this node; else the first page."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
