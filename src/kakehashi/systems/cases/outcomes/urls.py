"""The pages of the outcomes."""

from django.urls import path

from kakehashi.systems.cases.outcomes import pages

app_name = "outcomes"
urlpatterns = [
    path("", pages.show, name="show"),
    path("rows/<str:step>/", pages.behind, name="behind"),
]
