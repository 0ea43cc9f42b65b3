"""Yen as people say them: ¥124.8 bn, 1,248億円; to the yen where it matters."""

from django.utils.translation import get_language

OKU, MAN, BILLION, MILLION = 10**8, 10**4, 10**9, 10**6


def said(yen: int) -> str:
    """An amount in three figures or so, in the language in force: for headlines; the exact one stands beneath."""
    if (get_language() or "ja").startswith("ja"):
        for unit, name in ((OKU, "億円"), (MAN, "万円")):
            if abs(yen) >= unit:
                return f"{_three(yen / unit)}{name}"
        return f"{yen:,}円"
    for unit, name in ((BILLION, "bn"), (MILLION, "m")):
        if abs(yen) >= unit:
            return f"¥{_three(yen / unit)} {name}"
    return f"¥{yen:,}"


def exact(yen: int) -> str:
    """An amount to the yen: 1,248,000,000円, ¥1,248,000,000."""
    return f"{yen:,}円" if (get_language() or "ja").startswith("ja") else f"¥{yen:,}"


def _three(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
