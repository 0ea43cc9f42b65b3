"""The agency's structure, kept by its administrators: terms, projects, programmes, placements, budgets shown again."""

import itertools
import json
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.figures import book
from kakehashi.systems.portfolio.installing import install_structure
from kakehashi.systems.portfolio.keeping import placing, structure, writing
from kakehashi.systems.portfolio.keeping.history import changes_of
from kakehashi.systems.portfolio.keeping.scheme import not_placed, scheme_of, under_every_term
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import (
    Axis,
    DiseaseArea,
    IntegratedProject,
    Placement,
    PlanTerm,
    Programme,
    SharedBudget,
)
from kakehashi.systems.portfolio.placements import counts_in, places
from kakehashi.systems.portfolio.reconciling import faults
from tests.systems.portfolio.adjustment.funds import someone
from tests.systems.portfolio.agency import YEAR, make_agency
from tests.systems.portfolio.kept import budget

pytestmark = pytest.mark.django_db
SINCE = date(2019, 10, 1)


@pytest.fixture
def term():
    term = structure.add_term(by=None, number=1, name="第1期", name_en="Term 1", begins=date(2015, 4, 1))
    for order, code in enumerate(("drugs", "rare")):
        structure.add_project(by=None, term=term, code=code, name=code, axis=Axis.MODALITY, order=order)
    return term


@pytest.fixture
def drugs(term):
    return term.projects.get(code="drugs")


@pytest.fixture
def rare(term):
    return term.projects.get(code="rare")


def project_of(programme, term, year):
    return places(term, year)[0].get(programme.pk)


def test_a_placement_ends_the_one_before(drugs, rare, term):
    one = structure.add_programme(by=None, code="gene", name="遺伝子")
    first = placing.place(by=None, project=drugs, programme=one)
    assert project_of(one, term, 2014) == drugs.pk  # whatever the year
    placing.place(by=None, project=rare, programme=one, since=SINCE)
    first.refresh_from_db()
    assert first.until == date(2019, 9, 30)
    assert [project_of(one, term, year) for year in (2018, 2019, 2020)] == [drugs.pk, rare.pk, rare.pk]
    assert [value for change in changes_of(first) for _name, value in change.before] == ["–"]
    for fault, said in (
        (Invalid, {"project": drugs}),
        (Conflict, {"project": drugs, "since": SINCE}),
        (Conflict, {"project": rare, "since": date(2021, 4, 1)}),
    ):
        with pytest.raises(fault):
            placing.place(by=None, programme=one, **said)
    assert Placement.objects.count() == 2


def test_an_award_is_placed_by_itself_with_its_money(drugs, rare, term):
    agency = make_agency()
    post_many(agency.paid(100), by=None)
    placing.place(by=None, project=drugs, programme=agency.programmes[0])
    placing.place(by=None, project=rare, award=agency.awards[0], since=date(2019, 4, 1))
    lines = book(YEAR, 1).projects
    assert (sum(lines[drugs.pk].committed.values()), sum(lines[rare.pk].committed.values())) == (0, 100)
    placed = Placement.objects.get(project=rare)
    placing.end_placement(by=None, placement=placed, on=date(2019, 12, 31))
    lines = book(YEAR, 1).projects
    assert (sum(lines[drugs.pk].committed.values()), sum(lines[rare.pk].committed.values())) == (100, 0)
    with pytest.raises(Conflict):
        placing.end_placement(by=None, placement=placed, on=date(2020, 12, 31))
    for said in ({}, {"programme": agency.programmes[0], "award": agency.awards[0]}):
        with pytest.raises(Invalid):
            placing.place(by=None, project=drugs, **said)


@given(
    st.lists(st.tuples(st.sampled_from(["drugs", "rare"]), st.dates(date(2015, 1, 1), date(2025, 1, 1))), max_size=6)
)
def test_nothing_counts_in_two_projects_of_a_term_on_one_day(moves):
    """Whatever is placed when: on each day at most one placement holds, and none is left open but the last."""
    Placement.objects.all().delete()
    term, _made = PlanTerm.objects.get_or_create(number=9, defaults={"name": "期", "begins": date(2015, 4, 1)})
    projects = {
        code: IntegratedProject.objects.get_or_create(
            term=term, code=code, defaults={"name": code, "axis": Axis.DISEASE}
        )[0]
        for code in ("drugs", "rare")
    }
    one, _made = Programme.objects.get_or_create(code="gene", defaults={"name": "遺伝子"})
    for code, since in moves:
        try:
            placing.place(by=None, project=projects[code], programme=one, since=since)
        except (Conflict, Invalid):
            continue
    spells = sorted((row.since, row.until) for row in Placement.objects.filter(programme=one))
    assert all(until is not None and until < spells[place + 1][0] for place, (_s, until) in enumerate(spells[:-1]))
    assert bool(spells) == bool(moves)


