"""Text as bigrams: two-character words of Japanese are found, and so is any part of any word.

Widths, case, kana and accents are levelled first, so that ﾃﾝｶﾝ, てんかん and テンカン are one, and Menière is Meniere.
"""

import unicodedata

HIRAGANA_FIRST, HIRAGANA_LAST, TO_KATAKANA = 0x3041, 0x3096, 0x60


def levelled(text: str) -> str:
    """Width, case, kana and Latin accents levelled."""
    out = []
    for character in unicodedata.normalize("NFKC", text).casefold():
        code = ord(character)
        if HIRAGANA_FIRST <= code <= HIRAGANA_LAST:
            out.append(chr(code + TO_KATAKANA))
            continue
        base = unicodedata.normalize("NFD", character)[0]
        out.append(base if base.isascii() and base.isalpha() else character)
    return "".join(out)


def words(text: str) -> list[str]:
    """Runs of letters and digits; all else separates."""
    return "".join(c if c.isalnum() or c == "ー" else " " for c in levelled(text)).split()


def token(characters: str) -> str:
    """One or two characters as an ASCII word: ``ab`` → ``x61x62``, ``a`` → ``x61x``.

    The databases' own idea of what a letter is (which differs, and hangs on locales) so never comes into play.
    """
    codes = "".join(f"x{ord(character):x}" for character in characters)
    return codes if len(characters) > 1 else f"{codes}x"


def pairs(word: str) -> list[str]:
    """The tokens of a word: its overlapping pairs; a single character stands for itself."""
    return [token(word[i : i + 2]) for i in range(len(word) - 1)] or [token(word)]


def indexed(text: str) -> str:
    """What is kept of a text: every word's pairs, and its last character, so that single characters are found."""
    tokens: list[str] = []
    for word in words(text):
        tokens += pairs(word)
        if len(word) > 1:
            tokens.append(token(word[-1]))
    return " ".join(tokens)


def fts5_query(text: str) -> str:
    """For SQLite's FTS5: each word a phrase of its pairs, all words wanted. Empty when nothing can be searched."""
    phrases = [f'"{" ".join(pairs(word))}"' + ("*" if len(word) == 1 else "") for word in words(text)]
    return " AND ".join(phrases)


def tsquery(text: str) -> str:
    """The same for PostgreSQL's to_tsquery('simple', …)."""
    phrases = [" <-> ".join(pairs(word)) + (":*" if len(word) == 1 else "") for word in words(text)]
    return " & ".join(f"({phrase})" for phrase in phrases)
