"""Compiles the Japanese message catalogue: every ``locale/ja/*.po`` becomes one ``django.mo``.

One file per area keeps translations beside the people who write them; Django reads a single compiled catalogue.
Runs when the package is built or linked (hatch_build.py) and from ``make messages``; no gettext tools needed.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).parent


def compile_catalogue(locale: Path = LOCALE) -> Path:
    """Merge ``locale/ja/*.po`` into ``ja/LC_MESSAGES/django.mo`` and return its path.

    Raises ValueError when two files translate one message differently.
    """
    merged = polib.POFile()
    merged.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for source in sorted((locale / "ja").glob("*.po")):
        for entry in polib.pofile(str(source)):
            key, text = (entry.msgctxt, entry.msgid), entry.msgstr or entry.msgstr_plural.get(0, "")
            if key in seen:
                if seen[key][0] != text:
                    raise ValueError(f"{source.name} and {seen[key][1]} translate {entry.msgid!r} differently")
                continue
            seen[key] = (text, source.name)
            merged.append(entry)
    target = locale / "ja" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    merged.save_as_mofile(str(target))
    return target


def compile_if_stale(locale: Path = LOCALE) -> Path:
    """Compile unless the catalogue is newer than every source."""
    target = locale / "ja" / "LC_MESSAGES" / "django.mo"
    sources = [path.stat().st_mtime for path in (locale / "ja").glob("*.po")]
    if target.exists() and target.stat().st_mtime >= max(sources, default=0.0):
        return target
    return compile_catalogue(locale)


if __name__ == "__main__":
    print(compile_catalogue())
