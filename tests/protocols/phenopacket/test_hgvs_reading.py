"""HGVS as people type it: made plain where that is sure, else what is missing is said, with what to write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols.phenopacket.hgvs import parse_hgvs
from kakehashi.protocols.phenopacket.hgvs_reading import WORDS, hgvs_problem, readable


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("NM_000138.5:c.3037G>A", "NM_000138.5:c.3037G>A"),
        ("ＮＭ＿０００１３８．５：ｃ．３０３７Ｇ＞Ａ", "NM_000138.5:c.3037G>A"),
        ("NM_000138.5:c.3037G＞A", "NM_000138.5:c.3037G>A"),
        ("NM_000138.5：c.3037G→A", "NM_000138.5:c.3037G>A"),
        (" NM_000138.5 : c. 3037 G > A ", "NM_000138.5:c.3037G>A"),
        ("NM_000138.5:\u200bc.3037G&gt;A。", "NM_000138.5:c.3037G>A"),
        ("nm_000138.5:C.3037G>A", "NM_000138.5:c.3037G>A"),
        ("NM_025114.4:c.2991＋1655A>G", "NM_025114.4:c.2991+1655A>G"),
        ("NM_025114.4:c.2992−1G>A", "NM_025114.4:c.2992-1G>A"),
        ("NM_000138.5(FBN1):c.3037G>A", "NM_000138.5(FBN1):c.3037G>A"),
        ("LRG_778t1:c.3037G>A", "LRG_778t1:c.3037G>A"),
        ("ENST00000316623.10:c.3037G>A", "ENST00000316623.10:c.3037G>A"),
        ("NC_000015.10:g.48474272C>T", "NC_000015.10:g.48474272C>T"),
        ("NP_000129.3:p.Glu1013Lys", "NP_000129.3:p.Glu1013Lys"),
    ],
)
def test_what_is_meant_is_read(typed, plain):
    assert readable(typed) == plain
    assert hgvs_problem(typed) is None


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("c.123A>G", "no-transcript", "NM_000138.5:c.3037G>A"),
        ("123A>G", "no-transcript", "NM_000138.5:c.3037G>A"),
        ("ｃ．１２３Ａ＞Ｇ", "no-transcript", "NM_000138.5:c.3037G>A"),
        ("c.76_78del", "no-transcript", "NM_000138.5:c.3037G>A"),
        ("n.12A>G", "no-transcript", "NM_000138.5:c.3037G>A"),
        ("g.48474272C>T", "no-chromosome", "NC_000015.10"),
        ("p.Arg12Cys", "protein-only", "NP_000129.3:p."),
        ("p.(Arg12Cys)", "protein-only", "NP_000129.3:p."),
        ("Arg12Cys", "protein-only", "NP_000129.3:p."),
        ("R12C", "protein-only", "NP_000129.3:p."),
        ("FBN1:c.123A>G", "gene-for-transcript", "NM_000138.5:c.3037G>A"),
        ("ＦＢＮ１：c.123A>G", "gene-for-transcript", "NM_000138.5:c.3037G>A"),
        ("chr15:g.48474272C>T", "chromosome-for-sequence", "NC_000015.10"),
        ("FBN1 c.3037G>A", "gene-for-transcript", "FBN1"),
        ("NM_000138.5 c.3037G>A", "no-colon", "NM_000138.5:c.3037G>A"),
        ("CEP290(NM_025114.4):c.2991+1655A>G", "transcript-in-brackets", "NM_025114.4:c.2991+1655A>G"),
        ("m.3243A>G", "no-mitochondrial", "NC_012920.1:m.3243A>G"),
        ("NM_000138.5:p.Glu1013Lys", "protein-on-transcript", "NP_000129.3:p.Glu1013Lys"),
        ("NM_000138.5:3037G>A", "no-kind", "c."),
        ("NM_000138.5:c.3037G>A p.(Glu1013Lys)", "several", "NM_000138.5:c.3037G>A"),
        ("NM_000138.5:c.3037G>A; NM_000138.5:c.1A>G", "several", "NM_000138.5:c.3037G>A"),
        ("NM_000138.5:c.3037Gあ>A", "strange-sign", "あ"),
        ("NM_000138.5:c.A3037G", "change", "c.3037G>A"),
        ("NM_000138.5:c.IVS4+1G>A", "change", "c.1165+1G>A"),
        ("zzz", "unreadable", "NM_000138.5:c.3037G>A"),
        ("", "unreadable", "NM_000138.5:c.3037G>A"),
        ("c." + "1" * 3000, "unreadable", "NM_000138.5:c.3037G>A"),
    ],
)
def test_what_is_missing_is_said_with_what_to_write(typed, code, said):
    found = hgvs_problem(typed)
    assert found.code == code
    assert said in found.en + found.hint_en
    assert said in found.ja + found.hint_ja


def test_the_examples_that_are_given_can_be_read_themselves():
    for code, words in WORDS.items():
        for text in (words.hint_en, words.hint_ja):
            for word in text.replace("、", " ").replace("。", " ").split():
                if word.strip(",;").startswith(("NM_", "NP_")) and "{" not in word:
                    assert hgvs_problem(word.strip(",;")) is None, (code, word)


@given(st.one_of(st.text(max_size=60), st.text("NMP_0138.5:cgp>ACGTdelins()[]+-*？＞：；, ", max_size=40)))
def test_any_text_is_read_without_failing_and_what_is_read_stays_the_same(text):
    found = hgvs_problem(text)
    if found is None:
        assert parse_hgvs(readable(text)) is not None
        assert readable(readable(text)) == readable(text)
    else:
        assert all((found.en, found.ja, found.hint_en, found.hint_ja))


@pytest.mark.parametrize("typed", ["c.2593C>T", "SCN1A:c.2593C>T", "g.123A>G", "CEP290(NM_025114.4):c.1A>G"])
def test_nobodys_change_is_put_onto_a_reference_it_does_not_stand_on(typed):
    problem = hgvs_problem(typed)
    for said in (problem.hint_en, problem.hint_ja):
        for reference in ("NM_000138.5:", "NC_000015.10:"):
            assert f"{reference}{typed.rpartition(':')[2]}" not in said
