"""Files of outputs: what they tell, what becomes of each entry, and that writing does what the preview says."""

import json

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.cli import main
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.actions import add_person
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Output
from kakehashi.systems.portfolio.outputs.importing import Fate, import_outputs, preview
from kakehashi.systems.portfolio.outputs.reading import READERS, read
from kakehashi.systems.portfolio.outputs.recognising import Recogniser
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import make_agency

ONE, OTHER = "19ek0109000", "19ek0109001"
BIBTEX = rf"""
@article{{a, title={{{{DNA}} of {{\"U}}ber}}, doi={{10.5555/A}}, journal={{Journal}}, year=2019, month=jun,
  note={{Supported by AMED under Grant Number JP{ONE} and JP99zz9999999}}}}
@misc{{b, title={{二つ目}}, doi={{https://doi.org/10.5555/b}}, date={{2019-07-02}}, funding={{JP{OTHER}h0001}}}}
@article{{c, title={{No DOI}}, year=2019}}
"""
WORK = {
    "DOI": "10.5555/A",
    "type": "journal-article",
    "title": ["A paper"],
    "container-title": ["Journal"],
    "published": {"date-parts": [[2019, 6]]},
    "funder": [{"name": "AMED", "award": [f"JP{ONE}", "JP99zz9999999"]}, {"name": "Other", "award": ["XY 1"]}],
}
CSV = f"kind,reference,on,title,awards\nlicence,L1,2019-06-01,導出,{ONE};{OTHER}\ntrial,NCT1,2019-06-01,,{ONE}\n"


@pytest.fixture
def agency(db):
    with translation.override("en"):
        yield make_agency()


def test_bibtex_tells_papers_and_the_awards_they_acknowledge(agency):
    first, second, third = read(BIBTEX.encode(), "bibtex")
    assert (first.told.title_en, first.told.where, str(first.told.on)) == ("DNA of Über", "Journal", "2019-06-01")
    assert first.numbers == (f"JP{ONE}", "JP99zz9999999")
    assert "2019-06-01" in first.note
    assert (second.told.title, second.note, second.numbers) == ("二つ目", "", (f"JP{OTHER}h0001",))
    assert (third.told, third.problem) == (None, "The entry has no doi.")


@pytest.mark.parametrize("told", [WORK, [WORK], {"message": WORK}, {"message": {"items": [WORK]}}])
def test_crossref_tells_works_alone_or_in_a_list(agency, told):
    (entry,) = read(json.dumps(told).encode(), "crossref")
    assert (entry.told.reference, entry.told.title_en, str(entry.told.on)) == ("10.5555/A", "A paper", "2019-06-01")
    assert entry.numbers == (f"JP{ONE}", "JP99zz9999999", "XY 1")


def test_a_preview_says_what_is_new_known_and_left_out(agency):
    rows = preview(read(BIBTEX.encode(), "bibtex"))
    assert [row.fate for row in rows] == [Fate.NEW, Fate.NEW, Fate.LEFT_OUT]
    assert (rows[0].awards, rows[0].strange) == ([agency.awards[0]], ["JP99zz9999999"])
    assert rows[1].awards == [agency.awards[1]] or rows[1].strange
    assert not Output.objects.exists()
    import_outputs(rows, by=None)
    again = preview(read(json.dumps(WORK).encode(), "crossref"), agency.awards)
    assert [(row.fate, row.awards) for row in again] == [(Fate.CREDITED, [agency.awards[1]])]
    import_outputs(again, by=None)
    assert Output.objects.get(reference="10.5555/a").credits.count() == 2
    assert [row.fate for row in preview(read(json.dumps(WORK).encode(), "crossref"))] == [Fate.KNOWN]


def test_the_same_work_twice_in_a_file_is_one_output_of_all_its_awards(agency):
    other = WORK | {"DOI": "https://doi.org/10.5555/a", "funder": [{"award": [OTHER]}]}
    rows = preview(read(json.dumps([WORK, other]).encode(), "crossref"))
    assert [(row.fate, row.awards) for row in rows] == [(Fate.NEW, list(agency.awards)), (Fate.KNOWN, [])]
    assert import_outputs(rows, by=None)[Fate.NEW] == 1
    assert Output.objects.get().credits.count() == 2


def test_an_entry_that_names_no_award_here_needs_one(agency):
    bare = WORK | {"funder": []}
    (row,) = preview(read(json.dumps(bare).encode(), "crossref"))
    assert (row.fate, row.notes[-1]) == (Fate.LEFT_OUT, "Name at least one award that it came from.")
    (row,) = preview(read(json.dumps(bare).encode(), "crossref"), agency.awards[:1])
    assert (row.fate, row.awards) == (Fate.NEW, [agency.awards[0]])


