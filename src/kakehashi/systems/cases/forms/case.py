"""The form of a case: the patient, the findings and variants row by row; what is typed becomes a Description.

A finding is chosen from the list that opens while one types, or typed as it is (a label or synonym in either language,
or an HPO id) and read when the form is sent; so it works without a script too.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.protocols.phenopacket.agewords import AGE
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, age_text
from kakehashi.systems.cases.forms.choices import Choices, refuse, terms_offered, with_none
from kakehashi.systems.cases.forms.diseases import DiseaseField
from kakehashi.systems.cases.forms.findings import FindingFormSet, finding_row
from kakehashi.systems.cases.forms.plain import MonthField, PlainField
from kakehashi.systems.cases.forms.variants import VariantFormSet
from kakehashi.systems.cases.offered import INHERITANCES, ONSETS
from kakehashi.systems.cases.states import Answer, Sex

SPARE_ROWS = 8  # empty finding rows of a new form, for those without scripts


class PatientForm(forms.Form):
    """Everything but findings and variants."""

    local_id = PlainField(
        label=_("Pseudonym"),
        max_length=120,
        help_text=_("The hospital's own pseudonym. Never a name, a birth date or a patient number."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, widget=forms.RadioSelect)
    age_years = forms.IntegerField(
        label=_("Age at last examination: years"), min_value=0, max_value=120, required=False
    )
    age_months = forms.IntegerField(label=_("and months"), min_value=0, max_value=11, required=False)
    birth = MonthField(
        label=_("Born in"),
        required=False,
        help_text=_("Year, or year and month: 2019, 2019-04 or H31.4."),
    )
    undiagnosed_since = MonthField(
        label=_("Without a diagnosis since"),
        required=False,
        help_text=_("Year, or year and month: 2019, 2019-04 or H31.4."),
    )
    criteria = forms.CharField(
        label=_("Reason to register although the criteria are not met"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    onset = forms.ChoiceField(label=_("First signs"), required=False)
    genes = PlainField(
        label=_("Candidate genes"),
        required=False,
        help_text=_("Symbols or ids, separated by spaces or commas: FBN1, TGFBR2."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
    )
    genes_meant = forms.BooleanField(
        label=_("These genes are meant as written, although no known disease has them"), required=False
    )
    affected_relatives = forms.ChoiceField(
        label=_("Relatives with similar signs"),
        choices=Answer.choices,
        initial=Answer.UNKNOWN,
        widget=forms.RadioSelect,
    )
    consanguinity = forms.ChoiceField(
        label=_("Parents related by blood"), choices=Answer.choices, initial=Answer.UNKNOWN, widget=forms.RadioSelect
    )
    family_history = forms.CharField(
        label=_("Family history"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who is affected and how. No names."),
    )
    inheritance = forms.MultipleChoiceField(
        label=_("Suspected inheritance"), required=False, widget=forms.CheckboxSelectMultiple
    )
    diagnosis = DiseaseField(
        label=_("Diagnosis, once found"),
        help_text=_(
            "Its name in Japanese or English, or its OMIM, Orphanet or designated-list number: choose from the list. "
            "Leave it empty while undiagnosed."
        ),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, description: Description | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = description or Description()
        self.fields["diagnosis"].recorded = vocabulary.nameable_alone(said.diagnoses)  # type: ignore[attr-defined]
        self.fields["onset"].choices = with_none(terms_offered(ONSETS, said.onset))  # type: ignore[attr-defined]
        self.fields["inheritance"].choices = terms_offered(INHERITANCES, *said.inheritance)  # type: ignore[attr-defined]

    def clean_genes(self) -> tuple[str, ...]:
        typed = [part for part in re.split(r"[\s,;、，]+", self.cleaned_data["genes"]) if part]
        symbols = [genenames.current_gene(one) for one in typed]
        wrong = [one for one in symbols if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@/-]{0,39}", one)]
        if wrong:
            raise forms.ValidationError(_("Not a gene symbol: %(wrong)s"), params={"wrong": ", ".join(wrong[:5])})
        return tuple(dict.fromkeys(symbols))


SAID_ALIKE = ("undiagnosed_since", "onset", "affected_relatives", "consanguinity")


class CaseEntry:
    """The three parts of the form as one: ``is_valid()``, then ``description``, ``local_id``.

    ``local_id``: the pseudonym that a new case is offered.
    """

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, case: Any = None, spare: int = 0, local_id: str = ""
    ) -> None:
        self.before: Description = case.described if case else Description()
        said = self.before
        years, months = _years_and_months(said.age)
        patient = said.model_dump(include={"sex", "birth", *SAID_ALIKE})
        patient |= said.model_dump(include={"family_history", "note"}) | {
            "local_id": case.pseudonym or case.public_id if case else local_id,
            "age_years": years,
            "age_months": months,
            "genes": ", ".join(said.genes),
            "inheritance": list(said.inheritance),
            "diagnosis": said.diagnoses[0].disease if said.diagnoses else "",
        }
        self.patient = PatientForm(data, initial=patient, description=said)
        if case:
            self.patient.fields["local_id"].disabled = True
        self.findings = FindingFormSet(data, prefix="findings", initial=[finding_row(one) for one in said.findings])
        self.variants = VariantFormSet(
            data,
            prefix="variants",
            initial=[one.model_dump() for one in said.variants],
            form_kwargs={"kept": {one.hgvs for one in said.variants}},
        )
        if data is None:
            self.findings.extra, self.variants.extra = (1, 0) if case else (spare or SPARE_ROWS, 1)
        self.description = said

    @property
    def local_id(self) -> str:
        return str(self.patient.cleaned_data["local_id"])

    def leave_unjudged(self) -> None:
        """Show what was typed as it is: nobody has said yet that this is all."""
        for form in (self.patient, *self.findings.forms, *self.variants.forms):
            vars(form).update(_errors=ErrorDict())
        for rows in (self.findings, self.variants):
            vars(rows).update(_errors=[], _non_form_errors=ErrorList())

    def is_valid(self) -> bool:
        """Read everything; errors stand at their fields."""
        fine = [self.patient.is_valid(), self.findings.is_valid(), self.variants.is_valid()]
        return all(fine) and self._read()

    def _read(self) -> bool:
        said = self.patient.cleaned_data
        rows = [form for form in self.findings.forms if not form.cleaned_data.get("DELETE")]
        findings: dict[str, Finding] = {}
        for row in rows:
            if (finding := row.finding()) is not None:
                if finding.term in findings:
                    row.add_error("label", _now("This finding is given twice. It is either present or absent."))
                    return False
                findings[finding.term] = finding
        variants = [
            form.cleaned_data["variant"]
            for form in self.variants.forms
            if not form.cleaned_data.get("DELETE") and "variant" in form.cleaned_data
        ]
        update = {name: said[name] for name in ("sex", "birth", *SAID_ALIKE)}
        update |= {name: said[name] for name in ("genes", "family_history", "note")}
        update |= {
            "age": self._age(said["age_years"], said["age_months"]),
            "findings": tuple(findings.values()),
            "variants": tuple(variants),
            "inheritance": tuple(said["inheritance"]),
        }
        try:
            update["diagnoses"] = self._diagnoses(said["diagnosis"])
            self.description = Description.model_validate(self.before.model_dump() | update)
        except ValidationError as error:
            refuse(self.patient, error)
            return False
        self._ask_about_genes()
        return self.patient.is_valid()

    def _ask_about_genes(self) -> None:
        """A gene that is new here and in no gene table is meant as written only if that is said."""
        fresh = [gene for gene in self.description.all_genes if gene not in self.before.all_genes]
        doubts = genenames.gene_doubts(fresh)
        if doubts and not self.patient.cleaned_data["genes_meant"]:
            self.patient.add_error("genes", " ".join([*doubts, _now("Correct it, or say below that it is meant.")]))

    @property
    def asks_about_criteria(self) -> bool:
        """Whether the form shows the box for that reason."""
        return "criteria" in self.patient.errors or bool(self.patient["criteria"].data)

    @property
    def asks_about_genes(self) -> bool:
        """Whether the form shows the box to say that unknown genes are meant."""
        return "genes" in self.patient.errors or bool(self.patient["genes_meant"].data)

    def _age(self, years: int | None, months: int | None) -> str:
        """The age as it was, days and all, unless it was changed here."""
        return self.before.age if (years, months) == _years_and_months(self.before.age) else age_text(years, months)

    def _diagnoses(self, disease: str) -> tuple[Diagnosis, ...]:
        before = self.before.diagnoses
        if before and before[0].disease == disease:
            return before
        return (Diagnosis(disease=disease), *before[1:]) if disease else before[1:]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """All errors as (id of the field, its label, message), in the order of the page."""
        found = []
        for number, form in [(0, self.patient), *enumerate(self.findings.forms, 1), *enumerate(self.variants.forms, 1)]:
            for name, errors in form.errors.items():
                field = form[name] if name in form.fields else None
                label = str(field.label) if field is not None else ""
                shown = f"{label} {number}" if number and label else label
                found += [(field.id_for_label if field is not None else "", shown, str(error)) for error in errors]
        return found


def _years_and_months(age: str) -> tuple[int | None, int | None]:
    found = AGE.fullmatch(age)
    if not found:
        return None, None
    return int(found.group(1) or 0), int(found.group(2) or 0)


class ImportForm(forms.Form):
    """A file of phenopackets."""

    file = forms.FileField(
        label=_("File of phenopackets"),
        help_text=_("One patient or many: .json, .jsonl, .yaml, each also as .gz."),
    )
    organisation = forms.ChoiceField(label=_("For which organisation"))

    def __init__(self, *args: Any, organisations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]
