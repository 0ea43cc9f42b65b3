"""What this node is and stands on: software, ontology release, where its Japanese labels come from. Open to all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from kakehashi.engines.phenotype import knowledge
from kakehashi.engines.phenotype.problems import KnowledgeError


def about(request: HttpRequest) -> HttpResponse:
    """The releases in use with their counts; when they cannot be read, what is wrong and what to do."""
    try:
        return render(request, "web/about.html", {"status": knowledge.status()})
    except KnowledgeError as error:
        problem = error.ja if (get_language() or "ja").startswith("ja") else error.en
        return render(request, "web/about.html", {"status": None, "problem": problem})
