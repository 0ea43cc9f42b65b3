"""Finding terms and diseases by what people type, in both languages."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kakehashi.engines.phenotype.knowledge import Knowledge, load
from kakehashi.engines.phenotype.misspelling import one_slip
from kakehashi.engines.phenotype.search import Search
from kakehashi.engines.phenotype.sources import write_choice
from kakehashi.engines.phenotype.wording import plain, runs
from kakehashi.engines.phenotype.wordings_ja import read_wordings


@pytest.fixture(scope="module")
def search(knowledge: Knowledge) -> Search:
    return Search(knowledge)


@pytest.fixture(scope="module")
def labelled(shared_data: Path) -> Knowledge:
    """The embedded release with the real Japanese labels."""
    folder = Path(__file__).parents[3] / "var" / "test-ontology-ja"
    (folder / "labels").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shared_data / "hpo" / "hp-ja.babelon.tsv.gz", folder / "labels" / "hp-ja.babelon.tsv.gz")
    write_choice(folder, {"release": None, "labels": "hp-ja.babelon.tsv.gz"})
    return load(folder)


@pytest.fixture(scope="module")
def japanese(labelled: Knowledge) -> Search:
    return Search(labelled)


@pytest.mark.parametrize(
    ("text", "first", "rank"),
    [
        ("seizure", "HP:0001250", "label"),
        ("Seizures", "HP:0001250", "label"),
        ("SEIZ", "HP:0001250", "prefix"),
        ("oedema", "HP:0000969", "label"),
        ("haemolytic anaemia", "HP:0001878", "label"),
        ("disability, intellectual", "HP:0001249", "words"),
        ("palate cleft", "HP:0000175", "words"),
        ("GDD", "HP:0001263", "synonym"),
        ("flat feet", "HP:0001763", "synonym"),
        ("tumours of the brain", "HP:0030692", "words"),
        ("int disab", "HP:0001249", "words"),
        ("hp:0001250", "HP:0001250", "id"),
        ("HP_0001250", "HP:0001250", "id"),
        ("0001250", "HP:0001250", "id"),
        ("ＳＥＩＺＵＲＥ", "HP:0001250", "label"),
    ],
)
def test_english_wordings_find_their_term_first(search: Search, text: str, first: str, rank: str) -> None:
    hits = search.terms(text)
    assert (hits[0].id, hits[0].rank) == (first, rank)
    assert len({hit.index for hit in hits}) == len(hits) <= 20


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("知的障害", "HP:0001249"),
        ("小頭症", "HP:0000252"),
        ("低身長", "HP:0004322"),
        ("難聴", "HP:0000365"),
        ("てんかん重積", "HP:0002133"),
        ("癲癇重積", "HP:0002133"),
        ("テンカン重積", "HP:0002133"),
        ("ﾃﾝｶﾝ重積", "HP:0002133"),
        ("側彎", "HP:0002650"),
        ("脊柱側弯症", "HP:0002650"),
        ("Scoliosis", "HP:0002650"),
    ],
)
def test_japanese_wordings_find_their_term_in_any_kana_and_width(japanese: Search, text: str, first: str) -> None:
    hits = japanese.terms(text, language="ja", limit=5)
    assert hits[0].id == first
    assert hits[0].label != hits[0].label_en


def test_old_ids_are_found_and_say_so(search: Search) -> None:
    (alternative,) = search.terms("HP:0000624")
    assert (alternative.label_en, alternative.status) == ("Epicanthus", "alternative")
    assert search.terms("HP:0000624", limit=0) == search.diseases("OMIM:154700", limit=-1) == []
    (obsolete,) = search.terms("HP:0000057")
    assert (obsolete.id, obsolete.status) == ("HP:0008665", "obsolete")
    assert search.terms("HP:9999999") == []


def test_the_beginning_of_an_id_lists_its_terms(search: Search) -> None:
    hits = search.terms("HP:00012", limit=5)
    assert [hit.id for hit in hits] == sorted(hit.id for hit in hits)
    assert all(hit.id.startswith("HP:00012") for hit in hits)


def test_the_search_keeps_to_its_branch(search: Search, knowledge: Knowledge) -> None:
    ontology = knowledge.ontology
    assert all(ontology.is_phenotype(hit.index) for hit in search.terms("onset", limit=50))
    hits = search.terms("childhood onset", within=ontology.onset_terms)
    assert hits[0].id == "HP:0011463"
    assert search.terms("recessive", within=ontology.inheritance_terms)[0].id == "HP:0000007"


def test_our_own_wordings_name_current_terms_and_are_found_without_any_label_table(
    search: Search, knowledge: Knowledge
) -> None:
    rows = read_wordings()
    assert len(rows) > 300
    assert len({row.texts[0] for row in rows}) == len({row.number for row in rows}) == len(rows)
    everything = np.arange(knowledge.ontology.n, dtype=np.int32)
    for row in rows:
        term = knowledge.ontology.resolve(f"HP:{row.number:07d}")
        assert (term.status, term.label) == ("current", row.label)
        assert term.index is not None
        assert knowledge.ontology.label(term.index, "ja").startswith(row.texts[0])
        within = None if knowledge.ontology.is_phenotype(term.index) else everything
        for text in row.texts:
            assert term.index in [hit.index for hit in search.terms(text, limit=3, within=within)], text


@pytest.mark.parametrize("root", ["HP:0003674", "HP:0000005", "HP:0012824", "HP:0012831", "HP:0003679", "HP:0000118"])
def test_what_is_chosen_from_a_list_reads_japanese_with_and_without_the_table(
    root: str, knowledge: Knowledge, labelled: Knowledge
) -> None:
    """Every choice of a closed list is worded by us, and reads the same before and after labels are installed."""
    top = knowledge.ontology.index(root)
    assert top is not None
    chosen = {row.number: row for row in read_wordings()}
    choices = knowledge.ontology.children(top) if root == "HP:0000118" else knowledge.ontology.descendants(top)
    for choice in map(int, choices):
        row = chosen[int(knowledge.ontology.numbers[choice])]
        with_table = labelled.ontology.label(choice, "ja")
        assert knowledge.ontology.label(choice, "ja") == row.texts[0]
        assert with_table == row.texts[0] or not row.instead


@pytest.mark.parametrize(
    ("term", "reads"),
    [
        ("HP:0030674", "出生前発症"),
        ("HP:0000007", "常染色体潜性（劣性）遺伝"),
        ("HP:0012827", "境界域"),
        ("HP:0000252", "小頭症"),
        ("HP:0000347", "小顎症"),
        ("HP:0000316", "両眼開離"),
        ("HP:0100749", "胸痛"),
        ("HP:0003073", "低アルブミン血症"),
    ],
)
def test_our_wording_stands_in_place_of_a_wrong_label(
    term: str, reads: str, knowledge: Knowledge, labelled: Knowledge
) -> None:
    for known in (knowledge, labelled):
        index = known.ontology.index(term)
        assert index is not None
        assert known.ontology.label(index, "ja") == reads


def test_wrong_labels_of_the_table_are_corrected_and_equal_ones_told_apart(japanese: Search) -> None:
    (cough,) = japanese.terms("HP:0012735", language="ja")
    assert cough.label == "咳嗽"
    assert "Cough" not in [hit.label_en for hit in japanese.terms("外層")]
    labels = [hit.label for hit in japanese.terms("眼振", language="ja", limit=30)]
    assert labels[0] == "眼振"
    assert any(label.startswith("眼振（") for label in labels[1:])
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("siezure", "HP:0001250"),
        ("scoliossis", "HP:0002650"),
        ("microcephly", "HP:0000252"),
        ("atxia", "HP:0001251"),
        ("hepatomegali", "HP:0002240"),
        ("agenesis corpus calossum", "HP:0001274"),
    ],
)
def test_one_slip_of_the_finger_is_forgiven(search: Search, text: str, first: str) -> None:
    assert search.terms(text)[0].id == first


@given(word=st.text("abcde", min_size=4, max_size=8), place=st.integers(0, 7), letter=st.sampled_from("abcdef"))
def test_a_slip_is_one_letter_and_no_more(word: str, place: int, letter: str) -> None:
    place = min(place, len(word) - 1)
    for slipped in (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ):
        assert one_slip(word, slipped)
        assert one_slip(slipped, word)
    assert not one_slip(word, "xy" + word)
    assert not one_slip(word, "x" + word[1:] + "y")


def test_without_japanese_labels_the_search_says_so(search: Search, japanese: Search) -> None:
    assert not search.has_japanese
    assert japanese.has_japanese


@pytest.mark.parametrize("text", ["", " ", "\0", "%", "\\", "'\"", "の", "ー", "😀", "a" * 5000, "あ" * 5000, "\ud800"])
def test_odd_queries_are_answered(search: Search, text: str) -> None:
    assert isinstance(search.terms(text), list)
    assert isinstance(search.diseases(text), list)


@given(text=st.text(max_size=60), limit=st.integers(-1, 30))
@settings(max_examples=200, deadline=None)
def test_any_text_is_answered_and_any_id_resolved(search: Search, knowledge: Knowledge, text: str, limit: int) -> None:
    assert len(search.terms(text, limit=limit)) <= max(limit, 0)
    assert len(search.diseases(text, limit=limit)) <= max(limit, 0)
    assert search.terms(text) == search.terms(text)
    resolution = knowledge.ontology.resolve(text)
    assert (resolution.index is None) == (knowledge.ontology.index(text) is None)
    knowledge.diseases.index(text)
    knowledge.diseases.gene_index(text)
    knowledge.diseases.rows_citing(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("marfan syndrome", "OMIM:154700"),
        ("syndrome marfan", "OMIM:154700"),
        ("154700", "OMIM:154700"),
        ("omim:154700", "OMIM:154700"),
        ("Orphanet:558", "ORPHA:558"),
        ("noonan syndrome 1", "OMIM:163950"),
        ("MECP2", "OMIM:300055"),
    ],
)
def test_diseases_are_found_by_name_id_and_gene(search: Search, text: str, first: str) -> None:
    assert search.diseases(text)[0].id == first
    assert all(hit.id.startswith("ORPHA") for hit in search.diseases(text, sources={"ORPHA"}))


def test_the_search_is_quick(japanese: Search) -> None:
    queries = [
        "seizure",
        "s",
        "abnormal",
        "abnormality of the nervous system",
        "性の異常",
        "発作",
        "障",
        "of",
        "x-linked",
    ]
    japanese.terms("warm")
    times = []
    for text in queries * 5:
        started = time.process_time()
        japanese.terms(text, language="ja")
        times.append(time.process_time() - started)
    assert sorted(times)[int(0.95 * len(times))] < 0.060  # 20 ms on a quiet machine


def test_wordings_read_the_same() -> None:
    assert plain("ｹｲﾚﾝ") == plain("けいれん") == plain("ケイレン") == plain("痙攣")
    assert runs("Oedema") == runs("edema")
    assert runs("Kidneys") == runs("kidney")
    assert runs("Tumours") == runs("tumor")
    assert runs("Möbius") == runs("mobius")
    assert runs("of") == [("of", False)]
