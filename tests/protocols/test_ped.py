"""PED files: whole families back and forth, every mistake told with its line in both languages, any bytes survived."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kakehashi.protocols.ped import (
    MAX_MIB,
    MAX_PROBLEMS,
    Member,
    PedError,
    PedFile,
    Remark,
    dumps,
    from_pedigree,
    loads,
    to_pedigree,
)
from kakehashi.protocols.ped_problems import COLUMNS_JA, WORDS
from kakehashi.protocols.phenopacket.documents import Pedigree, Person

TRIO = "# 家系1\nF1\tdad\t0\t0\t1\t1\nF1\tmum\t0\t0\t2\t-9\tnot asked\t\n\nF1\tkid\tdad\tmum\t0\t2\n"


def problem(text, code):
    with pytest.raises(PedError) as caught:
        loads(text)
    found = [one for one in caught.value.problems if one.code == code]
    assert found, [one.code for one in caught.value.problems]
    return found[0]


def test_trio_is_read_and_written_letter_for_letter():
    file = loads(TRIO)
    assert [member.affected for member in file.members] == [False, None, True]
    assert file.members[1].extra == ("not asked", "")
    assert file.members[2].father == "dad"
    assert dumps(file) == TRIO


def test_blanks_full_width_blanks_windows_lines_and_a_byte_order_mark_are_understood():
    text = "\ufeffF1 dad 0  0 1 1\r\nF1　kid dad 0 2 2 7.5 x\r\n".encode()
    assert [member.individual for member in loads(text).members] == ["dad", "kid"]
    assert loads(text).members[1].extra == ("7.5", "x")


def test_two_families_may_use_one_individual_id():
    file = loads("F1 a 0 0 1 1\nF2 a 0 0 2 2\n")
    assert [family.id for family in file.families] == ["F1", "F2"]


@pytest.mark.parametrize(
    ("text", "code", "line", "path"),
    [
        ("F a 0 0 1 1\nF b x 0 1 1", "unknown-parent", 2, "father"),
        ("F a 0 0 2 1\nF b a 0 1 1", "parent-sex", 2, "father"),
        ("F a 0 0 1 1\nF b 0 a 1 1", "parent-sex", 2, "mother"),
        ("F a 0 0 0 1\nF b a a 1 1", "one-parent-twice", 2, "mother"),
        ("F a b 0 1 1\nF b a 0 1 1", "own-ancestor", 1, "individual"),
        ("F a a 0 1 1", "own-ancestor", 1, "individual"),
        ("F a 0 0 1 1\n#\nF a 0 0 1 1", "duplicate-individual", 3, "individual"),
        ("F a 0 0 1", "columns", 1, ""),
        ("F\ta\t\t0\t1\t1", "empty-column", 1, "father"),
        ("F 0 0 0 1 1", "bad-id", 1, "individual"),
        ("F a 0 0 M 1", "sex", 1, "sex"),
        ("F a 0 0 1 3.5", "phenotype", 1, "phenotype"),
        ("F a\x000 0 0 1 1", "control-character", 1, ""),
        ("# nobody\n", "no-members", None, ""),
        ("x" * (MAX_MIB * 1024 * 1024 + 1), "too-large", None, ""),
        (b"F a 0 0 1 1\nF \xff 0 0 1 1", "not-utf8", 2, "$"),
    ],
)
def test_mistake_is_told_with_its_line_and_what_to_do_in_both_languages(text, code, line, path):
    found = problem(text, code)
    assert (found.line, found.path) == (line, path)
    for language in ("en", "ja"):
        assert found.text(language)
        assert found.hint(language)
        assert "{" not in found.text(language) + found.hint(language)


def test_duplicate_names_the_first_line():
    found = problem("F a 0 0 1 1\nF a 0 0 1 1", "duplicate-individual")
    assert found.en.endswith("in line 1")
    assert found.ja.endswith("（1 行目）")


def test_every_mistake_is_told_at_once_but_not_without_end():
    with pytest.raises(PedError) as caught:
        loads("F a 0 0 x y\nF b 0 0 1\n")
    assert [one.code for one in caught.value.problems] == ["sex", "phenotype", "columns"]
    with pytest.raises(PedError) as caught:
        loads("no pedigree\n" * 5000)
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_every_column_has_a_japanese_name():
    assert all(COLUMNS_JA.values())
    assert all(words.ja and words.hint_ja for words in WORDS.values())


def test_what_could_not_be_read_back_cannot_be_made():
    for wrong in ({"family": "#F"}, {"individual": "a\tb"}, {"individual": "0"}, {"extra": (" x",)}, {"sex": "3"}):
        with pytest.raises(ValidationError):
            Member(**{"family": "F", "individual": "a"} | wrong)
    with pytest.raises(ValidationError):
        Remark(text="not a remark")
    with pytest.raises(ValidationError, match="not in family"):
        PedFile(rows=(Member(family="F", individual="a", father="b"),))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="F0129- \t\n#ab\r", max_size=120).map(str.encode)))
def test_any_bytes_give_a_file_or_problems(data):
    problems, file = (), None
    try:
        file = loads(data)
    except PedError as error:
        problems = error.problems
    assert (file is None) == bool(problems)
    assert all(one.en and one.ja and one.hint_en and one.hint_ja for one in problems)
    assert file is None or loads(dumps(file)) == file


@st.composite
def files(draw):
    """Families in which parents come from earlier members of the right sex, with remarks and columns of their own."""
    word = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="#"), min_size=1, max_size=6)
    name = word.filter(lambda text: text == text.strip() and text != "0" and _makes(text))
    rows = []
    for family in draw(st.lists(name, min_size=1, max_size=3, unique=True)):
        above = {"1": [None], "2": [None]}
        for individual in draw(st.lists(name, min_size=1, max_size=8, unique=True)):
            sex = draw(st.sampled_from("120"))
            rows.append(
                Member(
                    family=family,
                    individual=individual,
                    father=draw(st.sampled_from(above["1"])),
                    mother=draw(st.sampled_from(above["2"])),
                    sex=sex,
                    phenotype=draw(st.sampled_from(["1", "2", "0", "-9"])),
                    extra=tuple(draw(st.lists(st.sampled_from(["", "x", "a b", "7.5"]), max_size=3))),
                )
            )
            if sex in above:
                above[sex].append(individual)
    for text in draw(st.lists(st.sampled_from(["", "# note", "  #\tx"]), max_size=3)):
        rows.insert(draw(st.integers(0, len(rows))), Remark(text=text))
    return PedFile(rows=tuple(rows))


def _makes(text):
    try:
        return bool(Member(family=text, individual=text))
    except ValidationError:
        return False


@settings(max_examples=150, deadline=None)
@given(files())
def test_file_comes_back_whole(file):
    assert loads(dumps(file)) == file
    assert loads(dumps(file).encode()) == file
    assert loads(dumps(file).replace("\n", "\r\n")) == file


@settings(max_examples=80, deadline=None)
@given(files())
def test_family_comes_back_from_the_phenopacket_pedigree(file):
    for family in file.families:
        back = from_pedigree(Pedigree.model_validate_json(to_pedigree(family).model_dump_json()))
        kept = [
            one.model_copy(update={"extra": (), "phenotype": one.phenotype.replace("-9", "0")})
            for one in family.members
        ]
        assert list(back.members) == kept


def test_phenopacket_pedigree_without_family_ids_takes_the_familys():
    pedigree = Pedigree(persons=[Person(individual_id="a", sex="OTHER_SEX", affected_status="AFFECTED")])
    (member,) = from_pedigree(pedigree, "F7").members
    assert (member.family, member.sex, member.affected) == ("F7", "0", True)
    with pytest.raises(PedError) as caught:
        from_pedigree(pedigree)
    assert caught.value.problems[0].path == "$.pedigree.persons[0].family"


def test_parents_whose_lines_cannot_be_read_are_not_told_as_missing():
    with pytest.raises(PedError) as told:
        loads("F child dad 0 1 1\nF dad\x00 0 0 1 1\nF other nobody 0 1 1")
    assert [(one.code, one.line) for one in told.value.problems] == [("control-character", 2), ("unknown-parent", 3)]


def test_nothing_is_told_between_lines_of_a_file_that_was_not_read_to_its_end():
    wrong = "\n".join(f"F p{number} 0 0 9 1" for number in range(MAX_PROBLEMS + 1))
    with pytest.raises(PedError) as told:
        loads(f"F child dad 0 1 1\n{wrong}\nF dad 0 0 1 1")
    assert {one.code for one in told.value.problems} == {"sex"}
