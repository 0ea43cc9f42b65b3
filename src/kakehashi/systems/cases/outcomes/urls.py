"""The pages of the outcomes."""

from django.urls import path

from kakehashi.systems.cases.outcomes import pages, public_pages

app_name = "outcomes"
urlpatterns = [
    path("", pages.show, name="show"),
    path("public/", public_pages.public, name="public"),
    path("publish/", public_pages.publish, name="publish"),
    path("rows/<str:step>/", pages.behind, name="behind"),
]
