"""The form that takes a VCF file of candidates to look at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.candidates import insist_on_size
from kakehashi.systems.cases.forms.files import WholeFile

ASSEMBLIES = [("", _("as the file says")), ("GRCh38", "GRCh38"), ("GRCh37", "GRCh37")]


class VcfForm(forms.Form):
    """A file, and what it may not say."""

    file = WholeFile(
        within=insist_on_size,
        label=_("VCF file of candidates"),
        help_text=_("Filtered to the candidates: at most 2,000 records, .vcf or .vcf.gz. The file itself is not kept."),
    )
    sample = forms.CharField(
        label=_("Sample"), required=False, max_length=200, help_text=_("Empty: the first sample of the file.")
    )
    assembly = forms.ChoiceField(
        label=_("Assembly"), required=False, choices=ASSEMBLIES, help_text=_("Used where the header does not tell.")
    )
