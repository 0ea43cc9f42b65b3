"""Yen as people say them: ¥124.8 bn, 1,248億円; to the yen where it matters. Below nothing: −¥100."""

from django.utils.translation import get_language

OKU, MAN, BILLION, MILLION = 10**8, 10**4, 10**9, 10**6


def said(yen: int) -> str:
    """An amount in three figures or so, in the language in force: for headlines; the exact one stands beneath."""
    units = ((OKU, "億円"), (MAN, "万円")) if _in_japanese() else ((BILLION, " bn"), (MILLION, " m"))
    for unit, name in units:
        if abs(yen) >= unit:
            return _written(_three(abs(yen) / unit), name, below=yen < 0)
    return exact(yen)


def exact(yen: int) -> str:
    """An amount to the yen: 1,248,000,000円, ¥1,248,000,000; below nothing −100円, −¥100."""
    return _written(f"{abs(yen):,}", "円" if _in_japanese() else "", below=yen < 0)


def _written(number: str, unit: str, *, below: bool) -> str:
    return f"{'−' if below else ''}{'' if _in_japanese() else '¥'}{number}{unit}"


def _in_japanese() -> bool:
    return (get_language() or "ja").startswith("ja")


def _three(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
