"""Addresses of the pages about people."""

from django.urls import path

from kakehashi.kernel.people import pages

app_name = "people"
urlpatterns = [
    path("organisation/people/", pages.people, name="list"),
    path("organisation/people/invite/", pages.invite, name="invite"),
    path("organisation/people/<int:membership_id>/end/", pages.end, name="end"),
    path("organisation/people/<int:membership_id>/invite/", pages.invite_again, name="invite_again"),
    path("accounts/tokens/", pages.api_tokens, name="tokens"),
    path("accounts/tokens/<int:token_id>/revoke/", pages.revoke, name="revoke"),
]
