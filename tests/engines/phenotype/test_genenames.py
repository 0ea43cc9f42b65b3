"""Gene names: known by symbol and id, and what is one slip away."""

import pytest

from kakehashi.engines.phenotype.genenames import GeneNames


@pytest.fixture(scope="module")
def names(knowledge):
    return GeneNames(knowledge.diseases)


@pytest.mark.parametrize(
    ("written", "symbol"),
    [("FBN1", "FBN1"), (" fbn1 ", "FBN1"), ("NCBIGene:2200", "FBN1"), ("FBN11", None), ("", None)],
)
def test_gene_is_known_by_symbol_in_any_case_and_by_id(names, written, symbol):
    assert names.known(written) == symbol


@pytest.mark.parametrize(
    ("written", "near"),
    [("FBN11", "FBN1"), ("SNC1A", "SCN1A"), ("brca", "BRCA1"), ("CEP29O", "CEP290"), ("CEP2990", "CEP290")],
)
def test_slips_lead_to_the_symbol_that_is_meant(names, written, near):
    assert near in names.near(written)


def test_nothing_is_near_to_nonsense(names):
    assert names.near("QQQQ9") == ()
