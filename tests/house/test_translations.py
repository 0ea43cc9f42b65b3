"""Everything a person reads exists in Japanese: each message of the code has one translation, and none is left over."""

import functools
import re
from io import BytesIO
from pathlib import Path

import django
import polib
import pytest
from babel.messages.extract import extract
from django.apps import apps
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kakehashi"
CATALOGUES = sorted((PACKAGE / "locale" / "ja").glob("*.po"))
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_lazy": None,
    "_now": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def used_messages():
    """(context, message) → where it stands, from all Python files and templates."""
    found = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = templatize(text, origin=str(path))
        for line, message, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS, options={}):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                found.setdefault((context, first), f"{path.relative_to(ROOT)}:{line}")
    return found


def translations():
    """(context, message) → its catalogue entry."""
    return {(entry.msgctxt, entry.msgid): entry for path in CATALOGUES for entry in polib.pofile(str(path))}


@functools.cache
def messages_of_others():
    """What Django and the installed apps that are not ours translate themselves."""
    roots = [Path(django.__file__).parent / "conf", *(Path(app.path) for app in apps.get_app_configs())]
    files = [root / "locale" / "ja" / "LC_MESSAGES" / "django.po" for root in roots if PACKAGE not in root.parents]
    return {
        (entry.msgctxt, entry.msgid)
        for file in files
        if file.exists()
        for entry in polib.pofile(str(file))
        if entry.translated()
    }


def test_every_message_is_translated():
    known = translations()
    missing = [
        f"{where}: {message!r}"
        for (context, message), where in used_messages().items()
        if ((entry := known.get((context, message))) is None or not entry.translated())
        and (context, message) not in messages_of_others()
    ]
    assert not missing, "\n".join(["no Japanese in src/kakehashi/locale/ja/*.po for", *missing])


def test_no_translation_is_left_over():
    used = used_messages()
    stale = [repr(message) for (context, message) in translations() if (context, message) not in used]
    assert not stale, "\n".join(["nobody says any more (delete from locale/ja)", *stale])


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.name)
def test_placeholders_agree(catalogue):
    wrong = []
    for entry in polib.pofile(str(catalogue)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text and set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural)):
                wrong.append(f"{entry.msgid!r} → {text!r}: a placeholder the message lacks")
            if (
                text
                and not entry.msgid_plural
                and sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(entry.msgid))
            ):
                wrong.append(f"{entry.msgid!r} → {text!r}: placeholders differ")
    assert not wrong


def test_no_message_is_translated_in_two_ways():
    seen, differing = {}, []
    for path in CATALOGUES:
        for entry in polib.pofile(str(path)):
            text, where = seen.setdefault((entry.msgctxt, entry.msgid), (entry.msgstr, path.name))
            if text != entry.msgstr:
                differing.append(f"{entry.msgid!r} in {where} and {path.name}")
    assert not differing