def test_what_counts_in_a_term_keeps_it_from_being_deleted(drugs, term):
    one = structure.add_programme(by=None, code="gene", name="遺伝子")
    placing.place(by=None, project=drugs, programme=one)
    budget(one, YEAR)
    placing.share_budget(by=None, programme=one, project=term.projects.get(code="rare"), fiscal_year=YEAR, amount_yen=5)
    with translation.override("en"), pytest.raises(Conflict) as refused:
        structure.delete_term(by=None, term=term)
    assert "placement: 1" in refused.value.detail
    with pytest.raises(Conflict):
        structure.delete_project(by=None, project=drugs)
    assert PlanTerm.objects.count() == 1
    assert not AuditEntry.objects.filter(action__endswith=".delete").exists()
    Placement.objects.all().delete()
    placing.end_share(by=None, share=SharedBudget.objects.get())
    structure.delete_project(by=None, project=drugs)
    structure.delete_term(by=None, term=term)
    assert not PlanTerm.objects.exists()
    told = AuditEntry.objects.filter(action="integratedproject.delete").values_list("detail", flat=True)
    assert [json.loads(one)["code"] for one in told] == ["drugs", "rare"]


def test_a_budget_is_shown_again_once_and_elsewhere(drugs, rare, term):
    one = structure.add_programme(by=None, code="gene", name="遺伝子")
    placing.place(by=None, project=drugs, programme=one)
    budget(one, YEAR)
    told = {"programme": one, "fiscal_year": YEAR, "amount_yen": 500}
    made = placing.share_budget(by=None, project=rare, **told)
    assert book(YEAR, 1).projects[rare.pk].shown_again == 500
    for fault, said in ((Invalid, {"project": drugs}), (Conflict, {"project": rare}), (Invalid, {"amount_yen": 0})):
        with pytest.raises(fault):
            placing.share_budget(by=None, **{"project": rare} | told | said)
    placing.change_share(by=None, share=made, amount_yen=400, source="資料")
    assert book(YEAR, 1).projects[rare.pk].shown_again == 400
    assert "500" in str(changes_of(made)[0].before)
    placing.end_share(by=None, share=made)
    assert "400" in str(changes_of(rare)[0].before)


def test_a_budget_is_never_counted_and_shown_again_in_one_project(drugs, rare, term):
    one = structure.add_programme(by=None, code="gene", name="遺伝子")
    budget(one, YEAR, 1_000)
    placing.place(by=None, project=drugs, programme=one)
    share = placing.share_budget(by=None, programme=one, project=rare, fiscal_year=YEAR, amount_yen=900)
    with pytest.raises(Conflict):
        placing.place(by=None, project=rare, programme=one, since=date(YEAR, 4, 1))
    assert places(term, YEAR)[0] == {one.pk: drugs.pk}  # what was refused ended nothing
    placing.place(by=None, project=rare, programme=one, since=date(YEAR + 1, 4, 1))
    assert list(faults()) == []
    Placement.objects.filter(project=rare).update(since=date(YEAR, 4, 1))
    assert [(told.code, told.where) for told in faults()] == [("shown_again", f"{YEAR}:gene:rare")]
    placing.end_share(by=None, share=share)
    assert list(faults()) == []


def test_what_is_shown_again_is_together_at_most_the_budget(drugs, rare, term):
    one = structure.add_programme(by=None, code="gene", name="遺伝子")
    other = structure.add_project(by=None, term=term, code="devices", name="機器", axis=Axis.MODALITY)
    placing.place(by=None, project=other, programme=one)
    told = {"programme": one, "fiscal_year": YEAR}
    with pytest.raises(Invalid):  # nothing is budgeted
        placing.share_budget(by=None, project=drugs, amount_yen=1, **told)
    budget(one, YEAR, 1_000)
    placing.share_budget(by=None, project=drugs, amount_yen=900, **told)
    with pytest.raises(Invalid) as refused:
        placing.share_budget(by=None, project=rare, amount_yen=101, **told)
    assert set(refused.value.problems) == {"amount_yen"}
    share = placing.share_budget(by=None, project=rare, amount_yen=100, **told)
    with pytest.raises(Invalid):
        placing.change_share(by=None, share=share, amount_yen=101, source="")
    assert list(faults()) == []
    SharedBudget.objects.filter(pk=share.pk).update(amount_yen=1_000)  # as published slides do: the whole in several
    assert list(faults()) == []
    SharedBudget.objects.filter(pk=share.pk).update(amount_yen=1_001)
    assert [(fault.code, fault.where) for fault in faults()] == [("shown_again", f"{YEAR}:gene:rare")]


