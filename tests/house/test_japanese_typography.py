"""Japanese as it is set: brackets and colons beside Japanese are full-width."""

import re
from pathlib import Path

import polib
import pytest

import kakehashi

CATALOGUES = sorted((Path(kakehashi.__file__).parent / "locale" / "ja").glob("*.po"))
HALF = re.compile(r"[ぁ-ヿ一-鿿]\(|(?<!%)\([^()a-z]*[ぁ-ヿ一-鿿]|[ぁ-ヿ一-鿿]\)|[ぁ-ヿ一-鿿）]:")


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.stem)
def test_brackets_and_colons_are_full_width(file):
    said = [text for entry in polib.pofile(str(file)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert said
    assert [text for text in said if HALF.search(text)] == []
