"""Genes between nodes: Ensembl ids out where they are known, any id in."""

from pathlib import Path

import pytest

from kakehashi.engines.genes import installed
from kakehashi.protocols.mme import Contact, Patient
from kakehashi.systems.cases.public import Description
from kakehashi.systems.exchange.patients import asked, description_of, gene_shown
from tests import hgnc

CONTACT = {"name": "A registrant", "href": "mailto:registrant@example.org"}


def patient(*genes: str) -> Patient:
    features = [{"gene": {"id": gene}} for gene in genes]
    return Patient.model_validate({"id": "1", "contact": CONTACT, "genomicFeatures": features})


@pytest.fixture
def table(tmp_path, monkeypatch, compiled_ontology):
    file = tmp_path / "hgnc_complete_set.txt"
    file.write_text(hgnc.table())
    folder = tmp_path / "genes"  # of this test alone: others run beside it in the same home
    monkeypatch.setattr(installed, "genes_folder", lambda given=None: folder if given is None else Path(given))
    return installed.install(file, folder)


@pytest.mark.parametrize("written", ["ENSG00000166147", "ENSG00000166147.3", "2200", "HGNC:3603", "fbn1", "MFS1"])
def test_every_id_of_a_peer_leads_to_the_symbol(table, written):
    description, unused = description_of(patient(written))
    assert (description.genes, unused) == (("FBN1",), [])
    assert gene_shown(written) == "FBN1"


def test_an_unknown_or_ambiguous_gene_is_compared_as_written_and_told(table):
    description, unused = description_of(patient("ENSG00000000001", "MLL2"))
    assert description.genes == ("ENSG00000000001", "MLL2")
    assert unused == ["ENSG00000000001", "MLL2"]
    assert gene_shown("MLL2") == "MLL2"


def test_what_is_sent_carries_ensembl_ids_where_they_are_known(table):
    said = asked("K-1", Description(genes=("FBN1", "NONE1")), Contact.model_validate(CONTACT), test=True)
    assert [one.gene.id for one in said.genomic_features] == ["ENSG00000166147", "NONE1"]


def test_without_a_table_ensembl_ids_stay_literal(compiled_ontology):
    description, unused = description_of(patient("ENSG00000166147"))
    assert (description.genes, unused) == (("ENSG00000166147",), ["ENSG00000166147"])
    said = asked("K-1", Description(genes=("FBN1",)), Contact.model_validate(CONTACT), test=True)
    assert said.genomic_features[0].gene.id == "FBN1"
