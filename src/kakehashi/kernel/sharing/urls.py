"""Addresses of the pages about networks."""

from django.urls import path

from kakehashi.kernel.sharing import pages

app_name = "sharing"
urlpatterns = [
    path("networks/", pages.networks, name="networks"),
    path("networks/<slug:code>/<str:organisation>/leave/", pages.leave, name="leave"),
]
