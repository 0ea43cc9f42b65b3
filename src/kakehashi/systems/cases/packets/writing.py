"""A case as a phenopacket: the one it came in with what the case says now in its place, or a new one.

Only what the case says otherwise is replaced; everything else of an original stays as it came. What a phenopacket has
no place for (see ``packets.CARRIED``) goes into a reference of its own, so that reading the packet gives the same case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kakehashi.protocols.phenopacket import Phenopacket, to_tree
from kakehashi.protocols.phenopacket.agewords import onset_words
from kakehashi.protocols.phenopacket.clinical import PhenotypicFeature
from kakehashi.protocols.phenopacket.elements import TimeElement
from kakehashi.protocols.phenopacket.facts import publications_in
from kakehashi.systems.cases import vocabulary
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.packets.interpretations import disease_class, interpretations, renamed
from kakehashi.systems.cases.packets.meta import declare_vocabularies
from kakehashi.systems.cases.packets.reading import (
    CARRIED,
    CARRIED_ID,
    SEXES,
    born_at,
    description_of,
    findings_of,
    parted,
    sources_in,
)

Tree = dict[str, Any]


def as_packet(*, packet_id: str, description: Description, created: str, original: str | None = None) -> Phenopacket:
    """The case as a packet; reading it gives the same description."""
    came = Phenopacket.model_validate(json.loads(original)) if original else None
    before = description_of(came) if came else Description()
    if came and before == description:
        return came
    tree: Tree = to_tree(came) if came else {"id": packet_id}
    tree["subject"] = _subject(tree.get("subject") or {"id": packet_id}, description, before)
    meta_data = tree["metaData"] = tree.get("metaData") or _meta_data(created)
    born = born_at(came) if came else None
    if _changed(before, description, "findings", "inheritance"):
        tree["phenotypicFeatures"] = _features(tree.get("phenotypicFeatures", ()), description, born)
    if _changed(before, description, "diagnoses", "onset"):
        tree["diseases"] = _diseases(tree.get("diseases", ()), description, before, born)
    if _changed(before, description, "genes", "variants", "diagnoses"):
        tree["interpretations"] = interpretations(
            tree.get("interpretations", ()),
            description,
            before,
            packet_id=packet_id,
            subject_id=tree["subject"].get("id") or packet_id,
        )
    if _changed(before, description, "sources"):
        said = set(publications_in(came.id)) if came else set()
        meta_data["externalReferences"] = _references(meta_data.get("externalReferences", ()), description, said)
    _carry(tree, description)
    declare_vocabularies(tree)
    return Phenopacket.model_validate({key: value for key, value in tree.items() if value not in ([], None)})


def _changed(before: Description, now: Description, *fields: str) -> bool:
    return any(getattr(before, field) != getattr(now, field) for field in fields)


def _subject(subject: Tree, description: Description, before: Description) -> Tree:
    """The original's subject with what is said otherwise now; what is no longer said goes."""
    said = {
        "sex": {ours: theirs for theirs, ours in SEXES.items()}.get(description.sex),
        "dateOfBirth": f"{description.birth}-01T00:00:00Z" if len(description.birth) == 7 else None,
        "timeAtLastEncounter": {"age": {"iso8601duration": description.age}} if description.age else None,
    }
    for field, name in (("sex", "sex"), ("birth", "dateOfBirth"), ("age", "timeAtLastEncounter")):
        if _changed(before, description, field):
            subject = {key: value for key, value in subject.items() if key != name} | _said({name: said[name]})
    return subject


def _features(originals: Iterable[Tree], description: Description, born: datetime | None) -> list[Tree]:
    """The findings and then the modes of inheritance, each as it came if it still says the same."""
    found: dict[Finding, Tree] = {}
    modes: dict[str, Tree] = {}
    for original in originals:
        inheritance, others = parted([PhenotypicFeature.model_validate(original)])
        for term in inheritance:
            modes.setdefault(term, original)
        for finding in findings_of(others, born):
            found.setdefault(finding, original)
    said = [found.get(finding) or _feature(finding) for finding in description.findings]
    known = (term for term in description.inheritance if vocabulary.is_inheritance(term))
    return [*said, *(modes.get(term) or {"type": _class(term)} for term in known)]


