"""The pages of the exchange."""

from django.urls import path

from kakehashi.systems.exchange import pages

app_name = "exchange"
urlpatterns = [
    path("cases/<str:public_id>/", pages.case, name="case"),
    path("cases/<str:public_id>/ask/", pages.ask, name="ask"),
    path("contact/<str:public_id>/", pages.contact, name="contact"),
]
