"""A file that is looked at before anything is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.portfolio.uploads import FileText, read_text


class LookedAtForm(forms.Form):
    """A CSV file; ``content`` is what was looked at already, ``seal`` what that came to.

    A form of it says in the help how large it may be.
    """

    file = forms.FileField(label=_("File"), required=False, validators=[FileExtensionValidator(["csv"])])
    content = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    seal = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    help_text: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = self.help_text

    def clean(self) -> dict[str, Any]:
        """Insist on a file, or on what was looked at."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("file") is None and not said.get("content") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return said

    def read(self, *, largest_mb: int) -> FileText:
        """What is handed in, or was looked at already. Raises Invalid."""
        upload = self.cleaned_data["file"]
        if upload is None:
            return FileText(self.cleaned_data["content"])
        return read_text(upload.read(largest_mb * 1024 * 1024 + 1), largest_mb=largest_mb)
