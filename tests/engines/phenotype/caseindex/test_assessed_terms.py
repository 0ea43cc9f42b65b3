"""The trap: which terms a paper's table assessed names the paper. Excluded findings must leave no trace in a score."""

import gzip
import json
import random
from dataclasses import fields

from kakehashi.engines.phenotype.caseindex import CaseModel, Profile, Snapshot
from kakehashi.engines.phenotype.knowledge import Knowledge


def read_patients(folder, most=400):
    with gzip.open(folder / "phenopackets" / "phenopackets-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line, _ in zip(lines, range(most), strict=False):
            packet = json.loads(line)
            yield packet["id"], [(f["type"]["id"], f.get("excluded", False)) for f in packet["phenotypicFeatures"]]


def results(knowledge, model, patients):
    profiles = {name: Profile.of_findings(knowledge.ontology, findings) for name, findings in patients}
    snapshot = Snapshot.of(model, profiles.items())
    return {name: snapshot.search(profile, 10, snapshot.all_but([name])) for name, profile in profiles.items()}


def test_a_profile_has_no_room_for_excluded_findings():
    assert {field.name for field in fields(Profile)} == {"observed", "genes", "without_publications"}


def test_scores_do_not_change_when_excluded_findings_are_permuted_or_removed(
    knowledge: Knowledge, model: CaseModel, shared_data
):
    patients = list(read_patients(shared_data))
    excluded = [[f for f in findings if f[1]] for _, findings in patients]
    assert sum(map(len, excluded)) > 1000
    random.Random(3).shuffle(excluded)
    permuted = [
        (name, [f for f in findings if not f[1]] + other)
        for (name, findings), other in zip(patients, excluded, strict=True)
    ]
    removed = [(name, [f for f in findings if not f[1]]) for name, findings in patients]
    as_published = results(knowledge, model, patients)
    assert as_published == results(knowledge, model, permuted) == results(knowledge, model, removed)


def test_patients_who_share_only_what_was_assessed_do_not_match(knowledge: Knowledge, model: CaseModel, shared_data):
    patients = list(read_patients(shared_data))
    only_assessed = [(name, [(term, True) for term, _ in findings]) for name, findings in patients]
    assert not any(results(knowledge, model, only_assessed).values())
