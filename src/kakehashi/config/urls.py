"""Where each address leads: the shell, each system's pages, the API, log-in."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("kakehashi.web.urls")),
]
