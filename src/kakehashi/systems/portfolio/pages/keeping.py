"""The one page of every form that keeps the agency's structure: what is written, where it leads, what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.forms import add_problems
from kakehashi.kernel.shell import Text


@dataclass(frozen=True)
class Asked:
    """What a form's page says: its title, where it stands, what its button does, and what is told once it is done."""

    title: Text
    section: Text
    section_url: str
    button: Text
    done: Text
    back: str
    lede: Text = ""


def form_page(
    request: HttpRequest,
    form: forms.Form,
    write: Callable[[dict[str, Any]], str],
    asked: Asked,
    **more: Any,
) -> HttpResponse:
    """Show a form; once it is sent and right, ``write`` takes what it says and answers the address that it leads to.

    What the action refuses stands at its fields, and what was typed stays.
    """
    if request.method == "POST" and form.is_valid():
        try:
            address = write(form.cleaned_data)
        except (Invalid, Conflict) as error:
            add_problems(form, error)
        else:
            messages.success(request, str(asked.done))
            return redirect(address)
    context = {"form": form, "asked": asked} | more
    return render(request, "portfolio/keeping_form.html", context, status=422 if form.errors else 200)
