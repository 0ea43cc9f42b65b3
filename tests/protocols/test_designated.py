"""The list of designated intractable diseases as a table: read whole, or refused with every row that is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols.designated import (
    MAX_PROBLEMS,
    WORDS,
    DesignatedListError,
    DesignatedRow,
    plain_number,
    read_designated,
)

LIST = (
    "number,name_ja,name_en,references\n"
    "167,マルファン症候群,Marfan syndrome,OMIM:154700; ORPHA:558;MONDO:0007947\n"
    "140,ドラベ症候群,Dravet syndrome,Orphanet:33069\n"
    "177,ジュベール症候群関連疾患,Joubert syndrome and related disorders,\n"
)
MARFAN = DesignatedRow("167", "マルファン症候群", "Marfan syndrome", ("OMIM:154700", "ORPHA:558", "MONDO:0007947"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_list_is_read_however_it_was_saved(encoding, separator):
    found = read_designated(LIST.replace(",", separator).replace("\n", "\r\n").encode(encoding))
    assert found[0] == MARFAN
    assert [one.number for one in found] == ["167", "140", "177"]
    assert found[1].references == ("ORPHA:33069",)
    assert found[2].references == ()


def test_headings_may_be_japanese_and_ids_stand_in_columns_of_their_own():
    text = "告示番号,病名,英語名,OMIM,ORPHA,MONDO\n１６７,マルファン症候群,Marfan syndrome,154700,558,MONDO:0007947\n"
    assert read_designated(text.encode()) == [MARFAN]


def test_all_that_is_wrong_is_told_at_once_in_both_languages():
    text = LIST + "x,病気,,\n167,もう一つ,,\n5,,,\n6," + "あ" * 201 + ",,\n7,病気,,OMIM:1;ORPHA:558\n\n"
    with pytest.raises(DesignatedListError) as refused:
        read_designated(text.encode())
    told = [(one.code, one.line, one.path) for one in refused.value.problems]
    assert told == [
        ("number", 5, "number"),
        ("twice", 6, "number"),
        ("name", 7, "name_ja"),
        ("too-long", 8, "name_ja"),
        ("reference", 9, "references"),
    ]
    assert "in line 2" in refused.value.problems[1].en
    for one in refused.value.problems:
        assert all((one.en, one.ja, one.hint_en, one.hint_ja))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "columns"),
        (b"number,name\n1,x\n", "columns"),
        (b"number,name_ja\n", "empty"),
        (b"\xff\xfe\x00\x00" * 4, "encoding"),
        (b"PK\x03\x04\x00\x00", "encoding"),
        (b"x" * (4 * 1024 * 1024 + 1), "too-large"),
    ],
)
def test_what_is_no_such_list_is_said_to_be_none(data, code):
    with pytest.raises(DesignatedListError) as refused:
        read_designated(data)
    assert refused.value.problems[0].code == code


def test_a_long_list_of_problems_is_cut():
    with pytest.raises(DesignatedListError) as refused:
        read_designated(b"number,name_ja\n" + b"x,y\n" * 500)
    assert len(refused.value.problems) == MAX_PROBLEMS
    assert refused.value.cut


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *((written, "167") for written in ("167", "１６７", "指定難病167", "第１６７号", "指定難病 167", "No. 167")),
        *((written, "167") for written in ("designated disease 167", "NANBYO:167")),
        *((written, written) for written in ("21-2", "abc", "0")),
    ],
)
def test_a_number_is_read_however_it_is_written(written, number):
    assert plain_number(written) == number


@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: f"number,name_ja\n{text}".encode())))
def test_any_bytes_give_a_list_or_problems(data):
    problems, found = (), []
    try:
        found = read_designated(data)
    except DesignatedListError as error:
        problems = error.problems
    assert bool(found) != bool(problems)
    assert {one.code for one in problems} <= WORDS.keys()
