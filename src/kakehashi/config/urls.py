"""Where each address leads: the shell, each system's pages, the API, log-in."""

from django.urls import include, path

from kakehashi.config.api import api

urlpatterns = [
    path("api/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("cases/", include("kakehashi.systems.cases.urls")),
    path("outcomes/", include("kakehashi.systems.cases.outcomes.urls")),
    path("awards/", include("kakehashi.systems.portfolio.public_urls")),
    path("portfolio/", include("kakehashi.systems.portfolio.urls")),
    path("exchange/", include("kakehashi.systems.exchange.urls")),
    path("mme/", include("kakehashi.systems.exchange.node_api")),
    path("", include("kakehashi.kernel.people.urls")),
    path("", include("kakehashi.kernel.audit.urls")),
    path("", include("kakehashi.kernel.sharing.urls")),
    path("", include("kakehashi.web.urls")),
]

handler400 = "kakehashi.web.problems.bad_request"
handler403 = "kakehashi.web.problems.forbidden"
handler404 = "kakehashi.web.problems.missing"
handler500 = "kakehashi.web.problems.broken"
