"""The linkage key in force, and the hashes made under it."""

from collections.abc import Iterator

from django.conf import settings

from kakehashi.engines.linkage.keys import fact_key, generation
from kakehashi.systems.cases.description import Description
from kakehashi.systems.cases.models import Case
from kakehashi.systems.cases.models.linkage import LinkageKey

VARIANT = "variant"


def secret() -> bytes:
    """The network's linkage key."""
    return str(settings.LINKAGE_KEY).encode()


def current_generation() -> str:
    """Names the linkage key in force."""
    return generation(secret())


def variant_keys(case: Case, description: Description) -> list[LinkageKey]:
    """The hashes of a case's variants as they stand, unsaved."""
    named = current_generation()
    digests = dict.fromkeys(fact_key(VARIANT, text, secret()) for text in _variants(description))
    return [LinkageKey(case=case, kind=VARIANT, digest=digest, generation=named) for digest in digests]


def _variants(description: Description) -> Iterator[str]:
    """Each variant by its VCF fields, and by its HGVS expression: whichever two hospitals have in common."""
    for variant in description.variants:
        if variant.position is not None and variant.reference and variant.alternate and variant.assembly:
            chromosome = variant.chromosome.upper().removeprefix("CHR")
            place = (variant.assembly, chromosome, str(variant.position))
            yield ":".join((*place, variant.reference.upper(), variant.alternate.upper()))
        if ":" in variant.hgvs:
            yield "".join(variant.hgvs.split())
