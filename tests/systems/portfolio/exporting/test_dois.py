"""Metadata of awards' DOIs hold to the element tables of Crossref's grant schema 0.2.0 and DataCite 4.6."""

import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some

from kakehashi.cli import main
from kakehashi.kernel.errors import Invalid
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.roles import Role
from kakehashi.systems.portfolio.contracts.actions import record_contract
from kakehashi.systems.portfolio.doi import keep_dois, written
from kakehashi.systems.portfolio.exporting.dois import NAMESPACE, _add, dois_of, parts_of_name
from kakehashi.systems.portfolio.investigators.actions import name_investigator
from kakehashi.systems.portfolio.ledger.posting import post_many
from kakehashi.systems.portfolio.models import Award, Part
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.test_pages import someone

pytestmark = pytest.mark.django_db

# element: its children in their order, each with how often it stands (crossref.org, grants markup guide, 0.2.0)
CROSSREF = {
    "doi_batch": "head body",
    "head": "doi_batch_id timestamp depositor registrant",
    "depositor": "depositor_name email_address",
    "body": "grant+",
    "grant": "project+ award-number award-start-date? doi_data",
    "project": "project-title+ investigators? description* award_amount? funding+ award-dates?",
    "investigators": "person+",
    "person": "givenName? familyName? alternateName* affiliation* ORCID?",
    "affiliation": "institution ROR?",
    "funding": "(ROR|funder-name funder-id) funding-scheme?",
    "doi_data": "doi resource",
}
ATTRIBUTES = {
    "doi_batch": {"version"},
    "project-title": {"lang"},
    "description": {"lang"},
    "person": {"role"},
    "institution": {"country"},
    "award_amount": {"currency"},
    "funding": {"funding-type"},
    "award-dates": {"start-date", "end-date"},
}
VALUES = {
    "timestamp": r"\d{17}",
    "award-start-date": r"\d{4}-\d\d-\d\d",
    "award_amount": r"[1-9]\d*",
    "ROR": r"https://ror\.org/0[a-z0-9]{6}\d\d",
    "funder-id": r"https?://(dx\.)?doi\.org/10\.13039/\d+",
    "doi": r"10\.\d{4,9}/\S{1,200}",
    "resource": r"https?://\S+",
}
FUNDING_TYPES = {"award", "contract", "fellowship", "grant", "prize"}
DATACITE = {"schemaVersion", "doi", "url", "types", "creators", "titles", "publisher", "publicationYear"}


def short(name):
    return name.rpartition("}")[2]


def faults_of(element, path=""):
    """Where an element does not stand as the table says."""
    name = short(element.tag)
    children = [short(one.tag) for one in element]
    if name in CROSSREF:
        wanted = re.sub(r"([A-Za-z_][\w-]*)", r"(?:\1,)", CROSSREF[name]).replace(" ", "")
        if not re.fullmatch(wanted, "".join(f"{one}," for one in children)):
            yield f"{path}/{name}: {children}"
    elif children:
        yield f"{path}/{name} has children"
    if {short(one) for one in element.attrib} - {"schemaLocation"} != ATTRIBUTES.get(name, set()):
        yield f"{path}/{name}: {element.attrib}"
    text = (element.text or "").strip()
    if name not in CROSSREF and name != "award-dates" and not re.fullmatch(VALUES.get(name, r"(?s).+"), text):
        yield f"{path}/{name}: {text!r}"
    for one in element:
        yield from faults_of(one, f"{path}/{name}")


@pytest.fixture
def agency(settings):
    settings.DOI_PREFIX = "10.5555"
    agency = make_agency()
    Organisation.objects.create(code="AG", name="機構", name_en="Agency", kind=Kind.AGENCY, ror="057zh3y96")
    Award.objects.update(title_en="A title", summary="要約 <&>", published_on=date(2019, 4, 1))
    held = {"award": agency.awards[0], "organisation": agency.institutions[0], "since": date(2019, 4, 1)}
    name_investigator(by=None, part=Part.PRINCIPAL, name="見本 花子", name_en="Hanako MIHON", **held)
    name_investigator(by=None, part=Part.CO_INVESTIGATOR, name="見本太郎", **held)
    post_many(agency.paid(1_000), by=None)
    return agency


