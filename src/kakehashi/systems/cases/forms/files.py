"""A small file that a form reads whole: a field whose value is what the file holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from kakehashi.kernel.errors import Invalid


class WholeFile(forms.FileField):
    """``within(size)`` raises Invalid (under "file") for a file that is larger than such files are."""

    def __init__(self, *, within: Callable[[int], None], **more: Any) -> None:
        super().__init__(**more)
        self._within = within

    def clean(self, data: Any, initial: Any = None) -> bytes:
        """What the file holds."""
        upload = super().clean(data, initial)
        try:
            self._within(upload.size)
        except Invalid as error:
            raise forms.ValidationError([str(text) for text in error.problems["file"]]) from None
        read: bytes = upload.read()
        return read
