"""The readers of hp.obo, phenotype.hpoa, gene tables and Babelon: right on what is right, clear on what is not."""

import contextlib
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.phenotype.conftest import SMALL_GENES, SMALL_HPOA, SMALL_LABELS, SMALL_OBO

from kakehashi.engines.phenotype.babelon import parse_babelon, read_babelon
from kakehashi.engines.phenotype.compile import topological_order
from kakehashi.engines.phenotype.genetable import GeneDisease, parse_gene_table
from kakehashi.engines.phenotype.hpoa import Frequency, parse_frequency, parse_hpoa, read_hpoa
from kakehashi.engines.phenotype.obo import OboTerm, Synonym, parse_obo, read_obo
from kakehashi.engines.phenotype.problems import ParseError
from kakehashi.engines.phenotype.textfile import read_bytes, unpack


def parse_and_order(data: bytes) -> list[OboTerm]:
    return topological_order(parse_obo(data))


PARSERS: dict[str, tuple[Callable[[bytes], object], str]] = {
    "obo": (parse_and_order, SMALL_OBO),
    "hpoa": (parse_hpoa, SMALL_HPOA),
    "genes": (parse_gene_table, SMALL_GENES),
    "babelon": (parse_babelon, SMALL_LABELS),
}


def test_obo_terms_are_read_with_all_they_say() -> None:
    document = parse_obo(SMALL_OBO.encode())
    terms = {term.number: term for term in document.terms}
    assert document.release == "2030-02-03"
    seizure = terms[1250]
    assert (seizure.name, seizure.alternative_numbers, seizure.parent_numbers) == ("Seizure", [2279], [707])
    assert seizure.definition == 'A "seizure" is an event.'
    assert seizure.synonyms == [
        Synonym("Seizures", "EXACT", "plural_form"),
        Synonym("Epileptic fit", "RELATED", "layperson"),
    ]
    assert terms[1252].parent_numbers == [707]
    assert (terms[57].is_obsolete, terms[57].replaced_by, terms[57].consider) == (True, [58], [1252])
    assert [term.number for term in topological_order(document)] == [1, 5, 118, 6, 707, 1250, 1252]


def test_a_circle_among_terms_is_named() -> None:
    text = SMALL_OBO.replace(
        "name: Abnormality of the nervous system\n", "name: Abnormality of the nervous system\nis_a: HP:0001250\n"
    )
    with pytest.raises(ParseError, match="HP:0000707 is its own ancestor"):
        parse_and_order(text.encode())


def test_hpoa_rows_are_read_with_every_column() -> None:
    document = parse_hpoa(SMALL_HPOA.encode())
    first, second, third, fourth, fifth = document.rows
    assert document.version == "2030-02-04"
    assert (first.disease_id, first.term, first.references, first.evidence) == (
        "OMIM:100000",
        2279,
        ("PMID:1", "PMID:2"),
        "PCS",
    )
    assert first.frequency == Frequency("count", 0.75, 3, 4)
    assert (second.negated, second.sex, second.frequency.value) == (True, "MALE", 0.0)
    assert (third.aspect, third.frequency.kind, third.frequency.value) == ("I", "none", None)
    assert fourth.frequency == Frequency("term", 0.545)
    assert fifth.frequency == Frequency("percent", 0.125)
    assert (first.biocuration, first.line) == ("HPO:x[2030-01-01]", 4)


@pytest.mark.parametrize("text", ["5/3", "0/0", "101%", "-3%", "often", "HP:0001250", "1 / 2", "1/2/3", "%"])
def test_frequencies_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(ParseError, match="frequency is"):
        parse_frequency(text)


