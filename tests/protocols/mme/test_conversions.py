"""Ids, coordinates and zygosity between the exchange and phenopackets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols.mme import conversions

bases = st.text("ACGT", min_size=1, max_size=8)


@given(st.integers(1, 250_000_000), bases, bases, st.sampled_from(["1", "17", "X", "MT"]))
def test_variants_come_back_as_they_went(position, reference, alternate, chromosome):
    out = conversions.variant_out(
        assembly="GRCh38", chromosome="chr" + chromosome, position=position, reference=reference, alternate=alternate
    )
    assert (out.start, out.end) == (position - 1, position - 1 + len(reference))
    back = conversions.variant_in(out)
    assert conversions.variant_in(out.model_copy(update={"start": None})) is None
    assert back == conversions.VcfFields("GRCh38", chromosome, position, reference, alternate)


@pytest.mark.parametrize(("ours", "theirs"), [("OMIM:154700", "MIM:154700"), ("ORPHA:558", "Orphanet:558")])
def test_diseases_are_renamed(ours, theirs):
    assert conversions.disease_out(ours) == theirs
    assert conversions.disease_in(theirs) == ours
    assert conversions.disease_out("MONDO:0007947") is None
    assert conversions.disease_in("MONDO:0007947") == "MONDO:0007947"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("GRCh37.p13", "GRCh37"), ("hg19", "GRCh37"), ("GRCh38", "GRCh38"), ("NCBI36", "")]
)
def test_assemblies_lose_their_patch(theirs, ours):
    assert conversions.assembly_in(theirs) == ours


def test_one_copy_of_a_mans_x_is_hemizygous():
    assert conversions.zygosity_in(1, chromosome="chrX", sex="MALE") == "hemizygous"
    assert conversions.zygosity_in(1, chromosome="X", sex="FEMALE") == "heterozygous"
    assert conversions.zygosity_in(1, chromosome="2", sex="MALE") == "heterozygous"
    assert conversions.zygosity_in(2) == "homozygous"
    assert conversions.zygosity_in(None) == "unknown"
    assert [conversions.zygosity_out(z) for z in ("heterozygous", "hemizygous", "homozygous", "mosaic")] == [
        1,
        1,
        2,
        None,
    ]


@pytest.mark.parametrize(
    ("gene", "kind", "bare"),
    [
        ("ENSG00000144285", "ensembl", "ENSG00000144285"),
        ("ensg00000144285.16", "ensembl", "ENSG00000144285"),
        ("6323", "entrez", "6323"),
        ("NCBIGene:6323", "entrez", "6323"),
        ("HGNC:10585", "hgnc", "10585"),
        ("scn1a", "symbol", "SCN1A"),
    ],
)
def test_genes_are_told_by_their_kind_of_id(gene, kind, bare):
    assert conversions.gene_kind(gene) == (kind, bare)


def test_sex_is_renamed():
    assert [conversions.sex_out(sex) for sex in ("female", "male", "other", "unknown")] == [
        "FEMALE",
        "MALE",
        "OTHER",
        None,
    ]
    assert [conversions.sex_in(sex) for sex in ("FEMALE", "MIXED_SAMPLE", None)] == ["female", "unknown", "unknown"]