@pytest.mark.parametrize(
    ("begins", "ends", "taken"),
    [
        ((2010, 4, 1), (2015, 3, 31), True),
        ((2020, 4, 1), None, True),
        ((2020, 4, 1), (2025, 3, 31), True),
        ((2020, 3, 31), None, False),
        ((2010, 4, 1), (2015, 4, 1), False),
        ((2010, 4, 1), None, False),
        ((2016, 4, 1), (2017, 3, 31), False),
    ],
)
def test_terms_follow_each_other(term, begins, ends, taken):
    structure.change_term(by=None, term=term, ends=date(2020, 3, 31))
    days = {"begins": date(*begins), "ends": date(*ends) if ends else None}
    other = PlanTerm.objects.create(number=7, name="別", begins=date(2040, 4, 1), ends=date(2041, 3, 31))
    if days["ends"] is None:
        other.delete()
    writes = [lambda: structure.add_term(by=None, number=2, name="第2期", **days)]
    if other.pk:
        writes.append(lambda: structure.change_term(by=None, term=other, **days))
    for write in writes:
        if taken:
            write()
            PlanTerm.objects.filter(number=2).delete()
        else:
            with pytest.raises(Invalid) as refused:
                write()
            assert set(refused.value.problems) == {"begins"}


def test_a_term_without_a_last_day_is_given_one_before_the_next_begins(term):
    with translation.override("en"), pytest.raises(Invalid) as refused:
        structure.add_term(by=None, number=2, name="第2期", begins=date(2020, 4, 1))
    assert "has no last day" in refused.value.detail


def test_what_was_taken_out_meanwhile_is_told_and_of_two_with_one_code_the_second(term, drugs, monkeypatch):
    one = PlanTerm.objects.get(pk=term.pk)
    structure.delete_term(by=None, term=term)
    with pytest.raises(Conflict):
        structure.change_term(by=None, term=one, name="別")
    structure.add_area(by=None, code="cancer", name="がん")
    monkeypatch.setattr(writing, "_check", lambda row: None)  # asked before the other one was there
    with pytest.raises(Conflict):
        structure.add_area(by=None, code="cancer", name="がん")
    assert DiseaseArea.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("code", {"code": "a b"}),
        ("code", {"code": "gene"}),
        ("name", {"name": " "}),
        ("ends", {"begins": date(2020, 4, 1), "ends": date(2019, 4, 1)}),
        ("last_phase", {"first_phase": "basic"}),
        ("last_phase", {"first_phase": "clinical", "last_phase": "basic"}),
        ("ministry", {"ministry": "none"}),
    ],
)
def test_a_programme_says_what_is_wrong_with_it(field, said):
    structure.add_programme(by=None, code="gene", name="遺伝子")
    with pytest.raises(Invalid) as refused:
        structure.add_programme(by=None, **{"code": "new", "name": "新"} | said)
    assert set(refused.value.problems) == {field}
    assert Programme.objects.count() == 1


def test_what_is_changed_says_what_it_said_before(term, drugs):
    structure.change_term(by=None, term=term, name="第一期", ends=date(2020, 3, 31))
    structure.change_project(by=None, project=drugs, axis=Axis.DISEASE)
    area = structure.add_area(by=None, code="cancer", name="がん")
    structure.change_area(by=None, area=area, name_en="Cancer")
    with translation.override("en"):
        assert changes_of(term)[0].before == (("name", "第1期"), ("ends", "–"))
        assert changes_of(drugs)[0].before == (("axis", "Modality"),)
        assert changes_of(area)[0].before == (("name in English", "–"),)
    with pytest.raises(Invalid) as refused:
        structure.change_term(by=None, term=term, ends=date(2014, 3, 31))
    assert set(refused.value.problems) == {"ends"}


def test_the_published_scheme_is_told_as_the_documents_tell_it():
    install_structure(by=None)
    term = PlanTerm.objects.get(number=1)
    rows = scheme_of(term, YEAR)
    placed = {one.programme_id for row in rows for one in row.programmes}
    assert [row.project.order for row in rows] == sorted(row.project.order for row in rows)
    assert placed == set(places(term, YEAR)[0])
    assert placed.isdisjoint({one.pk for one in not_placed(term, YEAR)})
    assert any(row.again for row in rows)
    for share in SharedBudget.objects.select_related("project__term"):
        assert not counts_in(share.programme_id, share.project, share.fiscal_year), share
    days = list(PlanTerm.objects.order_by("begins").values_list("begins", "ends"))
    assert all(ends < begins for (_b, ends), (begins, _e) in itertools.pairwise(days))
    terms = list(PlanTerm.objects.all())
    for programme, cells in under_every_term(terms, YEAR):
        assert bool(cells[0]) == (programme.pk in placed)