@pytest.mark.parametrize(
    ("parser", "old", "new", "message"),
    [
        ("obo", "id: HP:0001250\n", "id: HP:125\n", r"hp.obo, line \d+: 'HP:125' is no HPO id"),
        ("obo", "is_a: HP:0000707 ! Ab", "is_a: HP:0009999 ! Ab", "line 19: HP:0001250 is a child of HP:0009999"),
        ("obo", "id: HP:0001252", "id: HP:0001250", "already defined in line 19"),
        ("obo", 'synonym: "Seizures"', "synonym: Seizures", "double quotes"),
        ("obo", "name: Hypotonia\n", "", "HP:0001252 has no name"),
        ("hpoa", "OMIM:100000\tFirst syndrome\tNOT", "OMIM:100000\tFirst syndrome\tNO", "line 5: qualifier is 'NO'"),
        ("hpoa", "HP:0002279", "HP:2279", "line 4: hpo_id is 'HP:2279'"),
        ("hpoa", "\tMALE\t", "\tBOY\t", "line 5: sex is 'BOY'"),
        ("hpoa", "\tPCS\t\t3/4", "\tABC\t\t3/4", "line 4: evidence is 'ABC'"),
        ("hpoa", "\tI\t", "\tQ\t", "line 6: aspect is 'Q'"),
        ("hpoa", "hpo_id", "term", "line 3: the column names"),
        ("hpoa", "\tP\tHPO:x[2030-01-01]", "", "line 4: number of columns: 10 instead of 12"),
        ("genes", "NCBIGene:2200", "FBN1", "line 2: expected an NCBI gene number"),
        ("genes", "ncbi_gene_id", "gene", "line 1: the column names"),
        ("babelon", "translation_status", "status", "line 1: is no Babelon table: the column translation_status"),
        ("babelon", "\tNA\tNOT_TRANSLATED", "\tNA", "line 3: number of columns: 8 instead of 9"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(parser: str, old: str, new: str, message: str) -> None:
    parse, text = PARSERS[parser]
    assert old in text
    with pytest.raises(ParseError, match=message) as caught:
        parse(text.replace(old, new).encode())
    assert caught.value.ja != caught.value.en
    assert caught.value.text("ja") == caught.value.ja


def test_both_generations_of_gene_tables_are_read() -> None:
    newer = parse_gene_table(SMALL_GENES.encode())
    assert newer[0] == GeneDisease(2200, "FBN1", "OMIM:100000", "MENDELIAN")
    older = parse_gene_table(
        b"ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id\n"
        b"2200\tFBN1\tHP:0001166\tArachnodactyly\t-\tOMIM:154700\n"
        b"2200\tFBN1\tHP:0000501\tGlaucoma\t-\tOMIM:154700\n"
        b"7467\t-\tHP:0000501\tGlaucoma\t-\tOMIM:1\n"
    )
    assert older == [GeneDisease(2200, "FBN1", "OMIM:154700", ""), GeneDisease(7467, "NCBIGene:7467", "OMIM:1", "")]


def test_only_translated_rows_of_the_language_are_kept() -> None:
    document = parse_babelon(SMALL_LABELS.encode())
    assert document.release == "2029-01-01"
    assert [(row.subject_id, row.text) for row in document.rows] == [
        ("HP:0001250", "けいれん発作"),
        ("HP:0000057", "ひきつけ"),
        ("HP:7777777", "消えた"),
        ("OMIM:100000", "第一症候群"),
    ]
    assert [row.text for row in parse_babelon(SMALL_LABELS.encode(), language="fr").rows] == ["Crise"]


def test_real_files_are_read_whole(shared_data: Path) -> None:
    from kakehashi.engines.phenotype.sources import embedded_release

    japanese = read_babelon(shared_data / "hpo" / "hp-ja.babelon.tsv.gz")
    assert len(japanese.rows) == 17_649
    document = read_obo(embedded_release() / "hp.obo")
    assert len(document.terms) == 19_484
    assert len(topological_order(document)) == 19_034
    assert len(read_hpoa(embedded_release() / "phenotype.hpoa").rows) == 271_702


def test_windows_line_ends_and_byte_order_marks_change_nothing() -> None:
    for parse, text in PARSERS.values():
        assert parse(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == parse(text.encode())


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_result_or_a_clear_error(name: str, data: st.DataObject) -> None:
    parse, text = PARSERS[name]
    whole = text.encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    junk = data.draw(
        st.one_of(st.binary(max_size=40), st.text(max_size=20).map(lambda t: t.encode("utf-8", "replace")))
    )
    for content in (junk, whole[:start] + junk + whole[end:], whole[:start]):
        with contextlib.suppress(ParseError):
            parse(content)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200), cut=st.integers(0, 60))
def test_any_gzip_is_unpacked_or_a_clear_error(data: bytes, cut: int) -> None:
    packed = gzip.compress(data)
    assert unpack(packed, source="x") == data
    for broken in (packed[:cut], b"\x1f\x8b" + data, packed + data):
        with contextlib.suppress(ParseError):
            unpack(broken, source="x")


def test_a_gzip_bomb_is_stopped() -> None:
    with pytest.raises(ParseError, match="larger than"):
        unpack(gzip.compress(bytes(3 * 2**20)), source="x", limit_bytes=2**20)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=r"nothing\.tsv: cannot be read"):
        read_bytes(tmp_path / "nothing.tsv")
    with pytest.raises(ParseError, match="cannot be read"):
        read_bytes(tmp_path)
