"""The form of a family: its pseudonym and one row a member; what is typed becomes members and the cases they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.kernel.errors import Invalid
from kakehashi.systems.cases.families.members import MOST_MEMBERS, Members, Relative
from kakehashi.systems.cases.families.pedfiles import insist_on_size
from kakehashi.systems.cases.forms.files import WholeFile
from kakehashi.systems.cases.models import Case, Family
from kakehashi.systems.cases.states import Answer, Sex

SPARE_ROWS = 4  # empty rows for those without scripts


class FamilyForm(forms.Form):
    """What is said of the family as a whole."""

    local_id = forms.CharField(
        label=_("Pseudonym of the family"),
        max_length=60,
        help_text=_("The hospital's own pseudonym for the family. Never a name."),
    )


class RelativeForm(forms.Form):
    """One member. ``extra`` travels hidden: columns of a PED file that no field is for."""

    id = forms.CharField(label=_("Pseudonym"), required=False, max_length=60)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN)
    father = forms.CharField(label=_("Father"), required=False, max_length=60)
    mother = forms.CharField(label=_("Mother"), required=False, max_length=60)
    affected = forms.ChoiceField(label=_("Affected"), choices=Answer.choices, initial=Answer.UNKNOWN)
    proband = forms.BooleanField(label=_("Proband"), required=False)
    deceased = forms.BooleanField(label=_("Deceased"), required=False)
    twins = forms.CharField(
        label=_("Twins"), required=False, max_length=60, help_text=_("The same word for all born together")
    )
    identical = forms.ChoiceField(label=_("Identical twins"), choices=Answer.choices, initial=Answer.UNKNOWN)
    case = forms.CharField(label=_("Is the case"), required=False, max_length=20)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        texts = ("id", "father", "mother", "twins", "case", "note")
        if self.errors or not (any(said.get(name) for name in texts) or said.get("proband")):
            return said
        if not said.get("id"):
            self.add_error("id", _now("Give this member a pseudonym; never a name."))
            return said
        fields = {name: said[name] for name in self.base_fields if name != "case"}
        kept = self.initial.get("extra", ()) if said["id"] == self.initial.get("id") else ()
        try:
            said["read"] = Relative.model_validate(fields | {"extra": kept})
        except ValidationError as error:
            for one in error.errors():
                place = str(one["loc"][0]) if one["loc"] else None
                text = _now("This cannot be kept as a pseudonym: printable characters, not 0, not beginning with #.")
                self.add_error(place if place in self.fields else None, text)
        return said


RelativeFormSet = forms.formset_factory(
    RelativeForm, extra=0, can_delete=True, max_num=MOST_MEMBERS, absolute_max=MOST_MEMBERS, validate_max=True
)


class FamilyEntry:
    """The form as one: ``is_valid()``, then ``local_id``, ``members`` and ``cases``.

    ``cases``: those among which a member may be said to be one, by what is typed (id or pseudonym, however written).
    """

    def __init__(self, data: Any = None, *, case: Case, family: Family | None, cases: dict[str, Case]) -> None:
        self._case = case
        rows = [
            one.model_dump() | {"case": cases[one.id].public_id if one.id in cases else ""}
            for one in (family.relatives if family else ())
        ]
        if family is None:
            sex = case.sex if case.sex in Sex.values else Sex.UNKNOWN
            proband = {"id": case.local_id[:60], "sex": sex, "affected": "yes", "proband": True}
            rows = [proband | {"case": case.public_id}]
        self.family = FamilyForm(data, initial={"local_id": family.local_id if family else ""})
        self.rows = RelativeFormSet(data, prefix="members", initial=rows)
        if data is None:
            self.rows.extra = SPARE_ROWS
        self.members: Members = ()
        self.cases: dict[str, Case] = {}
        self._places: list[RelativeForm] = []

    @property
    def local_id(self) -> str:
        return str(self.family.cleaned_data["local_id"])

    def is_valid(self) -> bool:
        """Read everything; errors stand at their fields."""
        if not all([self.family.is_valid(), self.rows.is_valid()]):
            return False
        kept = [form for form in self.rows.forms if not form.cleaned_data.get("DELETE")]
        self._places = [form for form in kept if "read" in form.cleaned_data]
        self.members = tuple(form.cleaned_data["read"] for form in self._places)
        for form in self._places:
            if typed := form.cleaned_data["case"].strip().upper():
                # the case itself is asked of the organisation's own only, whoever types
                found = Case.objects.filter(organisation=self._case.organisation_id, public_id=typed).first()
                if found is None:
                    form.add_error("case", _now("Your institution has no case of this id."))
                else:
                    self.cases[form.cleaned_data["id"]] = found
        return not any(form.errors for form in self._places)

    def show(self, error: Invalid) -> None:
        """Put what an action refused to the fields of the form."""
        for place, texts in error.problems.items():
            parts = place.split(".")
            form: forms.Form = self.family
            field: str | None = parts[-1]
            if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(self._places):
                form = self._places[int(parts[1])]
            for text in texts:
                form.add_error(field if field in form.fields else None, str(text))

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """All errors as (id of the field, its label, message), in the order of the page."""
        found = [("", "", str(text)) for text in self.rows.non_form_errors()] if self.rows.is_bound else []
        for number, form in [(0, self.family), *enumerate(self.rows.forms, 1)]:
            for name, errors in form.errors.items():
                field = form[name] if name in form.fields else None
                label = f"{field.label} {number or ''}".strip() if field is not None else ""
                found += [(field.id_for_label if field is not None else "", label, str(error)) for error in errors]
        return found


class PedForm(forms.Form):
    """A PED file to look at before it is taken over."""

    file = WholeFile(
        within=insist_on_size,
        label=_("PED or FAM file"),
        help_text=_("One line a person: family, individual, father, mother, sex (1/2/0), phenotype (1/2/0)."),
    )
