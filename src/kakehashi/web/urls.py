"""The shell's own pages."""

from django.urls import path

from kakehashi.web import about, jobs, pages

app_name = "web"
urlpatterns = [
    path("", pages.home, name="home"),
    path("about/", about.about, name="about"),
    path("robots.txt", pages.robots, name="robots"),
    path("search/", pages.search, name="search"),
    path("notices/", pages.notices, name="notices"),
    path("notices/<int:number>/", pages.notice, name="notice"),
    path("act-for/", pages.act_for, name="act_for"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:number>/", jobs.job, name="job"),
    path("jobs/<int:number>/progress/", jobs.job_progress, name="job_progress"),
    path("language/", pages.language, name="language"),
]
