"""The form of a case: the patient, the findings and variants row by row; what is typed becomes a Description.

A finding is chosen from the list that opens while one types, or typed as it is (a label or synonym in either language,
or an HPO id) and read when the form is sent; so it works without a script too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from kakehashi.protocols.phenopacket.agewords import AGE
from kakehashi.systems.cases import genenames, vocabulary
from kakehashi.systems.cases.description import Description, Diagnosis, Finding, Variant, age_text
from kakehashi.systems.cases.offered import INHERITANCES, ONSETS, SEVERITIES
from kakehashi.systems.cases.states import Answer, Sex, Zygosity

SPARE_ROWS = 8  # empty finding rows of a new form, for those without scripts

Choices = list[tuple[str, str]]
FIELD_OF = {"term": "label", "disease": "diagnosis", "diagnoses": "diagnosis", "age": "age_years"}
"""Where a form asks for what a description calls otherwise."""


def _refuse(form: forms.Form, error: ValidationError) -> None:
    """Say at its field what a description cannot hold."""
    for one in error.errors():
        place = str(one["loc"][0]) if one["loc"] else ""
        field = FIELD_OF.get(place, place)
        form.add_error(
            field if field in form.fields else None,
            _now("This cannot be kept: it is too long, too much, or holds characters that cannot be printed."),
        )


def _terms(ids: Iterable[str], *kept: str) -> Choices:
    """Terms as choices, with those a case already says that are not on the list."""
    wanted = [*ids, *(term for term in kept if term and term not in ids)]
    return [(term, vocabulary.term_label(term) if term.startswith("HP:") else term) for term in wanted]


def _with_none(choices: Choices) -> Choices:
    return [("", _now("not said")), *choices]


class PatientForm(forms.Form):
    """Everything but findings and variants."""

    local_id = forms.CharField(
        label=_("Pseudonym"),
        max_length=120,
        help_text=_("The hospital's own pseudonym. Never a name, a birth date or a patient number."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, initial=Sex.UNKNOWN, widget=forms.RadioSelect)
    age_years = forms.IntegerField(
        label=_("Age at last examination: years"), min_value=0, max_value=120, required=False
    )
    age_months = forms.IntegerField(label=_("and months"), min_value=0, max_value=11, required=False)
    birth = forms.RegexField(
        r"^(?:19|20)\d{2}(?:-(?:0[1-9]|1[0-2]))?$",
        label=_("Born in"),
        required=False,
        help_text=_("Year, or year and month: 2019 or 2019-04."),
    )
    onset = forms.ChoiceField(label=_("First signs"), required=False)
    genes = forms.CharField(
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
    diagnosis = forms.CharField(
        label=_("Diagnosis, once found"),
        required=False,
        max_length=200,
        help_text=_("OMIM or Orphanet id, such as OMIM:154700. Leave empty while undiagnosed."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, description: Description | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = description or Description()
        self.fields["onset"].choices = _with_none(_terms(ONSETS, said.onset))  # type: ignore[attr-defined]
        self.fields["inheritance"].choices = _terms(INHERITANCES, *said.inheritance)  # type: ignore[attr-defined]

    def clean_genes(self) -> tuple[str, ...]:
        typed = [part for part in re.split(r"[\s,;、，]+", self.cleaned_data["genes"]) if part]
        symbols = [genenames.current_gene(one) for one in typed]
        wrong = [one for one in symbols if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@/-]{0,39}", one)]
        if wrong:
            raise forms.ValidationError(_("Not a gene symbol: %(wrong)s"), params={"wrong": ", ".join(wrong[:5])})
        return tuple(dict.fromkeys(symbols))

    def clean_diagnosis(self) -> str:
        typed = self.cleaned_data["diagnosis"].strip()
        if not typed:
            return ""
        hits = [hit for hit in vocabulary.find_diseases(typed, limit=5) if hit.rank in {"id", "label", "synonym"}]
        if hits:
            return hits[0].id
        if re.fullmatch(r"[A-Za-z]+:[A-Za-z0-9_.-]{1,40}", typed):
            return str(typed)
        raise forms.ValidationError(_("Give the disease's id, such as OMIM:154700, or its exact name."))


class FindingForm(forms.Form):
    """One finding. ``term`` is filled by the list that opens while typing; without it ``label`` is read."""

    label = forms.CharField(label=_("Finding"), required=False, max_length=300)
    term = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-term-id": ""}))
    presence = forms.ChoiceField(
        label=_("Present or absent"), choices=[("present", _("Present")), ("absent", _("Absent"))], initial="present"
    )
    onset = forms.ChoiceField(label=_("Since"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    modifiers = forms.CharField(
        label=_("Modifiers"), required=False, max_length=500, help_text=_("HPO terms, separated by commas")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.initial or {}
        onset = self.data.get(self.add_prefix("onset"), "") if self.is_bound else said.get("onset", "")
        severity = self.data.get(self.add_prefix("severity"), "") if self.is_bound else said.get("severity", "")
        own_onset = onset if re.fullmatch(r"HP:\d{7}", onset) or AGE.fullmatch(onset) else ""
        own_severity = severity if re.fullmatch(r"HP:\d{7}", severity) else ""
        self.fields["onset"].choices = _with_none(_terms(ONSETS, own_onset))  # type: ignore[attr-defined]
        self.fields["severity"].choices = _with_none(_terms(SEVERITIES, own_severity))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        typed, chosen = said.get("label", "").strip(), said.get("term", "").strip()
        kept = self.initial.get("term")
        if chosen and typed in {"", *_wordings(chosen)} and (chosen == kept or vocabulary.is_finding(chosen)):
            said["finding"] = chosen
        elif typed and typed == self.initial.get("label") and kept:
            said["finding"] = kept
        elif typed or chosen:
            try:
                said["finding"] = vocabulary.read_term(typed or chosen)
            except vocabulary.UnknownWord as error:
                self.add_error("label", str(error))
        modifiers = []
        for part in re.split(r"[,;、，]+", said.get("modifiers", "")):
            if part.strip():
                try:
                    modifiers.append(vocabulary.read_term(part, branch="modifier"))
                except vocabulary.UnknownWord as error:
                    self.add_error("modifiers", str(error))
        if said.get("finding") and not self.errors:
            try:
                said["read"] = self._read(said, tuple(dict.fromkeys(modifiers)))
            except ValidationError as error:
                _refuse(self, error)
        return said

    def _read(self, said: dict[str, Any], modifiers: tuple[str, ...]) -> Finding:
        return Finding(
            term=said["finding"],
            excluded=said["presence"] == "absent",
            onset=said["onset"],
            severity=said["severity"],
            modifiers=modifiers,
            note=said["note"],
            label=self.initial.get("kept_label", "") if said["finding"] == self.initial.get("term") else "",
        )

    def finding(self) -> Finding | None:
        """What the row says; None for an empty row."""
        found: Finding | None = self.cleaned_data.get("read")
        return found


def _wordings(term: str) -> set[str]:
    """Both labels of a term, as the list fills them in."""
    ontology = vocabulary.knowledge().ontology
    index = ontology.index(term)
    return set() if index is None else {ontology.label(index), ontology.label(index, "ja")}


class VariantForm(forms.Form):
    """One variant, by HGVS or by VCF fields."""

    gene = forms.CharField(label=_("Gene"), required=False, max_length=40)
    hgvs = forms.CharField(
        label=_("HGVS"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "NM_000138.5:c.…"}),
    )
    assembly = forms.ChoiceField(
        label=_("Assembly"), required=False, choices=[("", "–"), ("GRCh38", "GRCh38"), ("GRCh37", "GRCh37")]
    )
    chromosome = forms.CharField(label=_("Chromosome"), required=False, max_length=40)
    position = forms.IntegerField(label=_("Position"), required=False, min_value=1, max_value=3_000_000_000)
    reference = forms.CharField(label="REF", required=False, max_length=5000)
    alternate = forms.CharField(label="ALT", required=False, max_length=5000)
    zygosity = forms.ChoiceField(label=_("Zygosity"), choices=Zygosity.choices, initial=Zygosity.UNKNOWN)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        fields = {name: said.get(name) for name in self.base_fields if said.get(name) not in (None, "")}
        if fields.get("gene"):
            fields["gene"] = genenames.current_gene(str(fields["gene"]).strip())
        if set(fields) - {"zygosity", "assembly"}:
            try:
                said["variant"] = Variant.model_validate(fields)
            except ValidationError as error:
                for one in error.errors():
                    place = str(one["loc"][0]) if one["loc"] else None
                    self.add_error(place if place in self.fields else None, _now("This cannot be read as a variant."))
        return said


FindingFormSet = forms.formset_factory(
    FindingForm, extra=0, can_delete=True, max_num=1000, absolute_max=1000, validate_max=True
)
VariantFormSet = forms.formset_factory(
    VariantForm, extra=0, can_delete=True, max_num=500, absolute_max=500, validate_max=True
)


class CaseEntry:
    """The three parts of the form as one: ``is_valid()``, then ``description``, ``local_id``."""

    def __init__(self, data: MultiValueDict[str, str] | None = None, *, case: Any = None, spare: int = 0) -> None:
        self.before: Description = case.described if case else Description()
        said = self.before
        years, months = _years_and_months(said.age)
        patient = said.model_dump(include={"sex", "birth", "onset", "affected_relatives", "consanguinity"})
        patient |= said.model_dump(include={"family_history", "note"}) | {
            "local_id": case.local_id if case else "",
            "age_years": years,
            "age_months": months,
            "genes": ", ".join(said.genes),
            "inheritance": list(said.inheritance),
            "diagnosis": said.diagnoses[0].disease if said.diagnoses else "",
        }
        self.patient = PatientForm(data, initial=patient, description=said)
        if case:
            self.patient.fields["local_id"].disabled = True
        self.findings = FindingFormSet(data, prefix="findings", initial=[_finding_row(one) for one in said.findings])
        self.variants = VariantFormSet(data, prefix="variants", initial=[one.model_dump() for one in said.variants])
        if data is None:
            self.findings.extra, self.variants.extra = (1, 0) if case else (spare or SPARE_ROWS, 1)
        self.description = said

    @property
    def local_id(self) -> str:
        return str(self.patient.cleaned_data["local_id"])

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
        update = {name: said[name] for name in ("sex", "birth", "onset", "affected_relatives", "consanguinity")}
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
            _refuse(self.patient, error)
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


def _finding_row(finding: Finding) -> dict[str, str]:
    return {
        "label": vocabulary.term_label(finding.term, finding.label),
        "term": finding.term,
        "kept_label": finding.label,
        "presence": "absent" if finding.excluded else "present",
        "onset": finding.onset,
        "severity": finding.severity,
        "modifiers": ", ".join(f"{vocabulary.term_label(one)} ({one})" for one in finding.modifiers),
        "note": finding.note,
    }


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