@pytest.mark.parametrize(("language", "words"), [("ja", "機構の構成"), ("en", "Structure of the agency")])
def test_pages_keep_the_structure_in_both_languages(client, language, words):
    administrator = someone(Role.ADMINISTRATOR)
    administrator.language = language
    administrator.save()
    client.force_login(administrator)
    client.cookies["django_language"] = language
    root = "/portfolio/structure/"
    assert "/portfolio/structure/add-term/" in client.get(root).content.decode()

    def send(path, wrong=None, **said):
        if wrong is not None:
            page = client.post(f"{root}{path}", said | wrong)
            assert page.status_code == 422, path
            assert all(str(kept) in page.content.decode() for key, kept in said.items() if key not in wrong), path
        answer = client.post(f"{root}{path}", said)
        assert answer.status_code == 302, (path, answer.context and answer.context["form"].errors)
        return client.get(answer.headers["Location"]).content.decode()

    days = {"begins": "2015-04-01", "ends": "2020-03-31"}
    assert words in send("add-term/", {"ends": "2014-03-31"}, number="1", name="第1期", **days)
    send("terms/1/", {"name": ""}, name="第1期計画", **days)
    send("terms/1/add-project/", {"code": "a b"}, code="drugs", name="医薬品", axis="modality", order="1")
    send("terms/1/add-project/", code="rare", name="難病", axis="disease", order="2")
    send("terms/1/projects/rare/", name="難病克服", axis="disease", order="2")
    phases = {"first_phase": "applied", "last_phase": "clinical"}
    send("add-programme/", {"last_phase": "basic"}, code="gene", name="遺伝子", ministry="mext", **phases)
    send("programmes/gene/", name="遺伝子治療", ministry="mhlw")
    send("add-area/", {"name": ""}, code="cancer", name="がん", order="0")
    assert "Oncology" in send("areas/cancer/", name="がん", name_en="Oncology", order="0") or language == "ja"
    drugs, rare = IntegratedProject.objects.order_by("order")
    send("place/", {"award": "none"}, project=drugs.pk, programme="gene")
    send("place/", {"since": ""}, project=rare.pk, programme="gene", since="2019-04-01")
    budget(Programme.objects.get(), 2019)
    send("show-again/", {"project": rare.pk}, project=drugs.pk, programme="gene", fiscal_year="2019", amount_yen="7")
    share = SharedBudget.objects.get()
    assert "12,345" in send(f"shown-again/{share.pk}/", {"amount_yen": "0"}, amount_yen="12345", source="資料")
    placed = Placement.objects.get(project=rare)
    send(f"placements/{placed.pk}/end/", {"on": "2018-01-01"}, on="2025-03-31")
    assert "2025-03-31" in client.get(f"{root}?term=1&year=2020").content.decode()
    for view in ("terms", "areas", "x"):
        assert client.get(f"{root}?term=1&year=2020&view={view}").status_code == 200
    assert client.post(f"{root}terms/1/", {"delete": "1"}).status_code == 409
    for page, lost in (
        ("terms/1/", "難病克服"),
        ("terms/1/projects/rare/", "難病克服"),
        (f"shown-again/{share.pk}/", "12,345"),
    ):
        danger = client.get(f"{root}{page}").content.decode().partition("danger-zone")[2]
        assert lost in danger.partition("</details>")[0], page  # named before it is asked once more
    send(f"shown-again/{share.pk}/end/")
    for page in ("programmes/gene/", "projects/drugs/?term=1&year=2019", ""):
        assert client.get(f"/portfolio/{page}").status_code == 200
    assert "第1期" in client.get(f"{root}terms/1/").content.decode()  # what it said before
    for missing in ("terms/77/", "programmes/x/", "areas/x/", "placements/98765/end/", "shown-again/98765/"):
        assert client.get(f"{root}{missing}").status_code == 404, missing
    assert DiseaseArea.objects.get().name_en == "Oncology"


def test_whoever_may_only_read_is_offered_no_form(client, term):
    client.force_login(someone(Role.PROGRAMME_DIRECTOR))
    page = client.get("/portfolio/structure/?term=1").content.decode()
    assert "add-" not in page
    assert client.get("/portfolio/structure/place/").status_code == 403
