"""Every component of the shell on pages of their own, so that the browser tests see each, empty and full."""

from pathlib import Path

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from kakehashi.config import urls
from kakehashi.engines.pictures import Link, Node, Picture, likelihood_words
from kakehashi.kernel.jobs.models import Job, JobState
from kakehashi.kernel.listing import Column, Filter, Listing
from kakehashi.kernel.organisations.models import Organisation

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500

TEMPLATES = Path(__file__).parent / "templates"
LISTING = Listing(
    name="organisations",
    columns=[
        Column("code", "Code", lambda row: row.code, sort="code"),
        Column("name", "Name", lambda row: row.name, sort="name"),
        Column("size", "Size", lambda row: 12345, number=True),
    ],
    filters=[
        Filter("kind", "Kind", [("hospital", "Hospital"), ("company", "Company")], lambda q, v: q.filter(kind=v)),
    ],
    order="code",
    row_link=lambda row: f"/gallery/?row={row.code}",
)


class Finding(forms.Form):
    label = forms.CharField(required=False)
    term = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-term-id": ""}))


class Questionnaire(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    age = forms.IntegerField(label="Age")
    agreed = forms.BooleanField(label="Agreed", help_text="In writing")
    sex = forms.ChoiceField(label="Sex", choices=[("f", "female"), ("m", "male")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)


FINDINGS = forms.formset_factory(Finding, extra=3)
TERMS = [
    {"id": "HP:0001250", "label": "Seizure", "label_ja": "てんかん発作", "synonym": "Epilepsy", "definition": "…"},
    {"id": "HP:0002373", "label": "Febrile seizure", "label_ja": "熱性けいれん", "synonym": None, "definition": None},
]


RUNNING = Job(pk=7, kind="import", state=JobState.RUNNING, message="Importing", total=5077, done=1200)
OVER = Job(pk=7, kind="import", state=JobState.DONE, message="Imported", total=5077, done=5077)


def picture(language: str) -> Picture:
    names = {"en": ("Seizure", "Cataract", "Smooth philtrum"), "ja": ("てんかん発作", "白内障", "平坦な人中")}[language]
    ids, systems = ("HP:0001250", "HP:0000518", "HP:0000319"), ("HP:0000707", "HP:0000478", "HP:0000152")
    nodes = [Node(id, name, system) for id, name, system in zip(ids, names, systems, strict=True)]
    links = [Link(ids[0], ids[0], 4.0, likelihood_words(4.0, language)), Link(ids[1], ids[1], -1.0)]
    return Picture(nodes, nodes[:2], links, "Matched findings", "Joubert syndrome", language=language)


def page(name: str, request: HttpRequest, **context: object) -> HttpResponse:
    source = (TEMPLATES / f"{name}.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(source).render(context, request))


def rows() -> "QuerySet[Organisation]":
    return Organisation.objects.all()


def table(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format") == "csv":
        return LISTING.csv(request, rows())
    return page("table", request, table=LISTING.show(request, rows()))


def empty(request: HttpRequest) -> HttpResponse:
    return page("table", request, table=LISTING.show(request, rows().none()))


def form(request: HttpRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    return page("form", request, form=Questionnaire(sent), findings=FINDINGS(sent, prefix="findings"))


def parts(request: HttpRequest) -> HttpResponse:
    tabs = [{"label": "Diseases", "url": "?", "current": True}, {"label": "Similar", "url": "?tab=2", "count": 12}]
    context = {"tabs": tabs, "reasons": ["3 findings", "its history"], "job": RUNNING, "picture": picture("en")}
    return page("parts", request, asked=Questionnaire(), **context)


def panes(request: HttpRequest) -> HttpResponse:
    return page("panes", request, tabs=[{"label": "Diseases", "url": "?", "current": True}], picture=picture("ja"))


def terms(request: HttpRequest) -> JsonResponse:
    text = request.GET["q"].lower()
    return JsonResponse([term for term in TERMS if text in str(term).lower()], safe=False)


def progress(request: HttpRequest) -> HttpResponse:
    source = '{% include "web/components/progress.html" with url="/gallery/progress/" %}'
    return HttpResponse(engines["django"].from_string(source).render({"job": OVER}, request))


urlpatterns = [
    *urls.urlpatterns,
    path("gallery/", table),
    path("gallery/empty/", empty),
    path("gallery/form/", form),
    path("gallery/parts/", parts),
    path("gallery/panes/", panes),
    path("gallery/terms/", terms),
    path("gallery/progress/", progress),
]
