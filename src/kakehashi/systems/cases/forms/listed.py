"""What every form of a diagnosis asks of the disease: which one, its gene, and where it is counted."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.protocols.designated import plain_number
from kakehashi.systems.cases import designated, genenames, vocabulary
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.course.listed import listed_as, on_orphanet
from kakehashi.systems.cases.forms.diseases import DiseaseField, GeneField
from kakehashi.systems.cases.vocabulary import DESIGNATED_PREFIX

ORPHANET_ID = re.compile(r"(?:ORPHA(?:NET)?\s*:?\s*)?(\d{1,7})", re.IGNORECASE | re.ASCII)
UNREADABLE = {
    "disease": _("Write an id with its prefix, such as OMIM:213300 or ORPHA:475, or a known disease's exact name."),
    "designated": _("Write the number on the list: letters, digits and hyphens only."),
    "gene": _("This is no gene symbol."),
    "label": _("This cannot be kept: it is too long, or holds characters that cannot be printed."),
    "evidence": _("This cannot be kept: it is too long, or holds characters that cannot be printed."),
    "variant": _("This variant cannot be kept: it is too long, or holds characters that cannot be printed."),
}
"""What is said of a field whose contents the diagnosis cannot hold."""
SAID = ("disease", "designated", "orphanet", "new_disease", "label", "gene", "new_link")
"""The fields that a diagnosis takes over as they are."""


class ListedForm(forms.Form):
    """The disease of a diagnosis, its gene, and where it is listed.

    ``by``: who fills it in; they are offered what they may know. ``genes_said``: those of the case, beyond doubt.
    """

    field_order: tuple[str, ...] = (
        "disease",
        "designated",
        "orphanet",
        "unlisted",
        "new_disease",
        "label",
        "gene",
        "gene_meant",
        "new_link",
    )

    disease = DiseaseField(label=_("Disease"), fills_from="/api/cases/diseases/listed?disease=")
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
    new_disease = forms.BooleanField(label=_("A new disease, described for the first time"), required=False)
    label = forms.CharField(label=_("Name of the new disease"), max_length=500, required=False)
    gene = GeneField(label=_("Gene"))
    gene_meant = forms.BooleanField(
        label=_("This gene is meant as written, although no known disease has it"), required=False
    )
    new_link = forms.BooleanField(label=_("The gene was not known to cause this disease"), required=False)

    by: Any = None
    genes_said: Collection[str] = ()

    def offer_numbers(self) -> None:
        """Before anything is shown or read: fill in what is known of a disease that stands there already, say whether
        the designated list is here, and leave out the questions that nobody has to answer."""
        named = self.get_initial_for_field(self.fields["disease"], "disease")
        if not self.is_bound and named:
            found = listed_as(self.by, str(named))
            self.fields["orphanet"].initial = "" if on_orphanet(str(named)) else found.orphanet
            self.fields["designated"].initial = found.designated
        self.fields["designated"].help_text = self._about_list()
        if not self._class_open():
            del self.fields["unlisted"]
        if not self.gene_doubts:
            del self.fields["gene_meant"]

    @property
    def gene_doubts(self) -> list[str]:
        """What is to be said of the gene that was typed, unless the case names it already."""
        typed = genenames.current_gene(str(self.data.get(self.add_prefix("gene"), "")).strip())
        return genenames.gene_doubts([typed] if typed and typed not in self.genes_said else [])

    def read_diagnosis(self, said: dict[str, Any], **more: Any) -> NewDiagnosis | None:
        """The diagnosis that the form says, with ``more`` of its own; None where something is missing, said at its
        field."""
        if "gene_meant" in self.fields and not said["gene_meant"]:
            self.add_error("gene", " ".join([*self.gene_doubts, _now("Correct it, or say below that it is meant.")]))
            return None
        fields = {name: said[name] for name in SAID}
        if fields["disease"].startswith(f"{DESIGNATED_PREFIX}:"):  # known by its number on that list alone
            fields |= {"disease": "", "designated": said["designated"] or fields["disease"].partition(":")[2]}
        try:
            found = NewDiagnosis.model_validate(fields | more)
        except ValidationError as error:
            for one in error.errors():
                place = str(one["loc"][0]) if one["loc"] else "disease"
                said_so = one.get("ctx", {}).get("error")
                text = str(said_so) if said_so is not None else UNREADABLE.get(place, UNREADABLE["disease"])
                self.add_error(place if place in self.fields else "disease", text)
            return None
        self._insist_on_class(said)
        return found

    def _insist_on_class(self, said: dict[str, Any]) -> None:
        """Once all else is right: where nothing says how the diagnosis counts, fill in what is known and ask again."""
        if "unlisted" not in self.fields or said["unlisted"] or not said["disease"]:
            return
        found = listed_as(self.by, said["disease"])
        if not found:
            text = _now(
                "Nothing says which list names the disease, and the tables of this node know no number of it: the "
                "diagnosis would count as “other disease”. Give a number, or say below that it counts so."
            )
            self.add_error("unlisted", text)
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
        filled = "designated" if found.designated else "orphanet"
        self.add_error(filled, text % {"numbers": "; ".join(filter(None, numbers))})

    def clean_gene(self) -> str:
        """Its current symbol."""
        return genenames.current_gene(str(self.cleaned_data["gene"]).strip())

    def clean_designated(self) -> str:
        """The bare number; where the list is installed, one that is on it."""
        number = plain_number(str(self.cleaned_data["designated"]))
        found = designated.installed() if number else None
        if found is not None and designated.numbered(number) is None:
            text = _(
                "The list installed here (%(source)s, %(day)s) has no number %(number)s. Correct it; if the list is "
                "out of date, ask the node's operator to install the present one."
            )
            about = {"source": found.source, "day": f"{found.installed_at:%Y-%m-%d}", "number": number}
            raise forms.ValidationError(text % about)
        return number

    def clean_orphanet(self) -> str:
        """Its id, of the bare number too."""
        typed = str(self.cleaned_data["orphanet"]).strip()
        found = ORPHANET_ID.fullmatch(typed)
        if typed and found is None:
            raise forms.ValidationError(
                _("Write the number of Orphanet, such as ORPHA:475. An OMIM id goes into the field “Disease”.")
            )
        return f"ORPHA:{found.group(1)}" if found else ""

    def _about_list(self) -> Any:
        found = designated.installed()
        if found is None:
            return _(
                "The list is not installed on this node, so the number is neither filled in nor checked. Write it if "
                "you know it; otherwise leave it empty."
            )
        text = _("Filled in where the disease is on the list installed here (%(source)s, %(day)s).")
        return text % {"source": found.source, "day": f"{found.installed_at:%Y-%m-%d}"}

    def _class_open(self) -> bool:
        """Whether what was sent names a disease, and neither a number nor that it is new."""
        sent = {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in ListedForm.field_order}
        if not sent["disease"] or sent["designated"] or sent["orphanet"] or sent["new_disease"]:
            return False
        try:
            named = self.fields["disease"].clean(sent["disease"])
        except forms.ValidationError:
            return False
        return not on_orphanet(named) and not named.startswith(f"{DESIGNATED_PREFIX}:")
