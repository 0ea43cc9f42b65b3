"""What an address names by its code never takes the word that is the address of another page."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from kakehashi.systems.portfolio import public_urls, urls
from kakehashi.systems.portfolio.forms.calls import CallForm
from kakehashi.systems.portfolio.forms.entries import AppropriationForm
from kakehashi.systems.portfolio.forms.goals import GoalForm
from kakehashi.systems.portfolio.forms.logic import IndicatorForm
from kakehashi.systems.portfolio.forms.structure import AreaForm, ProgrammeForm, ProjectForm, TermForm
from kakehashi.systems.portfolio.models import Award, Call, Cooperation

NAMED = {
    ("portfolio", "awards/"): (Award, "number"),
    ("portfolio", "calls/"): (Call, "number"),
    ("portfolio", "abroad/"): (Cooperation, "code"),
    ("finder", ""): (Award, "number"),
}
"""What is named by the last part of an address, by where it stands."""
NUMBERED = {("portfolio", "adjustment/")}
"""Where the node itself gives the codes: a year and a number."""


def beside():
    """Each word that stands in an address where others have a code: of which address, which word."""
    for module in (urls, public_urls):
        routes = [str(one.pattern) for one in module.urlpatterns]
        for prefix in {found[1] for route in routes if (found := re.match(r"(.*?)<str:[a-z]+>/", route))}:
            words = {route.removeprefix(prefix).partition("/")[0] for route in routes if route.startswith(prefix)}
            for word in sorted(words):
                if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", word):
                    yield module.app_name, prefix, word


@pytest.mark.parametrize(("app", "prefix", "word"), sorted(beside()))
def test_no_code_is_the_word_of_an_address(app, prefix, word):
    if (app, prefix) in NUMBERED:
        return
    model, name = NAMED[(app, prefix)]
    field = model._meta.get_field(name)
    field.run_validators(f"{word}-1")
    with pytest.raises(ValidationError):
        field.run_validators(word)


def test_addresses_beside_which_codes_stand_are_found():
    assert {("portfolio", "awards/", "new"), ("portfolio", "abroad/", "rows"), ("finder", "", "calls")} <= set(beside())


@pytest.mark.parametrize(
    "form", [CallForm, AppropriationForm, GoalForm, IndicatorForm, AreaForm, ProgrammeForm, ProjectForm, TermForm]
)
def test_a_thing_has_the_name_of_a_thing(form):
    label = form.base_fields["name"].label
    with translation.override("ja"):
        assert str(label) == "名称"
    with translation.override("en"):
        assert str(label) == "Name"
