"""Another funder's awards: read, compared with their rows, reported; all or nothing."""

import csv
from decimal import Decimal

import pytest
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.importing.mapping import parse_map, read_map
from kakehashi.systems.portfolio.importing.report import read_report
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.importing.telling import lines
from kakehashi.systems.portfolio.models import (
    Award,
    CollectedAward,
    CollectedLink,
    Collection,
    FaultKind,
    ImportFault,
    ImportRun,
)
from tests.systems.portfolio.importing.files import AWARDS, MAP, PEOPLE, written
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db


def taken(folder, text=MAP, changes=None, **options):
    return import_awards(written(folder, **(changes or {})), parse_map(text, "m.yaml"), by=None, **options)


def test_awards_are_written_with_their_units_days_and_claims(tmp_path):
    done = taken(tmp_path)
    rows = {one.number: one for one in CollectedAward.objects.all()}
    assert sorted(rows) == ["A1", "A2", "A3"]
    assert rows["A1"].amount == Decimal(1_500_000)
    assert rows["A2"].amount == Decimal(20_500)
    assert str(rows["A1"].ends) == "2022-03-31"
    assert rows["A2"].title == "untitled"
    assert rows["A1"].claims == {"patents": 1, "papers": 1}
    assert Collection.objects.get(pk=done.collection).licence == "CC0"
    assert not Award.objects.exists()


def test_every_row_that_is_left_out_is_told_with_its_reason(tmp_path):
    report = taken(tmp_path).report
    awards, patents, people = report.files
    assert (awards.read, awards.written) == (10, 3)
    assert awards.skipped == {"twice": 1, "order": 1, "unreadable": 3, "missing": 1, "misshapen": 1}
    assert (patents.read, patents.written, patents.orphans) == (7, 5, 1)
    assert patents.skipped == {"twice": 1, "no_reference": 1}
    assert (people.read, people.written, people.skipped) == (3, 2, {"twice": 1})
    for file in report.files:
        assert file.read == file.written + sum(file.skipped.values())
    odd = ImportFault.objects.get(kind=FaultKind.UNREADABLE, about="cost")
    assert (odd.line, odd.said) == (7, "many")


def test_claims_are_compared_with_their_rows(tmp_path):
    report = taken(tmp_path).report
    patents, papers = report.claims
    assert (patents.awards, patents.agree, patents.more, patents.less) == (3, 1, 1, 1)
    assert (patents.without, patents.exactly_one, patents.least, patents.most) == (1, 1, 1, 2)
    assert not patents.counts_absence_as_one
    assert not papers.compared
    more = ImportFault.objects.get(kind=FaultKind.CLAIMS_MORE)
    assert (more.number, more.said, more.found) == ("A3", "1", "0")


def test_a_count_that_is_never_nought_is_called_what_it_is(tmp_path):
    awards = "no,title,cost,from,to,n_pat,n_pub\n" + "".join(f"B{one},t,1,,,1,1\n" for one in range(20))
    report = taken(tmp_path, changes={"awards.csv": awards}).report
    assert report.claims[0].counts_absence_as_one
    with translation.override("en"):
        assert any("count a missing row as one" in line for line in lines(report))


def test_the_report_is_kept_as_it_was_told(tmp_path):
    done = taken(tmp_path)
    assert read_report(ImportRun.objects.get(pk=done.run).report) == done.report
    assert done.report.faulty == ImportFault.objects.count()
    assert done.report.amounts.total == "1520500.00"
    assert sum(count for _low, count in done.report.amounts.classes) == 3
    assert AuditEntry.objects.filter(action="award.import").exists()


def test_people_are_counted_and_never_kept(tmp_path):
    taken(tmp_path)
    kept = CollectedLink.objects.filter(kind="people")
    assert kept.count() == 2
    assert not kept.filter(reference__in=["12345", "777"]).exists()
    assert not ImportFault.objects.filter(said__in=["12345", "777"]).exists()


def test_a_preview_tells_the_same_and_writes_nothing(tmp_path):
    previewed = taken(tmp_path, dry_run=True)
    assert not ImportRun.objects.exists()
    assert not Collection.objects.exists()
    done = taken(tmp_path)
    previewed.report.seconds = done.report.seconds
    assert previewed.report == done.report
    assert (previewed.run, previewed.collection) == (None, None)


