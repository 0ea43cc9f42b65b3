"""The fields of a diagnosis's form that say where it is counted, offered where this node knows, else asked for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.course.listed import listed_as, on_orphanet

ORPHANET_ID = re.compile(r"(?:ORPHA(?:NET)?\s*:?\s*)?(\d{1,7})", re.IGNORECASE | re.ASCII)


class ListedForm(forms.Form):
    """Where a disease is listed. A form that is one has a field ``disease``, which cleans to an id.

    ``by``: who fills it in; they are offered what they may know.
    """

    field_order: tuple[str, ...] = ("disease", "designated", "orphanet", "unlisted")

    designated = forms.CharField(
        label=_("Number on the list of designated intractable diseases"), max_length=20, required=False
    )
    orphanet = forms.CharField(
        label=_("Orphanet id"),
        max_length=60,
        required=False,
        help_text=_("If the disease is named by another id. With neither number it counts as “other disease”."),
    )
    unlisted = forms.BooleanField(
        label=_("It is on neither list, or its number is not known: count it as “other disease”"), required=False
    )

    by: Any = None

    def offer_numbers(self) -> None:
        """Before anything is shown or read: fill in what is known of a disease that stands there already, and leave
        out the question whether it is on no list where nobody has to answer it."""
        named = self.get_initial_for_field(self.fields["disease"], "disease")
        if not self.is_bound and named:
            found = listed_as(self.by, str(named))
            self.fields["orphanet"].initial = "" if on_orphanet(str(named)) else found.orphanet
            self.fields["designated"].initial = found.designated
        if not self._class_open():
            del self.fields["unlisted"]

    def insist_on_class(self, said: dict[str, Any]) -> None:
        """Once all else is right: where nothing says how the diagnosis counts, fill in what is known and ask again."""
        if "unlisted" not in self.fields or said["unlisted"] or not said["disease"]:
            return
        found = listed_as(self.by, said["disease"])
        if not found:
            text = _now(
                "Nothing says which list names the disease, and the tables of this node know no number of it: the "
                "diagnosis would count as “other disease”. Give a number, or say below that it counts so."
            )
            self.add_error("designated", text)
            return
        sent: Any = self.data
        self.data = sent = sent.copy()  # what was sent cannot be changed itself
        sent[self.add_prefix("orphanet")], sent[self.add_prefix("designated")] = found.orphanet, found.designated
        numbers = [found.orphanet and f"{found.orphanet} {vocabulary.disease_label(found.orphanet)}"]
        if found.designated:
            numbers.append(_now("designated disease %(number)s") % {"number": found.designated})
        text = _now(
            "As far as this node knows, this is: %(numbers)s. It is filled in: check it, then send the form again. If "
            "it is wrong, correct it, or take it out and say below that the disease is on neither list."
        )
        self.add_error("designated", text % {"numbers": "; ".join(filter(None, numbers))})

    def clean_orphanet(self) -> str:
        """Its id, of the bare number too."""
        typed = str(self.cleaned_data["orphanet"]).strip()
        found = ORPHANET_ID.fullmatch(typed)
        if typed and found is None:
            raise forms.ValidationError(
                _("Write the number of Orphanet, such as ORPHA:475. An OMIM id goes into the field “Disease”.")
            )
        return f"ORPHA:{found.group(1)}" if found else ""

    def _class_open(self) -> bool:
        """Whether what was sent names a disease, and neither a number nor that it is new."""
        sent = {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in ListedForm.field_order}
        if not sent["disease"] or sent["designated"] or sent["orphanet"] or self.data.get("new_disease"):
            return False
        try:
            return not on_orphanet(vocabulary.disease_named(sent["disease"]))
        except ValidationError:
            return False
