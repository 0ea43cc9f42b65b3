"""Words in a picture: how wide they are, by counting (a full-width character: one em), and what of them fits a line."""

import unicodedata

LATIN_EM = 0.56


def ems(text: str) -> float:
    """A text's width in ems, by counting: full-width characters one, capitals a little more than small letters."""
    total = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WFA":
            total += 1.0
        elif character in "iljtfr.,:;'()[]|! ":
            total += 0.34
        elif character.isupper() or character in "mwMW%":
            total += 0.72
        else:
            total += LATIN_EM
    return total


def wrap(text: str, room: float, most: int = 2) -> list[str]:
    """The text in at most ``most`` lines of ``room`` ems: Latin broken at spaces, Japanese anywhere, the rest cut."""
    lines: list[str] = []
    rest = text.strip()
    while rest:
        if ems(rest) <= room:
            return [*lines, rest]
        if len(lines) == most - 1:
            return [*lines, _cut(rest, room)]
        end = _fitting(rest, room)
        space = rest.rfind(" ", 0, end + 1)
        if space > end / 3 and not _wide(rest[end - 1]):
            end = space
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines or [""]


def _fitting(text: str, room: float) -> int:
    end, used = 0, 0.0
    while end < len(text) and (used := used + ems(text[end])) <= room:
        end += 1
    return max(end, 1)


def _cut(text: str, room: float) -> str:
    return text[: _fitting(text, room - 1.0)].rstrip() + "…"


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