def test_what_is_here_already_is_refused_left_or_replaced(tmp_path):
    first = taken(tmp_path)
    with pytest.raises(Conflict):
        taken(tmp_path)
    assert taken(tmp_path, existing="skip").run is None
    assert CollectedAward.objects.count() == 3
    other = taken(tmp_path, name="Another")
    fewer = taken(tmp_path, existing="update", changes={"awards.csv": AWARDS[: AWARDS.index("A2")]})
    assert fewer.collection == first.collection
    assert other.collection != first.collection
    assert CollectedAward.objects.filter(collection=first.collection).count() == 1
    assert not ImportFault.objects.filter(run=first.run).exists()
    assert ImportRun.objects.get(pk=first.run).report["files"][0]["written"] == 3


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"awards.csv": AWARDS.replace("cost", "price", 1)},
            "has no column cost. Its first line names: no, title, price",
        ),
        ({"awards.csv": AWARDS.replace("title", "no", 1)}, "more than one column"),
        ({"awards.csv": AWARDS + 'A9,"open'}, "is not CSV"),
        ({"patents.csv.gz": ""}, "has no column award"),
        ({"people.csv": PEOPLE.replace("person", "human")}, "people.csv has no column person"),
    ],
)
def test_a_file_that_is_not_what_the_map_says_leaves_nothing_behind(tmp_path, changes, told):
    with translation.override("en"), pytest.raises(Invalid) as raised:
        taken(tmp_path, changes=changes)
    assert told in raised.value.detail
    assert not ImportRun.objects.exists()
    assert not CollectedAward.objects.exists()


def test_broken_and_foreign_files_are_named(tmp_path):
    path = written(tmp_path)
    (tmp_path / "patents.csv.gz").write_bytes((tmp_path / "patents.csv.gz").read_bytes()[:-12])
    with translation.override("en"), pytest.raises(Invalid, match=r"patents\.csv\.gz is broken"):
        import_awards(path, parse_map(MAP, "m.yaml"), by=None)
    path.write_bytes(AWARDS.replace("Livers", "肝臓").encode("cp932"))
    with translation.override("en"), pytest.raises(Invalid, match="cp932 for Shift JIS"):
        import_awards(path, parse_map(MAP, "m.yaml"), by=None)
    path.write_text(AWARDS)
    (tmp_path / "patents.csv.gz").unlink()
    with translation.override("en"), pytest.raises(Invalid, match=r"patents\.csv\.gz cannot be opened"):
        import_awards(path, parse_map(MAP, "m.yaml"), by=None)


def test_batches_find_what_earlier_ones_wrote(tmp_path, monkeypatch):
    whole = taken(tmp_path, name="whole").report
    monkeypatch.setattr("kakehashi.systems.portfolio.importing.collecting.AT_ONCE", 2)
    monkeypatch.setattr("kakehashi.systems.portfolio.importing.report.FLUSH", 2)
    parted = taken(tmp_path, name="parted").report
    parted.seconds = whole.seconds
    assert parted == whole


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", [Kind.AGENCY, Kind.HOSPITAL])
def test_only_the_agencys_administrators_import(tmp_path, role, kind):
    person = someone(role, kind)
    path = written(tmp_path)
    if role in rules.IMPORTS and kind == Kind.AGENCY:
        assert import_awards(path, parse_map(MAP, "m.yaml"), by=person, dry_run=True).report.files
    else:
        with pytest.raises(NotAllowed):
            import_awards(path, parse_map(MAP, "m.yaml"), by=person)


@pytest.mark.slow
def test_the_nih_tables_claim_patents_that_nobody_has(tmp_path, shared_data):
    """The first 5,000 projects with their links: every one claims a patent, most have no row."""
    import gzip

    folder = shared_data / "nih"
    if not folder.is_dir():
        pytest.skip("the NIH tables are not beside this checkout")
    numbers: set[str] = set()
    for name in ("project_io.csv.gz", "patents.csv.gz", "clinical_studies.csv.gz", "project_pis.csv.gz"):
        with gzip.open(folder / name, "rt", newline="") as opened, gzip.open(tmp_path / name, "wt", newline="") as out:
            reader = csv.DictReader(opened)
            writer = csv.DictWriter(out, reader.fieldnames)
            writer.writeheader()
            for place, row in enumerate(reader):
                if name == "project_io.csv.gz":
                    if place == 5_000:
                        break
                    numbers.add(row["project.num"])
                if row["project.num"] in numbers:
                    writer.writerow(row)
    report = import_awards(tmp_path / "project_io.csv.gz", read_map("nih"), by=None).report
    assert report.files[0].written == 5_000
    patents = next(one for one in report.claims if one.name == "patents")
    linked = CollectedAward.objects.filter(links__kind="patents").distinct().count()
    assert (patents.least, patents.without) == (1, 5_000 - linked)
    assert patents.agree + patents.more + patents.less == 5_000
    assert patents.counts_absence_as_one
