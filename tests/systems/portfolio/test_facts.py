"""The documents' facts: read whole, sourced, in both languages, and their sums come out."""

import re
import subprocess
import sys
from importlib.resources import files

import pytest
import yaml
from pydantic import BaseModel

from kakehashi.systems.portfolio.facts import reckoning
from kakehashi.systems.portfolio.facts.reading import FactsUnreadable, load, read
from kakehashi.systems.portfolio.facts.shapes.base import Fact, Text
from kakehashi.systems.portfolio.facts.shapes.structure import Ministry, ProgrammeKind
from tests.systems.portfolio.counted import counted_yen, programme_yen

DATA = files("kakehashi.systems.portfolio.facts") / "data"
FILES = sorted(file.name for file in DATA.iterdir() if file.name.endswith(".yaml"))
JAPANESE = re.compile(r"[ぁ-ヿ一-鿿]")
OKU = 100_000_000


@pytest.fixture(scope="module")
def facts():
    return load()


def rows(facts):
    for name in type(facts).model_fields:
        held = getattr(facts, name)
        yield from ((name, row) for row in (held.values() if isinstance(held, dict) else held))


def inside(row):
    """The row and every shape within it."""
    yield row
    for name in type(row).model_fields:
        value = getattr(row, name)
        several = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for one in several:
            if isinstance(one, BaseModel):
                yield from inside(one)


def mappings(node):
    if isinstance(node, yaml.MappingNode):
        yield node
        for key, value in node.value:
            yield from mappings(key)
            yield from mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from mappings(item)


