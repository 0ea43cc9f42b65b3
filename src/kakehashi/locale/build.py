"""Compiles the Japanese message catalogues: ``locale/ja/*.po`` become one ``django.mo``, click's words ``click.mo``.

One file per area keeps translations beside the people who write them; Django reads a single compiled catalogue. What
the command line's library says itself (``Usage:``, ``No such option``) stands in ``locale/click/ja.po``.
Runs when the package is built or linked (hatch_build.py) and from ``make messages``; no gettext tools needed.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).parent
SOURCES = {"django": "ja/*.po", "click": "click/ja.po"}
"""gettext's domain → the files it is made of."""


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Compile every domain into ``ja/LC_MESSAGES`` and return the paths.

    Raises ValueError when two files of a domain translate one message differently.
    """
    return [_compile(locale, domain) for domain in SOURCES]


def _compile(locale: Path, domain: str) -> Path:
    merged = polib.POFile()
    merged.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for source in sorted(locale.glob(SOURCES[domain])):
        for entry in polib.pofile(str(source)):
            key, text = (entry.msgctxt, entry.msgid), entry.msgstr or entry.msgstr_plural.get(0, "")
            if key in seen:
                if seen[key][0] != text:
                    raise ValueError(f"{source.name} and {seen[key][1]} translate {entry.msgid!r} differently")
                continue
            seen[key] = (text, source.name)
            merged.append(entry)
    target = _target(locale, domain)
    target.parent.mkdir(parents=True, exist_ok=True)
    merged.save_as_mofile(str(target))
    return target


def _target(locale: Path, domain: str) -> Path:
    return locale / "ja" / "LC_MESSAGES" / f"{domain}.mo"


def compile_if_stale(locale: Path = LOCALE) -> None:
    """Compile each domain unless its catalogue is newer than every source."""
    for domain, sources in SOURCES.items():
        target, changed = _target(locale, domain), [path.stat().st_mtime for path in locale.glob(sources)]
        if not target.exists() or target.stat().st_mtime < max(changed, default=0.0):
            _compile(locale, domain)


if __name__ == "__main__":
    for compiled in compile_catalogues():
        print(compiled)
