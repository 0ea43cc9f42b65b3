"""The shell's own pages: home ("my work"), language."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from kakehashi.kernel.people.acting import act_for as choose_organisation
from kakehashi.web.navigation import changes_for, systems_of, waiting_for

LAST_HERE = "last_here"


def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this node is. Signed in: what waits for this person, and what changed since they were here."""
    if not request.user.is_authenticated:
        return render(request, "web/welcome.html")
    since = _last_here(request)
    context: dict[str, Any] = {
        "waiting": waiting_for(request.user),
        "changes": changes_for(request.user, since),
        "since": since,
        "places": systems_of(request),
    }
    return render(request, "web/home.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, which also remembers the choice with the person, for their mails."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and translation.check_for_language(chosen) and chosen != request.user.language:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return response


def _last_here(request: HttpRequest) -> datetime:
    """When this person logged in the time before (kept in the session at log-in); at first, a week ago."""
    kept = request.session.get(LAST_HERE)
    return datetime.fromisoformat(kept) if kept else timezone.now() - timedelta(days=7)


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """One search over everything this person may see."""
    return render(request, "web/search.html", {"search_text": request.GET.get("q", "").strip()})


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What this node told the person."""
    return render(request, "web/notices.html")


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