@pytest.mark.parametrize("name", FILES)
def test_a_file_keeps_within_its_room_and_says_nothing_twice(name):
    text = (DATA / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in mappings(yaml.compose(text)):
        keys = [key.value for key, _value in node.value if key.value != "<<"]
        assert len(keys) == len(set(keys)), node.start_mark
    assert not re.search(r"\.pdf|\.txt|(?<!\w)/(?:home|work|root)/|[0-9a-f]{16}", text), (
        "no path or file id of a machine"
    )


def test_facts_are_read_without_django():
    asked = (
        "import sys; from kakehashi.systems.portfolio.facts.reading import load; load(); print('django' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"


def test_every_subject_has_facts(facts):
    assert [name for name in type(facts).model_fields if not getattr(facts, name)] == []


def test_every_fact_names_where_it_stands(facts):
    for _name, row in rows(facts):
        if isinstance(row, Fact):
            for place in row.source:
                document, heading = facts.place(place)
                assert document.title.ja
                assert heading.ja


def test_every_place_and_reason_is_used(facts):
    sourced, given = set(), set()
    for _name, row in rows(facts):
        if isinstance(row, Fact):
            sourced |= set(row.source)
            given |= {row.why, *row.inferred.values()}
        given |= {getattr(row, field, None) for field in ("difference_because", "years_because")}
    assert given - {None} == set(facts.reasons)
    unused = {f"{one.key}/{place}" for one in facts.documents for place in one.places} - sourced
    # Headings whose contents are words only, kept so that a page can name every slide.
    assert unused <= {
        "five-years-2020/organisation",
        "review-2025/coordinators",
        "review-2025/reform-term3",
        "review-2025/term2-check",
        "management-2019/great",
        "budget-2019/organisation",
    }


def test_everything_is_said_in_both_languages(facts):
    for name, row in rows(facts):
        for one in inside(row):
            if isinstance(one, Text):
                assert not JAPANESE.search(one.en), (name, one)
                latin = not JAPANESE.search(one.ja)
                assert not latin or len(one.ja) < 40, (name, one)


def test_inferred_facts_say_why(facts):
    for _name, row in rows(facts):
        if isinstance(row, Fact):
            for field in type(row).model_fields:
                assert (row.certainty == "inferred" or field in row.inferred) == bool(row.inferred.get(field, row.why))


def test_terms_follow_each_other_and_have_nine_six_and_eight_projects(facts):
    first, second, third = facts.terms
    assert [(term.begins.year, term.ends.year) for term in facts.terms] == [(2014, 2020), (2020, 2025), (2025, 2030)]
    assert (second.begins - first.ends).days == (third.begins - second.ends).days == 1
    of_term = {term.key: [one for one in facts.integrated_projects if one.term == term.key] for term in facts.terms}
    assert [len(of_term[term.key]) for term in facts.terms] == [9, 6, 8]
    for projects in of_term.values():
        assert [one.number for one in projects] == list(range(1, len(projects) + 1))
    axes = [one.axis for one in of_term["term-1"]]
    assert (axes.count("cross-cutting"), axes.count("disease")) == (5, 4)
    assert {one.axis for one in of_term["term-2"]} == {"modality"}


def test_programmes_stand_in_the_schemes_of_their_terms(facts):
    term = {one.key: one.term for one in facts.integrated_projects}
    budgeted = {line.programme for line in facts.budget_lines}
    assert len(budgeted) == 38
    assert len(facts.programmes) == 75
    for one in facts.programmes:
        assert {term[key] for key in (one.term1, *one.shown_in) if key} <= {"term-1"}
        assert one.term2 is None or term[one.term2] == "term-2"
        assert one.term3 is None or term[one.term3] == "term-3"
        assert one.term2 is None or (one.certainty == "inferred" or "term2" in one.inferred)
        assert one.ministry is not None or one.inferred["ministry"] == "ministry-unsure"
        assert (one.part_of is None) == (one.kind in {ProgrammeKind.PROGRAMME, ProgrammeKind.OTHER_FUNDER}) or (
            one.kind is ProgrammeKind.SCHEME
        )
        if one.key in budgeted:
            assert one.term1
            assert one.ministry
            assert one.phases


def test_a_programme_has_a_ministry_of_its_projects_legend(facts):
    for line in facts.budget_lines:
        assert facts.programme(line.programme).ministry in facts.project(line.project).ministries
    assert {one for project in facts.integrated_projects for one in project.ministries} == {
        Ministry.MEXT,
        Ministry.MHLW,
        Ministry.METI,
    }


def test_published_totals_come_out_of_their_rows_or_the_difference_is_explained(facts):
    checked = reckoning.reconcile(facts)
    assert [row for row in checked if not row.settled] == []
    assert {row.key for row in checked if row.because} == {
        "irud-diagnoses-2019",
        "irud-rate-2019",
        "fund-university-startups",
    }


@pytest.mark.parametrize(
    ("project", "published_oku", "shown", "counted", "in_house"),
    [
        ("t1-drugs", 214, 21_380_000_000, 21_380_000_000, 5_130_000_000),
        ("t1-devices", 124, 12_420_000_000, 11_170_000_000, 0),
        ("t1-hubs", 89, 8_900_000_000, 8_900_000_000, 0),
        ("t1-regenerative", 147, 14_730_000_000, 14_530_000_000, 0),
        ("t1-genome", 98, 9_840_000_000, 6_180_000_000, 1_800_000_000),
        ("t1-cancer", 163, 16_340_000_000, 12_230_000_000, 0),
        ("t1-brain", 90, 8_950_000_000, 8_350_000_000, 0),
        ("t1-infections", 57, 5_650_000_000, 5_050_000_000, 1_720_000_000),
        ("t1-rare", 126, 12_580_000_000, 8_150_000_000, 0),
    ],
)
def test_a_project_shows_and_counts_what_its_slide_prints(facts, project, published_oku, shown, counted, in_house):
    (row,) = [one for one in facts.project_budgets if one.project == project]
    assert row.agency_yen == published_oku * OKU
    assert reckoning.shown_yen(facts, project, 2019) == shown
    assert counted_yen(facts, project, 2019) == counted
    assert sum(line.amount_yen for line in facts.in_house_lines if line.project == project) == in_house
    assert row.partly_shared == any(line.shared for line in facts.budget_lines if line.project == project)


def test_shared_money_counts_once_in_its_home(facts):
    counted = sum(counted_yen(facts, one.project, 2019) for one in facts.project_budgets)
    by_programme = sum(programme_yen(facts, key, 2019) for key in {one.programme for one in facts.budget_lines})
    assert counted == by_programme == 95_940_000_000
    at_home = {}
    for line in facts.budget_lines:
        assert line.shared == (line.home != line.project)
        if not line.shared:
            at_home[line.programme, line.project] = line.amount_yen
    for line in facts.budget_lines:
        programme = facts.programme(line.programme)
        if line.shared:
            assert line.project in programme.shown_in
            assert (line.amount_yen or 0) <= at_home[line.programme, line.home]
    for programme in facts.programmes:
        shown = {line.project for line in facts.budget_lines if line.programme == programme.key and line.shared}
        if programme.key in {line.programme for line in facts.budget_lines}:
            assert shown == set(programme.shown_in), programme.key
            assert (programme.key, programme.term1) in at_home


def test_goals_have_actuals_that_agree_over_the_years(facts):
    def of(measure, cumulative, year):
        return {
            row.value
            for row in facts.actuals
            if (row.measure, row.cumulative, row.fiscal_year) == (measure, cumulative, year)
        }

    (panel,) = {row.value for row in facts.actuals if row.measure == "drug-consultations" and row.fiscal_year is None}
    assert of("drug-consultations", True, 2019) == {panel + 324} == {1700}
    assert of("drug-support", True, 2019) == {117 + 34} == {151}
    targets = {measure.key: measure.target for goal in facts.goals for measure in goal.measures}
    assert [targets[key] for key in ("drug-consultations", "drug-support", "drug-licences", "drug-targets")] == [
        1500,
        200,
        5,
        10,
    ]
    assert {goal.project for goal in facts.goals} == {
        one.key for one in facts.integrated_projects if one.term == "term-1"
    }
    assert {row.key: row.value for row in facts.term_outcomes if "covid" not in row.key} == {
        "term2-approvals": 40,
        "term2-licences": 434,
        "term2-non-clinical-poc": 357,
        "term2-top-journals": 6090,
    }


def test_lineages_go_on_without_a_gap(facts):
    for lineage in facts.lineages:
        for before, after in zip(lineage.steps, lineage.steps[1:], strict=False):
            assert 0 <= after.begins_year - before.ends_year <= 1
        dated = [event.when for event in lineage.events if event.when]
        assert dated == sorted(dated)
    cancer = facts.lineages[0]
    assert [one.fiscal_year for one in cancer.steps[0].adjustments] == [2017, 2019, 2021]


def test_the_map_and_the_forum_have_their_numbers(facts):
    assert len({row.country for row in facts.joint_research}) == 29
    marks = [(row.country, row.scheme, row.field) for row in facts.joint_research]
    assert len(marks) == len(set(marks)) == 63
    forum = facts.investigator_forums[0]
    assert sum(group.people for group in forum.groups) == forum.investigators == 3 * forum.teams
    assert sum(award.direct_cost_yen for award in facts.aspire_awards) == 4 * 380_000_000 + 2 * 115_000_000


def test_reviews_abroad_are_four_done_and_nine_planned(facts):
    standing = [row.standing for row in facts.international_reviews]
    assert (standing.count("done"), standing.count("planned")) == (4, 9)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("reasons: {a: {ja: い, en: a}}\nterms: [{key: t}]\n", "terms.0.number"),
        ("reasons: [1]\n", "reasons"),
        ("- 1\n", "holds no mapping"),
        ("a: [\n", "is not YAML"),
        ("reasons: 7\n", "must be a list of rows"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path, written, says):
    (tmp_path / "broken.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(FactsUnreadable, match=re.escape(says)):
        read(tmp_path)


def copied(tmp_path, name, old, new):
    for file in FILES:
        text = (DATA / file).read_text(encoding="utf-8")
        assert file != name or old in text
        (tmp_path / file).write_text(text.replace(old, new, 1) if file == name else text, encoding="utf-8")
    return tmp_path


def test_a_key_that_leads_nowhere_is_named(tmp_path):
    folder = copied(tmp_path, "money.yaml", "programme: moonshot", "programme: moonshine")
    with pytest.raises(FactsUnreadable, match="fund-moonshot names moonshine, which is not in programmes"):
        read(folder)


def test_a_key_given_twice_is_named(tmp_path):
    folder = copied(tmp_path, "money.yaml", "key: fund-aspire", "key: fund-moonshot")
    with pytest.raises(FactsUnreadable, match="the key fund-moonshot stands 2 times"):
        read(folder)


def test_a_figure_that_no_longer_adds_up_is_found(tmp_path):
    folder = copied(tmp_path, "budgets_fy2019.yaml", "amount_yen: 2_180_000_000", "amount_yen: 2_980_000_000")
    (wrong,) = [row for row in reckoning.reconcile(read(folder)) if not row.settled]
    assert (wrong.subject, wrong.key, wrong.difference) == ("agency_yen", "t1-drugs", -780_000_000)


def test_inferred_without_a_reason_is_refused(tmp_path):
    folder = copied(tmp_path, "logic_models.yaml", "    why: columns-lost\n", "")
    with pytest.raises(FactsUnreadable, match="give `why` the key of a reason"):
        read(folder)
