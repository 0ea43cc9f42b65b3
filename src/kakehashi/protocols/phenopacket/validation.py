"""The semantic validator: is a readable record true to its ontology, to itself, to time and to the genome?

``validate`` walks a document once and asks every check that its messages have. Paths are those of the written form
(camelCase). Findings are ordered as they stand in the document.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final

from kakehashi.protocols.phenopacket import check_pedigree, check_terms, check_times, check_variants
from kakehashi.protocols.phenopacket.checking_problems import checking_problem
from kakehashi.protocols.phenopacket.clinical import Biosample, Disease, Individual, PhenotypicFeature
from kakehashi.protocols.phenopacket.documents import Cohort, Document, Family, Phenopacket
from kakehashi.protocols.phenopacket.elements import (
    Age,
    AgeRange,
    GestationalAge,
    MetaData,
    OntologyClass,
    ReferenceRange,
    TimeElement,
    TimeInterval,
    Update,
)
from kakehashi.protocols.phenopacket.facts import genomic_interpretations
from kakehashi.protocols.phenopacket.genomic import Expression, GeneDescriptor, VariationDescriptor, VcfRecord
from kakehashi.protocols.phenopacket.jsontext import child_path
from kakehashi.protocols.phenopacket.problems import Problem
from kakehashi.protocols.phenopacket.shape import Message, camel
from kakehashi.protocols.phenopacket.terms import Genes, Terms

UNKNOWN_FIELDS_TOLD: Final = 20
"""Of one message."""

Check = Callable[[str, Any], Iterator[Problem]]


def validate(
    document: Document, terms: Terms | None = None, *, genes: Genes | None = None, now: datetime | None = None
) -> list[Problem]:
    """Everything wrong with a document. ``now``: for "in the future".

    Without ``terms`` the ontology is not asked, without ``genes`` not whether gene symbols are known.
    """
    clock = now or datetime.now(UTC)
    found = [problem for path, message in walk(document) for problem in _checked(path, message, clock)]
    for path, packet in packets(document):
        found += _record(path, packet)
        found += check_times.course(path, packet)
        found += check_variants.zygosity(path, packet)
        if terms is not None:
            found += check_terms.findings(path, packet, terms)
    if terms is not None:
        asked: dict[str, Any] = {}
        for path, message in walk(document):
            if isinstance(message, OntologyClass):
                found += check_terms.meaning(path, message, terms, asked)
            elif isinstance(message, PhenotypicFeature):
                found += check_terms.places(path, message, terms)
    if genes is not None:
        for path, message in walk(document):
            if isinstance(message, GeneDescriptor):
                found += check_variants.known_gene(path, message, genes)
    if isinstance(document, Family):
        found += check_pedigree.family(document)
    if isinstance(document, Cohort):
        found += twice("$.members", [member.id for member in document.members], ".id")
    if not isinstance(document, Phenopacket):
        found += _required("$", document, ("id", "meta_data"))
    return list(dict.fromkeys(found))


def walk(message: Message, path: str = "$") -> Iterator[tuple[str, Message]]:
    """Every message of a document with its path, in document order."""
    yield path, message
    for name in type(message).model_fields:
        value = getattr(message, name)
        if isinstance(value, Message):
            yield from walk(value, f"{path}.{camel(name)}")
        elif isinstance(value, list):
            for at, child in enumerate(value):
                if isinstance(child, Message):
                    yield from walk(child, f"{path}.{camel(name)}[{at}]")


def packets(document: Document) -> Iterator[tuple[str, Phenopacket]]:
    """Every phenopacket of a document with its path."""
    if isinstance(document, Phenopacket):
        yield "$", document
    elif isinstance(document, Family):
        if document.proband is not None:
            yield "$.proband", document.proband
        yield from ((f"$.relatives[{at}]", packet) for at, packet in enumerate(document.relatives))
    else:
        yield from ((f"$.members[{at}]", packet) for at, packet in enumerate(document.members))


def twice(path: str, ids: list[str], field: str) -> Iterator[Problem]:
    """Ids that come a second time in one list."""
    seen: set[str] = set()
    for at, name in enumerate(ids):
        if name and name in seen:
            yield checking_problem("duplicate-id", f"{path}[{at}]{field}", id=name)
        seen.add(name)


def _checked(path: str, message: Message, clock: datetime) -> Iterator[Problem]:
    yield from _unknown_fields(path, message)
    for check in CHECKS.get(type(message), ()):
        yield from check(path, message)
    for name in TIMESTAMPS.get(type(message), ()):
        yield from check_times.timestamp(f"{path}.{camel(name)}", getattr(message, name), clock)


def _unknown_fields(path: str, message: Message) -> Iterator[Problem]:
    for name in islice(message.unknown_fields, UNKNOWN_FIELDS_TOLD):
        if not name.startswith("_"):
            close = get_close_matches(name[:60], [camel(field) for field in type(message).model_fields], n=1)
            meant, meant_ja = (f": {close[0]}", f"：{close[0]}") if close else ("", "")
            yield checking_problem(
                "unknown-field", child_path(path, name), name=name, suggestion=meant, suggestion_ja=meant_ja
            )


def _required(path: str, message: Message, names: tuple[str, ...], code: str = "missing-field") -> Iterator[Problem]:
    for name in names:
        if not getattr(message, name):
            yield checking_problem(code, f"{path}.{camel(name)}", name=camel(name))


def _record(path: str, packet: Phenopacket) -> Iterator[Problem]:
    """Mandatory fields, declared prefixes, ids that point to one another."""
    yield from _required(path, packet, ("id", "subject", "meta_data"))
    if packet.meta_data is not None:
        yield from _undeclared(path, packet, packet.meta_data)
    yield from twice(f"{path}.biosamples", [sample.id for sample in packet.biosamples], ".id")
    yield from _repeated(path, packet)
    known = {sample.id for sample in packet.biosamples} | {packet.subject.id if packet.subject else ""}
    for place, genomic in genomic_interpretations(packet):
        if genomic.subject_or_biosample_id and genomic.subject_or_biosample_id not in known:
            where = f"{path}{place.removeprefix('$')}.subjectOrBiosampleId"
            yield checking_problem("unknown-individual", where, id=genomic.subject_or_biosample_id)


def _undeclared(path: str, packet: Phenopacket, meta: MetaData) -> Iterator[Problem]:
    declared = {resource.namespace_prefix.upper() for resource in meta.resources}
    for place, message in walk(packet, path):
        if isinstance(message, OntologyClass) and check_terms.CURIE.match(message.id):
            prefix = message.id.partition(":")[0]
            if prefix.upper() not in declared:
                declared.add(prefix.upper())
                yield checking_problem("undeclared-prefix", f"{place}.id", prefix=prefix)


def _repeated(path: str, packet: Phenopacket) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, feature in enumerate(packet.phenotypic_features):
        if feature.type is None or not feature.type.id:
            continue
        key = f"{feature.type.id} {feature.excluded} {feature.onset!r} {feature.resolution!r}"
        if key in seen:
            where = f"{path}.phenotypicFeatures[{at}].type.id"
            yield checking_problem("duplicate-finding", where, id=feature.type.id, label=feature.type.label or "–")
        seen.add(key)


def _individual(path: str, individual: Individual) -> Iterator[Problem]:
    yield from _required(path, individual, ("id",))


def _feature(path: str, feature: PhenotypicFeature) -> Iterator[Problem]:
    yield from _required(path, feature, ("type",))


def _disease(path: str, disease: Disease) -> Iterator[Problem]:
    yield from _required(path, disease, ("term",))


def _biosample(path: str, sample: Biosample) -> Iterator[Problem]:
    yield from _required(path, sample, ("id",))


def _meta_data(path: str, meta: MetaData) -> Iterator[Problem]:
    yield from _required(path, meta, ("created", "created_by", "phenopacket_schema_version"), "missing-detail")
    yield from twice(f"{path}.resources", [resource.id for resource in meta.resources], ".id")
    version = meta.phenopacket_schema_version
    if version and not version.lower().removeprefix("v").startswith("2"):
        yield checking_problem("schema-version", f"{path}.phenopacketSchemaVersion", version=version)


CHECKS: Final[dict[type[Message], tuple[Check, ...]]] = {
    Individual: (_individual, check_times.individual, check_terms.karyotype),
    PhenotypicFeature: (_feature,),
    Disease: (_disease,),
    Biosample: (_biosample,),
    MetaData: (_meta_data,),
    OntologyClass: (check_terms.shape,),
    Age: (check_times.age,),
    AgeRange: (check_times.age_range,),
    GestationalAge: (check_times.gestation,),
    ReferenceRange: (check_times.reference_range,),
    TimeInterval: (check_times.interval,),
    VcfRecord: (check_variants.vcf_record,),
    Expression: (check_variants.expression,),
    GeneDescriptor: (check_variants.gene,),
    VariationDescriptor: (check_variants.agreement,),
}
TIMESTAMPS: Final[dict[type[Message], tuple[str, ...]]] = {
    Individual: ("date_of_birth",),
    TimeElement: ("timestamp",),
    TimeInterval: ("start",),
    MetaData: ("created",),
    Update: ("timestamp",),
}
