"""What the meta data of a packet of ours says: the vocabularies of its ids, and that its patient is a synthetic one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kakehashi.protocols.phenopacket import Phenopacket, to_tree
from kakehashi.systems.cases import vocabulary

SYNTHETIC_ID: Final = "kakehashi:synthetic"
"""The id of the external reference that marks a synthetic patient; every import honours it."""
SYNTHETIC: Final = {"id": SYNTHETIC_ID, "description": "This patient is synthetic: no real person is described."}
VOCABULARIES: Final = {
    "HP": ("hp", "human phenotype ontology", "http://purl.obolibrary.org/obo/hp.owl", "obo/HP_"),
    "MONDO": ("mondo", "Mondo Disease Ontology", "http://purl.obolibrary.org/obo/mondo.owl", "obo/MONDO_"),
    "GENO": ("geno", "Genotype Ontology", "http://purl.obolibrary.org/obo/geno.owl", "obo/GENO_"),
    "OMIM": ("omim", "Online Mendelian Inheritance in Man", "https://www.omim.org", "https://www.omim.org/entry/"),
    "ORPHA": ("orphanet", "Orphanet", "https://www.orpha.net", "http://www.orpha.net/ORDO/Orphanet_"),
    "DECIPHER": ("decipher", "DECIPHER", "https://www.deciphergenomics.org", "https://identifiers.org/decipher:"),
    "NCBIGENE": ("ncbigene", "NCBI Gene", "https://www.ncbi.nlm.nih.gov/gene", "https://identifiers.org/ncbigene:"),
    "NANBYO": (
        "nanbyo",
        "Designated intractable diseases of Japan, by notification number",
        "https://www.nanbyou.or.jp",
        "urn:kakehashi:nanbyo:",
    ),
    "NEW": ("new", "New diseases, as their node recorded them", "urn:kakehashi:new", "urn:kakehashi:new:"),
}
"""Prefix in capitals → id, name, address and IRI prefix of the resource (``obo/…`` lies under the OBO foundry's)."""


def declare_vocabularies(tree: dict[str, Any]) -> None:
    """Add to a packet's tree a resource for each vocabulary that its ids are of and that it does not declare."""
    resources = tree["metaData"].setdefault("resources", [])
    declared = {one.get("namespacePrefix", "").upper() for one in resources}
    for prefix in dict.fromkeys(_prefixes(tree)):
        if prefix.upper() in VOCABULARIES and prefix.upper() not in declared:
            declared.add(prefix.upper())
            resources.append(_resource(prefix))
    if not resources:
        del tree["metaData"]["resources"]


def is_marked(packet: Phenopacket) -> bool:
    """Whether a packet says that its patient is synthetic."""
    references = packet.meta_data.external_references if packet.meta_data else []
    return any(reference.id == SYNTHETIC_ID for reference in references)


def marked(packet: Phenopacket) -> Phenopacket:
    """The packet with the mark of a synthetic patient."""
    if is_marked(packet):
        return packet
    tree = to_tree(packet)
    tree.setdefault("metaData", {}).setdefault("externalReferences", []).append(dict(SYNTHETIC))
    return Phenopacket.model_validate(tree)


def _resource(prefix: str) -> dict[str, str]:
    key, name, url, iri = VOCABULARIES[prefix.upper()]
    return {
        "id": key,
        "name": name,
        "url": url,
        "version": vocabulary.knowledge().ontology.release,
        "namespacePrefix": prefix,
        "iriPrefix": f"http://purl.obolibrary.org/{iri}" if iri.startswith("obo/") else iri,
    }


def _prefixes(value: Any) -> Iterator[str]:
    """The prefixes of all ids in a tree, in its order."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("id", "valueId") and isinstance(one, str) and ":" in one:
                yield one.partition(":")[0]
            else:
                yield from _prefixes(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _prefixes(one)
