"""Template tags and components: bars that do not overclaim, forms with their errors, breadcrumbs, tabs."""

import re
from datetime import timedelta

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from kakehashi.web.templatetags.web import bar, percent, waited


class Questionnaire(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    agreed = forms.BooleanField(label="Agreed")
    sex = forms.ChoiceField(label="Sex", choices=[("f", "female"), ("m", "male")], widget=forms.RadioSelect)


def rendered(source, **context):
    with translation.override("en"):
        return engines["django"].from_string(source).render(context, RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0, "0 %"), (0.004, "<1 %"), (0.562, "56 %"), (0.996, ">99 %"), (1, "100 %")],
)
def test_percent_never_claims_more_than_is_known(share, text):
    assert percent(share) == text


def test_bar_is_drawn_without_inline_style_and_read_out():
    drawn = bar(0.56, "Probability")
    assert 'width="56.0"' in drawn
    assert "style" not in drawn
    assert "Probability：</span>56 %" in drawn
    assert 'width="100.0"' in bar(7)


def test_form_lists_errors_on_top_with_links_and_at_the_field():
    text = rendered("{{ form }}", form=Questionnaire({"name": ""}))
    assert '<a href="#id_name">Name: This field is required.</a>' in text
    assert 'id="id_name_error"' in text
    assert 'aria-describedby="id_name_helptext id_name_error"' in text


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}, "You are not logged in."),
        ("/accounts/password/reset/", {"email": "no address"}, "No mail was sent."),
    ],
)
def test_form_that_saves_nothing_does_not_say_that_nothing_was_saved(client, db, path, sent, said):
    page = client.post(path, sent, headers={"accept-language": "en"}).text
    assert "error-summary" in page
    assert said in page
    assert "Nothing was saved" not in page


@pytest.mark.parametrize(
    ("forms", "name"),
    [("ACCOUNT_FORMS", "reauthenticate"), ("MFA_FORMS", "authenticate"), ("MFA_FORMS", "reauthenticate")],
)
def test_form_that_asks_who_one_is_has_its_own_words(settings, forms, name):
    assert "saved" not in str(import_string(getattr(settings, forms)[name]).refused)


def test_form_has_label_help_errors_field_in_this_order():
    text = rendered("{{ form.name.as_field_group }}", form=Questionnaire({"name": ""}))
    places = [text.index(part) for part in ("<label", "As on the card", "errorlist", "<input")]
    assert places == sorted(places)


def test_tick_box_stands_before_its_label_and_radio_in_a_fieldset():
    text = rendered("{{ form }}", form=Questionnaire())
    assert text.index('id="id_agreed"') < text.index('for="id_agreed"')
    assert "<legend>Sex" in text


@pytest.mark.parametrize(
    ("days", "english", "japanese"),
    [(0, "since today", "本日から"), (1, "for 1 day", "1日経過"), (40, "for 40 days", "40日経過")],
)
def test_how_long_something_waits_is_said_in_days(days, english, japanese):
    since = timezone.now() - timedelta(days=days)
    for language, said in (("en", english), ("ja", japanese)):
        with translation.override(language):
            assert waited(since) == said


def test_breadcrumbs_end_with_this_page():
    text = rendered('{% load web %}{% breadcrumbs "Cases" "/cases/" "Case 7" %}')
    assert '<a href="/cases/">Cases</a>' in text
    assert '<span aria-current="page">Case 7</span>' in text


def test_tabs_are_links():
    items = [{"label": "One", "url": "?tab=1", "current": True}, {"label": "Two", "url": "?tab=2", "count": 3}]
    text = rendered("{% load web %}{% tabs items %}", items=items)
    assert '<a href="?tab=1" aria-current="page">One</a>' in text
    assert '<span class="count">3</span>' in text


def test_dangerous_act_names_what_is_lost_and_asks_why():
    class Reason(forms.Form):
        note = forms.CharField(max_length=500)

    text = rendered(
        '{% include "web/components/confirm.html" with title="Withdraw" action_label="Withdraw it" note=form.note %}',
        loses=["3 findings", "its place in the index"],
        form=Reason(),
    )
    assert "<li>3 findings</li>" in text
    assert re.search(r'name="note"[^>]* required', text)
