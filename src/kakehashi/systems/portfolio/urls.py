"""The pages of the portfolio."""

from django.urls import path

from kakehashi.systems.portfolio.pages import agency, awards, databook, trail

app_name = "portfolio"
urlpatterns = [
    path("", agency.show, name="agency"),
    path("databook/", databook.show, name="databook"),
    path("goals/", agency.goals, name="goals"),
    path("projects/<str:code>/", agency.project, name="project"),
    path("programmes/<str:code>/", agency.programme, name="programme"),
    path("awards/", awards.awards, name="awards"),
    path("awards/<str:number>/", awards.award, name="award"),
    path("rows/<str:what>/", trail.rows, name="rows"),
    path("accounts/<int:pk>/", trail.account, name="account"),
    path("entries/", trail.entries, name="entries"),
    path("entries/<int:number>/", trail.entry, name="entry"),
]
