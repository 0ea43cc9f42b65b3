"""The pages of conversations: those one takes part in, one of them, writing, and agreeing to be named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.listing import Column, Listing
from kakehashi.kernel.organisations.places import place_of
from kakehashi.systems.exchange.conversations import actions
from kakehashi.systems.exchange.conversations.queries import conversation_for, match_of, side_for, sides_for
from kakehashi.systems.exchange.models import Side
from kakehashi.systems.exchange.models.conversations import LONGEST_MESSAGE
from kakehashi.systems.exchange.queries import match_for, matches_for
from kakehashi.systems.exchange.solving.queries import proposals_of


class MessageForm(forms.Form):
    """What is written to the other side."""

    text = forms.CharField(
        label=_("Your message"),
        help_text=_("Write nothing that names a patient. The other side learns who you are once both have agreed."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_MESSAGE, "data-reply": ""}),
    )

    def for_side(self, side: Side | None) -> MessageForm:
        """The form as it reads beside a conversation: to one whose sides are named it promises nothing about names."""
        if side is not None and side.opened:
            self.fields["text"].help_text = _("Write nothing that names a patient.")
        return self


def _place(side: Side) -> str:
    (other,) = (one for one in side.conversation.sides.all() if one.pk != side.pk)
    return other.organisation.label() if other.opened else place_of(other.organisation)


CONVERSATIONS = Listing(
    name="conversations",
    order="-last_at",
    row_link=lambda side: side_link(side),
    columns=(
        Column("case", _("Your case"), lambda side: side.case.public_id),
        Column("place", _("The other side"), _place),
        Column("last", _("Last message"), lambda side: side.last_at, sort="last_at", short=True),
        Column("unread", _("Unread"), lambda side: _now("unread") if side.heard > side.read_to else "", short=True),
        Column("identities", _("Identities"), lambda side: side.get_state_display(), sort="state", short=True),
    ),
)


def side_link(side: Side) -> str:
    """Where a side reads its conversation."""
    return reverse("exchange:conversation", args=[side.pk])


@login_required
@require_GET
def conversations(request: HttpRequest) -> HttpResponse:
    """The conversations about one's cases, the latest message first; as a table or CSV."""
    rows = sides_for(request.user).prefetch_related("conversation__sides__organisation")
    if request.GET.get("format") == "csv":
        _record_shown(request, CONVERSATIONS.narrow(request, rows), "case.export")
        return CONVERSATIONS.csv(request, rows)
    table = CONVERSATIONS.show(request, rows)
    _record_shown(request, [row["object"] for row in table["rows"]], "case.list")
    return render(request, "exchange/conversations.html", {"table": table})


def _record_shown(request: HttpRequest, sides: Iterable[Side], action: str) -> None:
    """Whose conversations were listed: one entry for each institution that holds some of the cases."""
    audit.read_of(request.user, "case", dict.fromkeys(side.case_id for side in sides), action=action)


@login_required
@require_GET
def conversation(request: HttpRequest, side_id: int) -> HttpResponse:
    """One conversation, also where its match may no longer be shown; showing it marks it as read."""
    return _shown(request, side_for(request.user, side_id), MessageForm())


@login_required
@require_POST
def write(request: HttpRequest, side_id: int) -> HttpResponse:
    """Answer, or write on."""
    side, form = side_for(request.user, side_id), MessageForm(request.POST)
    if _sent(form, lambda text: actions.write_to_side(by=_person(request), side=side, text=text)):
        messages.success(request, _now("Sent."))
        return redirect("exchange:conversation", side.pk)
    return _shown(request, side, form, status=422)


@login_required
@require_POST
def write_to_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """The first message to the other side of a match."""
    match, form = match_for(request.user, match_id), MessageForm(request.POST)
    if _sent(form, lambda text: actions.write_to_match(by=_person(request), match=match, text=text)):
        messages.success(request, _now("Sent."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("exchange:match", match.pk)


@login_required
@require_POST
def agreement(request: HttpRequest, side_id: int) -> HttpResponse:
    """Agree to be named to the other side, or take that back."""
    side = side_for(request.user, side_id)
    if request.POST.get("move") == "take_back":
        actions.take_back(by=_person(request), side=side)
    else:
        actions.agree(by=_person(request), side=side)
    return redirect("exchange:conversation", side.pk)


def _person(request: HttpRequest) -> Any:
    return request.user


def _sent(form: MessageForm, send: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        send(form.cleaned_data["text"])
    except Invalid as error:
        form.add_error(None, str(error))
        return False
    return True


def _shown(request: HttpRequest, side: Side, form: MessageForm, status: int = 200) -> HttpResponse:
    shown = matches_for(request.user).filter(pk=match_of(side).pk).first()
    context = {
        "conversation": conversation_for(_person(request), side),
        "form": form.for_side(side),
        "match": shown,
    }
    context["proposals"] = proposals_of(_person(request), side)
    actions.mark_read(by=_person(request), side=side)
    return render(request, "exchange/conversation.html", context, status=status)
