"""The pages of the exchange."""

from django.urls import path

from kakehashi.systems.exchange import matchpages, pages

app_name = "exchange"
urlpatterns = [
    path("matches/", matchpages.match_list, name="matches"),
    path("matches/triage/", matchpages.triage, name="triage"),
    path("matches/<int:match_id>/", matchpages.match, name="match"),
    path("cases/<str:public_id>/", pages.case, name="case"),
    path("cases/<str:public_id>/ask/", pages.ask, name="ask"),
    path("contact/<str:public_id>/", pages.contact, name="contact"),
]
