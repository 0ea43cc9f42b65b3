"""The shell's own pages."""

from django.urls import path

from kakehashi.web import pages

app_name = "web"
urlpatterns = [path("", pages.home, name="home")]
