"""The pages of the exchange."""

from django.urls import path

from kakehashi.systems.exchange import conversationpages, matchpages, pages, precisionpages, solvingpages

app_name = "exchange"
urlpatterns = [
    path("matches/", matchpages.match_list, name="matches"),
    path("matches/precision/", precisionpages.precision, name="precision"),
    path("matches/triage/", matchpages.triage, name="triage"),
    path("matches/<int:match_id>/", matchpages.match, name="match"),
    path("matches/<int:match_id>/write/", conversationpages.write_to_match, name="write_to_match"),
    path("matches/<int:match_id>/solve/", solvingpages.solve_match, name="solve"),
    path("proposals/<int:proposal_id>/", solvingpages.decide_proposal, name="decide"),
    path("conversations/", conversationpages.conversations, name="conversations"),
    path("conversations/<int:side_id>/", conversationpages.conversation, name="conversation"),
    path("conversations/<int:side_id>/write/", conversationpages.write, name="write"),
    path("conversations/<int:side_id>/agreement/", conversationpages.agreement, name="agreement"),
    path("cases/<str:public_id>/", pages.case, name="case"),
    path("cases/<str:public_id>/told/", pages.told, name="told"),
    path("cases/<str:public_id>/ask/", pages.ask, name="ask"),
    path("contact/<str:public_id>/", pages.contact, name="contact"),
]
