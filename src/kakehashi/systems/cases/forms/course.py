"""The forms of a case's course: consultation, referral, analysis, committee, diagnosis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.networks import analysis_centres_for
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.course.committee import committees_for
from kakehashi.systems.cases.course.consultations import routes_for
from kakehashi.systems.cases.course.diagnoses import NewDiagnosis
from kakehashi.systems.cases.course.referrals import hubs_to_ask
from kakehashi.systems.cases.course.states import (
    AcmgClass,
    AnalysisKind,
    Basis,
    PhenotypeGroup,
    ReviewDecision,
)
from kakehashi.systems.cases.forms.hgvs import HgvsField
from kakehashi.systems.cases.forms.listed import ListedForm
from kakehashi.systems.cases.forms.plain import PlainField
from kakehashi.systems.cases.models import Case

NOBODY_NAMED = _("Without anything that names the family.")


class Day(forms.DateInput):
    """A day, picked or typed."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A field for a day, today unless another is said."""
    return forms.DateField(label=label, widget=Day(), initial=timezone.localdate, **more)


def words(label: Any, **more: Any) -> forms.CharField:
    """A field for some lines of text."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ConsultationForm(forms.Form):
    """A family consults."""

    local_id = PlainField(
        label=_("Pseudonym"),
        max_length=120,
        help_text=_("The hospital's own pseudonym. Never a name, a birth date or a patient number."),
    )
    consulted_on = day_field(_("Consulted on"))
    phenotype_group = forms.ChoiceField(
        label=_("Kind of signs"),
        choices=[("", _("Choose")), *PhenotypeGroup.choices],
        error_messages={"required": _("Choose the kind of signs that the family consults for.")},
    )
    route = forms.ChoiceField(
        label=_("How it came"),
        widget=forms.RadioSelect,
        help_text=_("A family that another hospital is to see is noted here and referred on the next page."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **more: Any) -> None:
        super().__init__(*args, **more)
        routes = routes_for(organisation)
        self.fields["route"].choices = [(one.value, one.label) for one in routes]  # type: ignore[attr-defined]
        self.fields["route"].initial = routes[0]


class CourseForm(forms.Form):
    """A step of a case's course; ``fit`` fills in what depends on the case and on who fills it in (``by``)."""

    case: Case
    by: Any = None

    @classmethod
    def of(cls, case: Case, data: Any = None, *, by: Any = None) -> CourseForm:
        """The form for a case, empty or as it was sent."""
        form = cls(data)
        form.case, form.by = case, by
        form.fit(case)
        return form

    def fit(self, case: Case) -> None:
        """Fill in the choices."""

    def _choose(self, field: str, organisations: Iterable[Organisation], *, none: Any = None) -> None:
        choices = [(one.code, one.label()) for one in organisations]
        self.fields[field].choices = ([("", none)] if none else []) + choices  # type: ignore[attr-defined]

    def organisation(self, field: str) -> Organisation | None:
        """The institution that was chosen."""
        return Organisation.objects.filter(code=self.cleaned_data[field]).first()


class ReferForm(CourseForm):
    """Ask a hub."""

    hub = forms.ChoiceField(
        label=_("Hub hospital"),
        error_messages={"invalid_choice": _("Choose a hub of your network that is not asked about this family yet.")},
    )
    note = words(_("What you ask for"), max_length=2000, help_text=NOBODY_NAMED)

    def fit(self, case: Any) -> None:
        """The hubs that whoever holds the case or the consultation can still ask."""
        self._choose("hub", hubs_to_ask(case))


class SendForm(CourseForm):
    """Send for analysis; once more, with a reason."""

    centre = forms.ChoiceField(label=_("Analysis centre"), required=False)
    kind = forms.ChoiceField(label=_("Analysis"), choices=AnalysisKind.choices, initial=AnalysisKind.EXOME)
    sent_on = day_field(_("Sent on"))
    note = words(
        _("Note to the analysis centre"),
        required=False,
        max_length=500,
        help_text=_("The centre reads it with the case, and it stays in the history. Nothing that names the family."),
    )

    def fit(self, case: Case) -> None:
        """The centres of the hospital's networks."""
        self._choose("centre", analysis_centres_for(case.organisation_id), none=_("Not one of our network"))
        self.fields["note"].required = case.state == "analysed"


class ReceivedForm(CourseForm):
    """The centre has what it needs."""

    on = day_field(_("Received on"))


