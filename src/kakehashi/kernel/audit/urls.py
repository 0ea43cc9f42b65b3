"""The addresses of the audit trail's page."""

from django.urls import path

from kakehashi.kernel.audit import pages

app_name = "audit"
urlpatterns = [
    path("organisation/audit/", pages.trail, name="list"),
    path("organisation/audit/verify/", pages.verify, name="verify"),
]