def _diseases(
    originals: Iterable[Tree], description: Description, before: Description, born: datetime | None
) -> list[Tree]:
    """The diseases, each as it came while it holds, then the new ones; the onset where it was said or at the first."""
    held = {one.disease: one for one in description.diagnoses}
    was = {one.disease for one in before.diagnoses}
    kept: list[Tree] = []
    for original in originals:
        term = (original.get("term") or {}).get("id")
        if original.get("excluded"):
            kept += [original] if term not in held or term in was else []
        elif term in held:
            kept.append(original | {"term": renamed(original["term"], held[term])})
        elif not term:
            kept.append(original)
    listed = {one["term"]["id"] for one in kept if one.get("term") and not one.get("excluded")}
    kept += [{"term": disease_class(one)} for one in held.values() if one.disease not in listed | was]
    if description.onset != before.onset:
        kept = [_without_onset(one, before.onset, born) for one in kept]
        if description.onset and description.diagnoses and all(one.get("excluded") for one in kept):
            kept.append({"term": disease_class(description.diagnoses[0])})
        for at, one in enumerate(kept):
            if description.onset and not one.get("excluded") and "onset" not in one:
                kept[at] = one | {"onset": _time(description.onset)}
                break
    return kept


def _without_onset(disease: Tree, onset: str, born: datetime | None) -> Tree:
    """A listed disease without its onset, where that is the one that is said no more."""
    time = TimeElement.model_validate(disease["onset"]) if disease.get("onset") else None
    if disease.get("excluded") or not onset or onset_words(time, born) != onset:
        return disease
    return {key: value for key, value in disease.items() if key != "onset"}


def _references(originals: Iterable[Tree], description: Description, said: set[str]) -> list[Tree]:
    """The references that still stand, each as it came, and the new ones. ``said``: what the packet's id names."""
    kept: list[Tree] = []
    for original in originals:
        named = set(sources_in(original.get("id", "")))
        if not named or named & set(description.sources):
            kept.append(original)
            said = said | named
    return [*kept, *({"id": source} for source in description.sources if source not in said)]


def _carry(tree: Tree, description: Description) -> None:
    """Put beside the packet what it does not say by itself."""
    meta_data = tree["metaData"]
    references = [one for one in meta_data.get("externalReferences", ()) if one.get("id") != CARRIED_ID]
    meta_data["externalReferences"] = references
    said = description_of(Phenopacket.model_validate(tree))
    lacking = {field for field in CARRIED if _plainly(said, field) != _plainly(description, field)}
    if lacking:
        text = json.dumps(description.model_dump(mode="json", include=lacking), ensure_ascii=False, sort_keys=True)
        references.append({"id": CARRIED_ID, "description": text})
    if not references:
        del meta_data["externalReferences"]


def _plainly(description: Description, field: str) -> Any:
    """What a field says; of diagnoses the diseases, whose labels are the packet's to give."""
    return [one.disease for one in description.diagnoses] if field == "diagnoses" else getattr(description, field)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


def _class(term: str, kept: str = "") -> dict[str, str]:
    label = vocabulary.term_label(term, kept)
    return {"id": term} | ({"label": label} if label != term else {})


def _time(moment: str) -> dict[str, Any]:
    return {"ontologyClass": _class(moment)} if moment.startswith("HP:") else {"age": {"iso8601duration": moment}}


def _feature(finding: Finding) -> dict[str, Any]:
    return {"type": _class(finding.term, finding.label)} | _said(
        {
            "excluded": finding.excluded,
            "severity": _class(finding.severity) if finding.severity else None,
            "modifiers": [_class(modifier) for modifier in finding.modifiers],
            "onset": _time(finding.onset) if finding.onset else None,
            "resolution": _time(finding.resolved) if finding.resolved else None,
            "description": finding.note,
        }
    )


def _meta_data(created: str) -> dict[str, Any]:
    return {"created": created, "createdBy": "Kakehashi", "phenopacketSchemaVersion": "2.0"}
