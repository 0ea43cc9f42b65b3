"""How texts are cut, which loanwords sound alike, which concepts are named, and what an award needs and makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.engines.pairing.lexicon import INNER, Lexicon
from kakehashi.engines.pairing.loanwords import similarities
from kakehashi.engines.pairing.reading import kana_parts, read_english, read_japanese
from kakehashi.engines.pairing.roles import makes, needs
from kakehashi.engines.pairing.terms import KINDS, Term, read_terms, without

LEXICON = Lexicon(read_terms())
WORDS = [
    "catheter",
    "organoid",
    "marmoset",
    "hydrogel",
    "keratin",
    "oxytocin",
    "cancer",
    "trial",
    "heart",
    "orexin",
    "exosome",
]


def named(text, language):
    found = LEXICON.find_japanese(text) if language == "ja" else LEXICON.find_english(text)
    return {LEXICON.terms[concept].en[0] for concept in found}


@pytest.mark.parametrize(
    ("kana", "word"),
    [
        ("カテーテル", "catheter"),
        ("オルガノイド", "organoid"),
        ("マーモセット", "marmoset"),
        ("ハイドロゲル", "hydrogel"),
        ("ケラチン", "keratin"),
        ("オキシトシン", "oxytocin"),
        ("エクソソーム", "exosome"),
    ],
)
def test_a_loanword_is_nearest_to_the_word_it_comes_from(kana, word):
    alike = similarities([kana], WORDS).toarray()[0]
    assert alike.argmax() == WORDS.index(word)
    assert alike.max() > 0.8


def test_a_word_that_sounds_like_nothing_is_left_alone():
    assert similarities(["ワクチン"], ["bone", "kidney"]).nnz == 0
    assert similarities([], WORDS).shape == (0, len(WORDS))


def test_symbols_are_read_alike_in_both_languages():
    assert read_japanese("抗PD-L1抗体とTNF-αをiPS細胞で").symbols == ("pdl1", "tnfalpha", "ips")
    assert read_english("PD-L1 and TNF-alpha in iPS cells").symbols == ("pdl1", "tnfalpha", "ips")


def test_words_lose_plural_spelling_and_width():
    assert read_english("Tumours of the Oesophagus").units == read_english("tumor of the esophagus").units
    assert read_japanese("カテーテル").units == read_japanese("ｶﾃｰﾃﾙ").units
    assert read_japanese("膵がん").units == read_japanese("膵癌").units


def test_compound_loanwords_are_taken_apart_into_known_ones():
    known = frozenset({"オルガノイド", "モデル", "バイオマーカー"})
    assert kana_parts("オルガノイドモデル", known) == ["オルガノイド", "モデル"]
    assert kana_parts("バイオマーカー", known) == []


def test_the_same_concept_is_named_in_both_languages():
    japanese = named("膵がんの迷走神経刺激カテーテルによる医師主導治験", "ja")
    english = named("investigator-initiated trial of vagus nerve stimulation in pancreatic cancer", "en")
    assert {"pancreatic cancer", "vagus nerve stimulation", "investigator-initiated trial"} <= japanese & english


def test_a_wording_inside_a_longer_one_counts_less():
    found = {LEXICON.terms[concept].en[0]: worth for concept, worth in LEXICON.find_japanese("膵がん").items()}
    assert found["pancreatic cancer"] == 1
    assert found["cancer"] == INNER


def test_the_table_is_sound():
    terms = read_terms()
    assert len(terms) > 400
    assert {term.kind for term in terms} <= set(KINDS)
    for language in ("ja", "en"):
        firsts = [(term.kind, getattr(term, language)[0]) for term in terms]
        assert len(firsts) == len(set(firsts)), f"two rows are shown alike in {language}"
    assert all(text == text.strip() and text for term in terms for text in (*term.ja, *term.en))


def test_a_broken_row_is_named():
    with pytest.raises(ValueError, match="line 2"):
        read_terms("kind\tja\ten\ndisease\t膵がん\n")


def test_terms_can_be_left_out_by_wording():
    terms = [
        Term("disease", (f"{organ}がん",), (f"{name} cancer",))
        for organ, name in (("膵", "pancreatic"), ("胃", "gastric"))
    ]
    assert without(terms, ["Pancreatic Cancer"]) == terms[1:]


def test_what_an_award_needs_and_makes_is_told_apart():
    ja = "患者由来オルガノイドを用いた膵がん血液検査薬の開発"
    assert needs(ja, "")[0] == "患者由来オルガノイド"
    assert makes(ja, "")[0] == "膵癌血液検査薬"
    en = "Development of a blood test for pancreatic cancer using patient-derived organoids."
    assert needs("", en)[1] == "patient-derived organoids"
    assert makes("", en)[1].strip() == "a blood test"


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    read_japanese(text)
    read_english(text)
    LEXICON.find_japanese(text)
    LEXICON.find_english(text)
    needs(text, text)
    makes(text, text)
