"""A small release for tests of the parsers and the compiled cache; the embedded one comes from `knowledge`."""

from pathlib import Path

import pytest

SMALL_OBO = """\
format-version: 1.2
data-version: hp/releases/2030-02-03

[Term]
id: HP:0000001
name: All

[Term]
id: HP:0000118
name: Phenotypic abnormality
is_a: HP:0000001 ! All

[Term]
id: HP:0000707
name: Abnormality of the nervous system
is_a: HP:0000118 ! Phenotypic abnormality

[Term]
id: HP:0001250
name: Seizure
alt_id: HP:0002279
def: "A \\"seizure\\" is an event." [ISBN:1, "PMID:2"]
synonym: "Seizures" EXACT plural_form []
synonym: "Epileptic fit" RELATED layperson [ORCID:1]
is_a: HP:0000707 ! Abnormality of the nervous system

[Term]
id: HP:0001252
name: Hypotonia
is_a: HP:0000707 {source="x"} ! Abnormality of the nervous system

[Term]
id: HP:0000057
name: obsolete Fits
is_obsolete: true
replaced_by: HP:0000058
consider: HP:0001252

[Term]
id: HP:0000058
name: obsolete Convulsions
is_obsolete: true
replaced_by: HP:0002279

[Term]
id: HP:0000059
name: obsolete Nothing left
is_obsolete: true

[Term]
id: HP:0000005
name: Mode of inheritance
is_a: HP:0000001 ! All

[Term]
id: HP:0000006
name: Autosomal dominant inheritance
is_a: HP:0000005 ! Mode of inheritance

[Typedef]
id: part_of
name: part of
"""

SMALL_HPOA = "\n".join(
    [
        "#description: a small one",
        "#version: 2030-02-04",
        "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration",
        "OMIM:100000\tFirst syndrome\t\tHP:0002279\tPMID:1;PMID:2\tPCS\t\t3/4\t\t\tP\tHPO:x[2030-01-01]",
        "OMIM:100000\tFirst syndrome\tNOT\tHP:0001252\tPMID:2\tPCS\t\t0/4\tMALE\t\tP\tHPO:x[2030-01-01]",
        "OMIM:100000\tFirst Syndrome\t\tHP:0000006\tOMIM:100000\tTAS\t\t\t\t\tI\tHPO:x[2030-01-01]",
        "ORPHA:7\tSecond disease\t\tHP:0000057\tORPHA:7\tTAS\t\tHP:0040282\t\t\tP\tHPO:x[2030-01-01]",
        "ORPHA:7\tSecond disease\t\tHP:0000059\tORPHA:7\tTAS\t\t12.5%\t\t\tP\tHPO:x[2030-01-01]",
        "",
    ]
)

SMALL_GENES = "\n".join(
    [
        "ncbi_gene_id\tgene_symbol\tassociation_type\tdisease_id\tsource",
        "NCBIGene:2200\tFBN1\tMENDELIAN\tOMIM:100000\tx",
        "NCBIGene:7\tAB\tPOLYGENIC\tOMIM:100000\tx",
        "NCBIGene:7\tAB\tMENDELIAN\tOMIM:999999\tx",
        "",
    ]
)

SMALL_LABELS = "\n".join(
    [
        "source\tsource_version\tsource_language\ttranslation_language\tsubject_id\tpredicate_id\tsource_value\t"
        "translation_value\ttranslation_status",
        "hp\thttp://x/hp/releases/2029-01-01/hp.owl\ten\tja\tHP:0001250\trdfs:label\tSeizure\tけいれん発作\tOFFICIAL",
        "hp\t\ten\tja\tHP:0001252\trdfs:label\tHypotonia\tNA\tNOT_TRANSLATED",
        "hp\t\ten\tja\tHP:0000057\trdfs:label\tFits\tひきつけ\tOFFICIAL",
        "hp\t\ten\tja\tHP:7777777\trdfs:label\tGone\t消えた\tOFFICIAL",
        "hp\t\ten\tfr\tHP:0001250\trdfs:label\tSeizure\tCrise\tOFFICIAL",
        "mondo\t\ten\tja\tOMIM:100000\trdfs:label\tFirst syndrome\t第一症候群\tCANDIDATE",
        "",
    ]
)


@pytest.fixture
def small_release(tmp_path: Path) -> Path:
    """A folder with a release of eight current terms and two diseases."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "hp.obo").write_text(SMALL_OBO, encoding="utf-8")
    (folder / "phenotype.hpoa").write_text(SMALL_HPOA, encoding="utf-8")
    (folder / "genes_to_disease.txt").write_text(SMALL_GENES, encoding="utf-8")
    return folder


@pytest.fixture
def small_labels(tmp_path: Path) -> Path:
    """A Babelon table for it."""
    file = tmp_path / "hp-ja.babelon.tsv"
    file.write_text(SMALL_LABELS, encoding="utf-8")
    return file
