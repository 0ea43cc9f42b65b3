"""Of an institution no more than what kind it is and in which country: for those who may not know which one."""

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kakehashi.kernel.organisations.models import Kind, Organisation


def place_of(organisation: Organisation) -> str:
    """Such as "Hospital in Japan", in the language in force."""
    return place_named(organisation.kind, organisation.country)


def place_named(kind: str, country: str) -> str:
    """A kind of organisation and a country in words, by their codes."""
    return _("%(kind)s in %(country)s") % {
        "kind": Kind(kind).label,
        "country": country_name(country, get_language() or "ja"),
    }


@lru_cache(maxsize=600)
def country_name(code: str, language: str) -> str:
    """A country's name (CLDR) by its ISO 3166 code; the code where CLDR knows none."""
    from babel import Locale  # some 50 ms that only those who are shown a country wait for

    name: str = Locale.parse(language.split("-")[0]).territories.get(code, code)
    return name
