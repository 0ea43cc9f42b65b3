"""The embedded release, compiled and opened: what the other engines read."""

import numpy as np

from kakehashi.engines.phenotype.diseases import COUNT, INHERITANCE, PHENOTYPE
from kakehashi.engines.phenotype.knowledge import Knowledge


def test_embedded_release_is_whole(knowledge: Knowledge) -> None:
    ontology, diseases = knowledge.ontology, knowledge.diseases
    assert ontology.release == diseases.version == "2025-01-16"
    assert knowledge.fingerprint.startswith("2025-01-16-")
    assert ontology.n == 19_034
    assert (diseases.n, len(diseases.row_term), diseases.unplaced_rows_count) == (12_687, 271_702, 0)
    assert diseases.source_mask({"OMIM"}).sum() == 8_359
    assert diseases.source_mask({"OMIM", "ORPHA", "DECIPHER"}).all()


def test_parents_come_before_children_and_lines_include_the_term(knowledge: Knowledge) -> None:
    ontology = knowledge.ontology
    own = np.repeat(np.arange(ontology.n), np.diff(ontology.parent_indptr))
    assert (ontology.parent_indices < own).all()
    seizure = ontology.index("HP:0001250")
    assert seizure is not None
    line = ontology.ancestors(seizure)
    assert line[-1] == seizure
    assert ontology.phenotype_root in line
    assert [ontology.label(int(i)) for i in line[:3]] == [
        "All",
        "Phenotypic abnormality",
        "Abnormality of the nervous system",
    ]
    for term in (0, seizure, ontology.n - 1):
        below = ontology.descendants(term)
        assert all(ontology.is_ancestor(term, int(other)) for other in below[:50])
        assert len(below) == sum(term in ontology.ancestors(i) for i in range(ontology.n)) if term else len(below)
    assert not ontology.is_ancestor(seizure, 0)


def test_a_disease_has_rows_publications_and_genes(knowledge: Knowledge) -> None:
    ontology, diseases = knowledge.ontology, knowledge.diseases
    marfan = diseases.index("OMIM:154700")
    assert marfan is not None
    assert diseases.label(marfan) == diseases.label(marfan, "ja") == "Marfan syndrome"
    assert [gene.symbol for gene in diseases.genes(marfan)] == ["FBN1"]
    gene = diseases.gene_index("fbn1")
    assert gene == diseases.gene_index("NCBIGene:2200")
    assert gene is not None
    assert marfan in diseases.diseases_of_gene(gene)
    rows = diseases.rows(marfan)
    assert (diseases.row_disease[rows] == marfan).all()
    aspects = diseases.row_aspect[rows]
    inherited = diseases.row_term[rows][aspects == INHERITANCE]
    assert [ontology.id(int(term)) for term in inherited] == ["HP:0000006"]
    phenotype_terms = diseases.row_term[diseases.row_aspect == PHENOTYPE]
    assert ontology.phenotype_mask[phenotype_terms].mean() > 0.999
    counted = diseases.row_frequency_kind == COUNT
    assert np.array_equal(
        diseases.row_frequency[counted], diseases.row_numerator[counted] / diseases.row_denominator[counted]
    )
    assert (diseases.row_denominator[~counted] == 0).all()


def test_rows_citing_a_publication_are_exactly_those(knowledge: Knowledge) -> None:
    diseases = knowledge.diseases
    for publication in ("PMID:21519361", "PMID:31675180", "ISBN-13:978-0721606156"):
        rows = diseases.rows_citing(publication)
        assert len(rows)
        assert all(publication in diseases.references(int(row)) for row in rows)
        lists = {int(diseases.row_reference[row]) for row in rows}
        others = [row for row in range(0, len(diseases.row_term), 997) if int(diseases.row_reference[row]) not in lists]
        assert not any(publication in diseases.references(row) for row in others)
    assert len(diseases.rows_citing("PMID:0")) == 0