def crossref(*awards):
    return ElementTree.fromstring(written(awards or list(Award.objects.order_by("number")), "crossref"))


def found(root, path):
    return [one.text for one in root.iterfind("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))]


def test_crossref_holds_to_its_table_and_tells_the_award(agency):
    root = crossref()
    assert not list(faults_of(root))
    assert root.get("version") == "0.2.0"
    grant = root.find(f"{{{NAMESPACE}}}body/{{{NAMESPACE}}}grant")
    assert found(grant, "project/project-title") == ["課題0", "A title"]
    assert found(grant, "project/investigators/person/familyName") == ["MIHON", "見本太郎"]
    assert found(grant, "project/investigators/person/givenName") == ["Hanako"]
    assert found(grant, "project/award_amount") == ["1000"]
    assert found(grant, "project/funding/ROR") == ["https://ror.org/057zh3y96"]
    assert found(grant, "project/funding/funding-scheme") == ["Gene programme"]
    assert found(grant, "award-number") == ["JP19ek0109000"]
    assert found(grant, "doi_data/doi") == ["10.5555/JP19ek0109000"]
    assert found(grant, "doi_data/resource")[0].endswith("/awards/19ek0109000/")
    assert found(grant, "project/description") == ["要約 <&>"]
    assert all(one.get("funding-type") in FUNDING_TYPES for one in root.iter(f"{{{NAMESPACE}}}funding"))


def test_what_was_agreed_goes_before_what_is_committed(agency):
    award = agency.awards[0]
    days = {"signed_on": award.begins, "begins": award.begins, "ends": award.ends}
    record_contract(
        by=None,
        award=award,
        number="C",
        kind="commission",
        organisation=award.organisation,
        amount_yen=7_000,
        **days,
    )
    root = crossref(award)
    assert not list(faults_of(root))
    assert [one.text for one in root.iter(f"{{{NAMESPACE}}}award_amount")] == ["7000"]
    assert [one.get("funding-type") for one in root.iter(f"{{{NAMESPACE}}}funding")] == ["contract"]


def test_without_a_ror_the_funder_id_stands(agency, settings):
    Organisation.objects.filter(code="AG").update(ror="")
    with pytest.raises(Invalid, match="KAKEHASHI_FUNDER_ID"):
        crossref()
    settings.FUNDER_ID = "https://doi.org/10.13039/100009619"
    root = crossref()
    assert not list(faults_of(root))
    settings.DOI_PREFIX = ""
    with pytest.raises(Invalid, match="KAKEHASHI_DOI_PREFIX"):
        crossref()


def test_datacite_holds_what_it_must(agency):
    first, second = json.loads(written(list(Award.objects.order_by("number")), "datacite"))
    for one in (first, second):
        assert set(one) >= DATACITE
        assert one["types"]["resourceTypeGeneral"] == "Award"
        assert re.fullmatch(r"\d{4}", one["publicationYear"])
        assert all(creator["name"] for creator in one["creators"])
    assert first["titles"] == [{"title": "課題0", "lang": "ja"}, {"title": "A title", "lang": "en"}]
    assert first["creators"][0]["name"] == "MIHON, Hanako"
    assert second["creators"][0]["nameType"] == "Organizational"
    assert first["dates"] == [{"date": "2019-04-01/2021-03-31", "dateType": "Valid"}]
    assert first["fundingReferences"][0]["awardNumber"] == "JP19ek0109000"


@pytest.mark.parametrize(
    ("name", "name_en", "parts"),
    [
        ("見本 花子", "Hanako Mihon", ("Hanako", "Mihon")),
        ("見本 花子", "MIHON Hanako", ("Hanako", "MIHON")),
        ("見本　花子", "", ("花子", "見本")),
        ("見本花子", "", ("", "見本花子")),
        ("", "Plato", ("", "Plato")),
    ],
)
def test_names_come_in_two_parts(name, name_en, parts):
    assert parts_of_name(name, name_en) == parts


@given(some.text(min_size=1).filter(str.strip))
def test_no_part_of_a_name_is_lost(name):
    given_name, family = parts_of_name("", name)
    assert sorted([*given_name.split(), family]) == sorted(name.split())


def test_the_command_writes_and_keeps(agency, tmp_path):
    file = tmp_path / "grants.xml"
    run = CliRunner().invoke(main, ["portfolio", "doi", "--all", "--output", str(file)])
    assert run.exit_code == 0, run.output
    assert len(list(ElementTree.parse(file).iter(f"{{{NAMESPACE}}}grant"))) == 2
    run = CliRunner().invoke(main, ["portfolio", "doi", "19ek0109000", "--format", "datacite"])
    assert json.loads(run.stdout)[0]["doi"] == "10.5555/JP19ek0109000"
    for wrong in ([], ["nothing"], ["--all", "19ek0109000"]):
        assert CliRunner().invoke(main, ["portfolio", "doi", *wrong]).exit_code != 0
    assert CliRunner().invoke(main, ["portfolio", "doi", "19ek0109000", "--registered"]).exit_code == 0
    assert Award.objects.get(number="19ek0109000").doi == "10.5555/JP19ek0109000"
    assert keep_dois(list(Award.objects.all()), by=None) == 1  # what is kept stays


@pytest.mark.parametrize("role", list(Role))
def test_role_by_role_the_file_is_for_who_registers_awards(agency, client, role):
    client.force_login(someone(role, Kind.AGENCY, "AG"))
    allowed = role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)
    for shape in ("crossref", "datacite"):
        answered = client.get(f"/portfolio/awards/19ek0109000/doi/{shape}/")
        assert answered.status_code == (200 if allowed else 403)
    if allowed:
        assert client.get("/portfolio/awards/19ek0109000/doi/bibtex/").status_code == 404
        assert "Crossref XML" in client.get("/portfolio/awards/19ek0109000/").content.decode()


def test_everybody_sees_the_doi_of_a_published_award(agency, client):
    keep_dois([agency.awards[0]], by=None)
    assert "https://doi.org/10.5555/JP19ek0109000" in client.get("/awards/19ek0109000/").content.decode()
    assert "doi.org" not in client.get("/awards/19ek0109001/").content.decode()


def test_contracts_of_one_award_get_a_doi_each_and_keep_it(agency):
    """They share the eleven signs of its systematic number."""
    award = agency.awards[0]
    days = {"begins": award.begins, "ends": award.ends, "organisation": award.organisation, "title": "t"}
    first, second = (Award.objects.create(number=f"19ek0109009{end}", **days) for end in ("h0001", "j0002"))
    assert dois_of([second]) == {second.pk: "10.5555/JP19ek0109009j0002"}
    assert keep_dois([second, first], by=None) == 2
    later = Award.objects.create(number="19ek0109009a0000", **days)
    assert keep_dois([later], by=None) == 1
    kept = Award.objects.filter(number__startswith="19ek0109009").order_by("number").values_list("doi", flat=True)
    numbers = ("19ek0109009a0000", "19ek0109009", "19ek0109009j0002")
    assert list(kept) == [f"10.5555/JP{one}" for one in numbers]
    assert dois_of(Award.objects.all())[first.pk] == "10.5555/JP19ek0109009"


@given(some.text(min_size=1, max_size=40))
def test_no_title_makes_the_xml_unreadable(said):
    root = ElementTree.Element("root")
    _add(root, "title", said)
    ElementTree.fromstring(ElementTree.tostring(root, encoding="utf-8"))
