"""What is kept in Japanese and in English: which of the two a reader gets."""

from django.utils.translation import get_language


def in_english(language: str | None = None) -> bool:
    """Whether the language, or the one in force, is English; every other one is told in Japanese."""
    return (language or get_language() or "ja").startswith("en")


def told(japanese: str, english: str, language: str | None = None) -> str:
    """The text in the given language, else in the one in force; the other text where one is missing."""
    return (english or japanese) if in_english(language) else (japanese or english)