@pytest.mark.parametrize(
    ("content", "shape", "said"),
    [
        (b"\xff\xfe", "csv", "UTF-8"),
        (b"", "csv", "lacks kind, reference, on"),
        (b"kind,reference,on,nonsense\n", "csv", "nonsense"),
        (b"kind,reference,on\n", "csv", "no row"),
        (b"{}", "crossref", "no works"),
        (b"{", "crossref", "no JSON"),
        (b"no bibtex at all", "bibtex", "no entry"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, shape, said):
    with translation.override("en"), pytest.raises(Invalid, match=said):
        read(content, shape)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["DOI", "message", "items", "title", "published", "date-parts", "funder", "award"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(list(READERS)), st.text(max_size=200) | JSON.map(json.dumps))
def test_no_file_breaks_a_reader(shape, text):
    try:
        entries = read(text.encode("utf-8", "replace"), shape)
    except Invalid:
        return
    assert all((entry.told is None) == bool(entry.problem) for entry in entries)


def test_a_number_means_the_award_whatever_its_contract(agency):
    agency.awards[0].__class__.objects.filter(pk=agency.awards[0].pk).update(number=f"{ONE}h0001")
    found = Recogniser([f"JP{ONE}", f"{ONE}h0001", ONE, OTHER, "nothing"]).awards
    assert {word: one.pk for word, one in found.items()} == {
        f"JP{ONE}": agency.awards[0].pk,
        f"{ONE}h0001": agency.awards[0].pk,
        ONE: agency.awards[0].pk,
        OTHER: agency.awards[1].pk,
    }


def run(*words):
    return CliRunner(env={"KAKEHASHI_CLI_LANGUAGE": "en"}).invoke(main, ["portfolio", "outputs", "import", *words])


def test_the_command_previews_writes_and_names_what_it_leaves_out(agency, tmp_path):
    file = tmp_path / "outputs.csv"
    file.write_text(CSV, encoding="utf-8")
    looked = run(str(file), "--format", "csv", "--preview")
    assert looked.output.splitlines()[0].split("\t")[:4] == ["2", "new", "L1", f"{ONE},{OTHER}"]
    assert not Output.objects.exists()
    written = run(str(file), "--format", "csv", "--award", f"JP{ONE}")
    assert written.exit_code == 1
    assert "New: 1, credited to more awards: 0, nothing to add: 0, left out: 1." in written.output
    assert Output.objects.get().credits.count() == 2
    assert run(str(file), "--format", "csv", "--award", "none").exit_code == 2


@pytest.mark.parametrize("role", list(Role))
def test_a_file_is_looked_at_and_written_by_those_who_may(agency, client, role):
    where = Organisation.objects.create(code="agency", name="機構", kind=Kind.AGENCY)
    client.force_login(add_person(by=None, email="a@example.com", name="見本", organisation=where, role=role))
    allowed = role in rules.RECORDS_OUTPUTS
    said = {"content": CSV, "format": "csv", "awards": ""}
    looked = client.post("/portfolio/outputs/import/", said, headers={"accept-language": "en"})
    assert looked.status_code == (200 if allowed else 403)
    if allowed:
        text = looked.content.decode()
        assert "Nothing is written yet." in text
        assert "NCT1 is no number of a trial" in text
    assert not Output.objects.exists()
    written = client.post("/portfolio/outputs/import/", said | {"write": "1"})
    assert written.status_code == (302 if allowed else 403)
    assert Output.objects.count() == allowed
    wrong = client.post("/portfolio/outputs/import/", said | {"content": ""})
    assert wrong.status_code == (422 if allowed else 403)


def test_a_work_of_an_impossible_day_is_left_out_and_the_others_are_taken(agency):
    days = [[[10**20]], [[2019, 10**20]], [[2019, 2, 31]], [[-1]], [["2019"]], [[]], [None]]
    works = [WORK | {"DOI": f"10.5555/{n}", "published": {"date-parts": parts}} for n, parts in enumerate(days)]
    entries = read(json.dumps([*works, WORK]).encode(), "crossref")
    assert [entry.told is None for entry in entries] == [True] * len(days) + [False]
    assert all(entry.problem for entry in entries[:-1])
    (entry,) = read(f"@article{{a, doi={{10.5555/a}}, year={{2020}}, month={{{'9' * 20}}}}}".encode(), "bibtex")
    assert (entry.told, bool(entry.problem)) == (None, True)


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (b"kind,reference,on\ndataset,ab\0c,2020-01-01\n", "csv"),
        (b"@misc{a, doi={10.5555/a\0}, year=2019}", "bibtex"),
        (json.dumps(WORK | {"title": ["a\0b"]}).encode(), "crossref"),
        (json.dumps(WORK | {"DOI": "10.5555/\ud800"}).encode(), "crossref"),
    ],
)
def test_a_file_with_what_no_database_keeps_is_refused(agency, client, content, shape):
    with pytest.raises(Invalid) as caught:
        read(content, shape)
    assert set(caught.value.problems) == {"file"}
    client.force_login(someone(Role.PROGRAMME_OFFICER))
    upload = SimpleUploadedFile("a", content)
    answered = client.post("/portfolio/outputs/import/", {"file": upload, "format": shape, "awards": ONE})
    assert (answered.status_code, answered.context["form"].errors.keys()) == (422, {"file"})
    assert not Output.objects.exists()
