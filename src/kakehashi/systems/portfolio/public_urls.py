"""What everybody may see of the agency's awards."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import path

from kakehashi.systems.portfolio.pages import calls, finder

app_name = "finder"
urlpatterns = [
    path("", finder.finder, name="find"),
    path("data.csv", finder.data_csv, name="csv"),
    path("data.json", finder.data_json, name="json"),
    path("360giving.json", finder.data_360giving, name="360giving"),
    path("sitemap.xml", index, {"sitemaps": finder.SITEMAPS, "sitemap_url_name": "finder:sitemap"}, name="sitemaps"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": finder.SITEMAPS}, name="sitemap"),
    path("calls/", calls.offered, name="calls"),
    path("calls/<str:number>/", calls.offered_call, name="call"),
    path("<str:number>/", finder.award, name="award"),
]