class DoneForm(CourseForm):
    """The analysis is done."""

    done_on = day_field(_("Done on"))
    result = forms.CharField(label=_("Result in short"), max_length=500, required=False)
    no_result = forms.CharField(
        label=_("No result, because"), max_length=500, required=False, help_text=_("Only where there is none.")
    )


class CommitteeForm(CourseForm):
    """Before which committee."""

    committee = forms.ChoiceField(
        label=_("Diagnosis committee of"),
        help_text=_("Your own hospital's or a hub's, where someone holds the role. It sees the case until it decides."),
    )

    def fit(self, case: Case) -> None:
        """The committees there are."""
        self._choose("committee", committees_for(case.organisation))


class OpinionForm(CourseForm):
    """What a member thinks."""

    text = words(_("Your opinion"), max_length=2000, help_text=NOBODY_NAMED)


class ReasonForm(CourseForm):
    """Why."""

    note = words(_("Reason (kept in the history)"), max_length=500)


class MoveForm(forms.Form):
    """A move of a case, with a reason where one is needed; the move itself says so."""

    note = words(_("Reason (kept in the history)"), max_length=500, required=False)


class LinkForm(forms.Form):
    """Which case a family's patient is."""

    case = forms.CharField(
        label=_("Case"), max_length=120, help_text=_("Its id (K-…) or your hospital's pseudonym of the patient.")
    )


class AnswerForm(forms.Form):
    """What a hub answers, or the hospital says when it takes a referral back."""

    note = words(
        _("Note to the other hospital"),
        max_length=2000,
        required=False,
        help_text=_("Needed to answer or decline. Without anything that names the family."),
    )


class DiagnosisForm(ListedForm, CourseForm):
    """A diagnosis with its evidence."""

    variant = forms.ChoiceField(label=_("Variant of this case"), required=False)
    hgvs = HgvsField(label=_("Or another variant (HGVS)"))
    acmg = forms.ChoiceField(label=_("ACMG class"), required=False)
    basis = forms.ChoiceField(label=_("It stands mainly on"), choices=Basis.choices, initial=Basis.GENETIC)
    evidence = words(_("Evidence"), max_length=5000, required=False, help_text=NOBODY_NAMED)
    diagnosed_on = day_field(_("Diagnosed on"))

    diagnosis: NewDiagnosis | None = None

    def fit(self, case: Case) -> None:
        """The case's variants, and the disease that was reported of it."""
        said = case.described
        variants = [(str(at), _variant_label(one)) for at, one in enumerate(said.variants)]
        self.fields["variant"].choices = [("", "–"), *variants]  # type: ignore[attr-defined]
        self.fields["acmg"].choices = [("", "–"), *AcmgClass.choices]  # type: ignore[attr-defined]
        recorded = set(case.diagnosis_rows.filter(reopened_at=None).values_list("disease", flat=True))
        reported = [one.disease for one in said.diagnoses if one.disease not in recorded]
        self.fields["disease"].initial = reported[0] if reported else ""
        self.fields["disease"].recorded = vocabulary.nameable_alone(said.diagnoses)  # type: ignore[attr-defined]
        self.genes_said = said.all_genes
        self.offer_numbers()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            self.diagnosis = self._read(said)
        return said

    def _read(self, said: dict[str, Any]) -> NewDiagnosis | None:
        chosen = self.case.described.variants[int(said["variant"])].model_dump() if said["variant"] else None
        if said["hgvs"]:
            chosen = {"gene": said["gene"], "hgvs": said["hgvs"]}
        more = {name: said[name] for name in ("acmg", "basis", "evidence", "diagnosed_on")}
        return self.read_diagnosis(said, variant=chosen, **more)


class DecisionForm(DiagnosisForm):
    """What the committee decides, with the diagnosis where it found one."""

    field_order = ("decision", "note", *ListedForm.field_order)

    decision = forms.ChoiceField(
        label=_("Decision"), choices=ReviewDecision.choices, widget=forms.RadioSelect, initial=ReviewDecision.DIAGNOSED
    )
    note = words(_("Grounds"), max_length=500)

    def _read(self, said: dict[str, Any]) -> NewDiagnosis | None:
        return super()._read(said) if said.get("decision") == ReviewDecision.DIAGNOSED else None


def _variant_label(variant: Any) -> str:
    return " ".join(part for part in (variant.gene, variant.hgvs or variant.vcf or variant.note) if part)
