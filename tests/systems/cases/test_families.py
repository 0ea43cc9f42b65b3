"""Families: who may see and change them, what is kept, what cannot be, PED in and out, the pages in both languages."""

import io
import json
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.sharing.actions import Consent, Terms
from kakehashi.kernel.sharing.states import DataClass, Level, Reach
from kakehashi.protocols import ped
from kakehashi.protocols.phenopacket import patients, to_tree, validate
from kakehashi.systems.cases import terms
from kakehashi.systems.cases.actions import enter_case, register_case, withdraw_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.families import rules
from kakehashi.systems.cases.families.actions import (
    FamilyConflict,
    cases_of,
    edit_family,
    enter_family,
)
from kakehashi.systems.cases.families.members import Relative, from_ped, problems_of, to_ped
from kakehashi.systems.cases.families.packets import family_packet
from kakehashi.systems.cases.families.queries import family_of
from kakehashi.systems.cases.models import Case, Family, FamilyRevision
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.rules import READERS
from kakehashi.systems.cases.vocabulary import knowledge

pytestmark = pytest.mark.django_db
TRIO = (
    Relative(id="N-001", sex="female", father="N-001-F", mother="N-001-M", affected="yes", proband=True),
    Relative(id="N-001-F", sex="male", affected="no"),
    Relative(id="N-001-M", sex="female", affected="no", deceased=True, note="died at 40"),
)
PED = "FAM1\tN-001\tN-001-F\tN-001-M\t2\t2\nFAM1\tN-001-F\t0\t0\t1\t1\tsite A\nFAM1\tN-001-M\t0\t0\t2\t-9\n"


@pytest.fixture(autouse=True)
def _english():
    """What is refused is read in English here."""
    with translation.override("en"):
        yield


@pytest.fixture
def family(case, clinician):
    return enter_family(by=clinician, case=case, local_id="FAM1", members=TRIO, cases={"N-001": case})


@pytest.fixture
def sibling(hospital, clinician):
    described = Description(sex="male", findings=(Finding(term="HP:0001250"),))
    entered = enter_case(by=clinician, organisation=hospital, local_id="N-001-S", description=described)
    return register_case(by=clinician, case=entered)


def shared_whole(case, by):
    consent = Consent(version="1", since=case.created_at.date(), domestic=True)
    return terms.set_terms(by=by, case=case, terms=Terms(Reach.DOMESTIC, Level.WHOLE, DataClass.OPEN), consent=consent)


# --- what is kept -------------------------------------------------------------------------------------------------


def test_family_is_kept_with_revision_and_trail(family, case, clinician):
    assert family.relatives == TRIO
    assert cases_of(family) == {"N-001": case}
    changed = (*TRIO, Relative(id="N-001-S", sex="male", father="N-001-F", mother="N-001-M"))
    edited = edit_family(
        by=clinician, family=family, members=changed, cases={"N-001": case}, from_revision=1, note="a brother"
    )
    assert (edited.revision, len(edited.relatives)) == (2, 4)
    assert [(one.number, len(one.members), one.note) for one in FamilyRevision.objects.all()] == [
        (2, 4, "a brother"),
        (1, 3, ""),
    ]
    assert list(AuditEntry.objects.filter(action__startswith="family.").values_list("action", flat=True)) == [
        "family.enter",
        "family.edit",
    ]
    again = edit_family(by=clinician, family=edited, members=changed, cases={"N-001": case}, from_revision=2)
    assert again.revision == 2
    with pytest.raises(FamilyConflict):
        edit_family(by=clinician, family=edited, members=TRIO, cases={"N-001": case}, from_revision=1)


def test_member_is_linked_to_a_case_and_unlinked(family, case, sibling, clinician, other_hospital, make_person):
    members = (*TRIO, Relative(id="brother", sex="male", father="N-001-F"))

    def say(family, **cases):
        said = {name.replace("_", "-"): one for name, one in cases.items()}
        return edit_family(by=clinician, family=family, members=members, cases=said, from_revision=family.revision)

    linked = say(family, N_001=case, brother=sibling)
    assert cases_of(linked) == {"N-001": case, "brother": sibling}
    assert family_of(clinician, sibling).family == family
    unlinked = say(linked, N_001=case)
    assert cases_of(unlinked) == {"N-001": case}
    with pytest.raises(Invalid, match="case"):
        say(unlinked)
    with pytest.raises(Invalid, match="other sex"):
        say(unlinked, N_001=case, N_001_M=sibling)
    theirs = make_person(other_hospital, "clinician")
    foreign = enter_case(by=theirs, organisation=other_hospital, local_id="M-1", description=case.described)
    with pytest.raises(Invalid, match="another institution"):
        say(unlinked, N_001=case, N_001_M=foreign)


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ((TRIO[1],), "members"),
        ((TRIO[0], TRIO[0]), "members.1.id"),
        ((TRIO[0],), "members.0.father"),
        ((TRIO[0], TRIO[1].model_copy(update={"sex": "female"}), TRIO[2]), "members.0.father"),
        ((*TRIO[:2], TRIO[2].model_copy(update={"mother": "N-001"})), "members.0.id"),
        ((TRIO[0].model_copy(update={"twins": "a"}), *TRIO[1:]), "members.0.twins"),
        ((), "members"),
    ],
)
def test_family_that_cannot_be_is_refused_at_its_place(case, clinician, members, place):
    with pytest.raises(Invalid) as refused:
        enter_family(by=clinician, case=case, local_id="X", members=tuple(members), cases={"N-001": case})
    assert place in refused.value.problems
    assert not Family.objects.exists()


def test_a_case_is_of_one_family_and_a_pseudonym_of_one(family, case, sibling, clinician):
    with pytest.raises(Invalid, match="another family"):
        enter_family(by=clinician, case=case, local_id="FAM2", members=TRIO, cases={"N-001": case})
    own = (Relative(id="N-001-S", proband=True),)
    with pytest.raises(Invalid, match="pseudonym"):
        enter_family(by=clinician, case=sibling, local_id="FAM1", members=own, cases={"N-001-S": sibling})


def test_family_of_a_withdrawn_case_stands_as_it_is(family, case, clinician):
    withdraw_case(by=clinician, case=case, note="at the family's wish")
    with pytest.raises(Conflict):
        edit_family(by=clinician, family=family, members=TRIO[:1], cases={"N-001": case}, from_revision=1)


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "own"), list(product(Role, (True, False))), ids=str)
def test_family_is_seen_and_changed_as_its_probands_case_is(
    family, case, hospital, other_hospital, make_person, role, own
):
    person = make_person(hospital if own else other_hospital, role)
    sees = own and role in READERS
    writes = own and role in {Role.CLINICIAN, Role.DATA_MANAGER}
    assert bool(rules.may_see(person, family)) == sees
    assert Family.objects.filter(rules.visible_to(person)).exists() == sees
    new = (*TRIO, Relative(id="aunt"))
    if writes:
        edit_family(by=person, family=family, members=new, cases={"N-001": case}, from_revision=1)
    else:
        with pytest.raises(NotAllowed):
            edit_family(by=person, family=family, members=new, cases={"N-001": case}, from_revision=1)
    assert Family.objects.get().revision == (2 if writes else 1)


def test_other_hospital_that_sees_the_case_whole_sees_the_family_without_pseudonyms(
    client, family, case, clinician, other_hospital, make_person
):
    other = make_person(other_hospital, "clinician")
    address = reverse("cases:family", args=[case.public_id])
    client.force_login(other)
    assert client.get(address).status_code == 404
    shared_whole(case, clinician)
    page = client.get(address).content.decode()
    main = page[page.index('id="family-head"') : page.index("</main")]
    assert "pedigree-picture" in main
    assert "II-1" in main
    for hidden in ("N-001", "FAM1", "died at 40"):
        assert hidden not in main
    export = client.get(reverse("cases:family_ped", args=[case.public_id])).content.decode()
    assert "N-001" not in export
    assert [one.individual for one in ped.loads(export).members] == ["II-1", "I-1", "I-2"]
    assert client.get(reverse("cases:family_edit", args=[case.public_id])).status_code == 403
    assert family_of(other, case).own is False


def test_sibling_shared_alone_shows_no_family(family, case, sibling, clinician, other_hospital, make_person):
    wider = edit_family(
        by=clinician,
        family=family,
        members=(*TRIO, Relative(id="N-001-S", sex="male", father="N-001-F")),
        cases={"N-001": case, "N-001-S": sibling},
        from_revision=1,
    )
    other = make_person(other_hospital, "clinician")
    shared_whole(sibling, clinician)
    assert family_of(other, sibling) is None
    assert not rules.may_see(other, wider)
    shared_whole(case, clinician)
    assert family_of(other, sibling).cases == {"II-1": sibling, "II-2": case}


# --- PED ----------------------------------------------------------------------------------------------------------

names = st.text("abcXYZ019-_ 家", min_size=1, max_size=8).filter(
    lambda one: one == one.strip() and one not in ("0", "")
)


@st.composite
def trees(draw):
    """Members whose parents stand before them."""
    made = []
    for name in draw(st.lists(names, min_size=1, max_size=12, unique=True)):
        parent = st.sampled_from(["", *(one.id for one in made if one.sex == "male")])
        mother = st.sampled_from(["", *(one.id for one in made if one.sex == "female")])
        made.append(
            Relative(
                id=name,
                sex=draw(st.sampled_from(["male", "female", "unknown"])),
                father=draw(parent),
                mother=draw(mother),
                affected=draw(st.sampled_from(["yes", "no", "unknown"])),
                proband=not made,
                extra=tuple(draw(st.lists(names, max_size=2))),
            )
        )
    return tuple(made)


@given(trees())
def test_members_come_back_from_a_ped_file(members):
    read = ped.loads(to_ped(members, "F1")).members
    assert from_ped(read, proband=members[0].id) == members
    assert problems_of(members) == {}


def test_ped_file_is_looked_at_and_nothing_is_kept_until_confirmed(client, case, clinician):
    client.force_login(clinician)
    look = reverse("cases:family_import", args=[case.public_id])
    upload = SimpleUploadedFile("f.ped", PED.encode())
    answer = client.post(look, {"file": upload}, headers={"accept-language": "ja"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "pedigree-picture" in page
    assert "まだ保存されていません" in page
    assert not Family.objects.exists()
    preview = answer.context["preview"]
    assert (preview.chosen.proband, preview.chosen.member) == ("N-001", "N-001")
    keep = reverse("cases:family_keep", args=[case.public_id])
    sent = {"text": preview.text, "family": "FAM1", "proband": "N-001", "member": "N-001", "from_revision": "0"}
    assert client.post(keep, sent).status_code == 302
    family = Family.objects.get()
    assert family.local_id == "FAM1"
    assert [one.extra for one in family.relatives] == [(), ("site A",), ()]
    exported = client.get(reverse("cases:family_ped", args=[case.public_id])).content.decode()
    assert exported == PED.replace("-9", "0")
    svg = client.get(reverse("cases:family_svg", args=[case.public_id]))
    assert svg["Content-Type"].startswith("image/svg+xml")
    assert svg.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


def test_import_again_keeps_what_a_ped_file_cannot_say(client, family, case, clinician):
    client.force_login(clinician)
    sent = {"text": PED.replace("\t-9", "\t2"), "from_revision": "1", "family": "FAM1"}
    assert client.post(reverse("cases:family_keep", args=[case.public_id]), sent).status_code == 302
    mother = Family.objects.get().relatives[2]
    assert (mother.affected, mother.deceased, mother.note) == ("yes", True, "died at 40")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("text", "line"),
    [("F a 0 0 3 1\n", 1), ("#x\nF a b 0 1 1\n", 2), ("F a 0 0 1\n", 1), ("", None), ("F a\x00 0 0 1 1", 1)],
)
def test_problems_of_a_ped_file_name_the_line(client, case, clinician, text, line, language):
    client.force_login(clinician)
    upload = SimpleUploadedFile("f.ped", text.encode() or b"\n")
    look = reverse("cases:family_import", args=[case.public_id])
    answer = client.post(look, {"file": upload}, headers={"accept-language": language})
    assert answer.status_code == 422
    assert [one.line for one in answer.context["preview"].problems] == [line]
    assert not Family.objects.exists()


# --- pages --------------------------------------------------------------------------------------------------------


def row(number, **said):
    fields = {"sex": "unknown", "affected": "unknown", "identical": "unknown"} | said
    return {f"members-{number}-{name}": value for name, value in fields.items()}


def test_family_is_entered_row_by_row(client, case, clinician):
    client.force_login(clinician)
    address = reverse("cases:family_edit", args=[case.public_id])
    shown = client.get(address).content.decode()
    assert f'value="{case.local_id}"' in shown
    data = {"local_id": "FAM9", "members-TOTAL_FORMS": 3, "members-INITIAL_FORMS": 1, "from_revision": 0}
    data |= row(
        0, id="N-001", sex="female", father="pa", mother="ma", affected="yes", proband="on", case=case.public_id
    )
    data |= row(1, id="pa", sex="male") | row(2, id="ma", sex="male")
    refused = client.post(address, data, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert 'href="#id_members-0-mother"' in refused.content.decode()
    data |= row(2, id="ma", sex="female", deceased="on")
    assert client.post(address, data).status_code == 302
    assert {one.id for one in Family.objects.get().relatives} == {"N-001", "pa", "ma"}
    page = client.get(reverse("cases:family", args=[case.public_id]), headers={"accept-language": "ja"})
    text = page.content.decode()
    assert "発端者：II-1" in text
    assert "FAM9" in text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_family_pages_answer(client, family, case, clinician, language):
    client.force_login(clinician)
    for page in ("family", "family_edit", "family_import"):
        assert (
            client.get(
                reverse(f"cases:{page}", args=[case.public_id]), headers={"accept-language": language}
            ).status_code
            == 200
        )


def test_case_typed_must_be_of_the_institution(client, case, clinician):
    client.force_login(clinician)
    data = {"local_id": "F", "members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 1, "from_revision": 0}
    data |= row(0, id="N-001", proband="on", case="K-222222222222")
    answer = client.post(reverse("cases:family_edit", args=[case.public_id]), data)
    assert answer.status_code == 422
    assert Case.objects.count() == 1
    assert not Family.objects.exists()


# --- API and phenopackets -----------------------------------------------------------------------------------------


def test_family_by_api(client, case, sibling, clinician):
    client.force_login(clinician)
    address = f"/api/cases/{case.public_id}/family"
    assert client.get(address).status_code == 404
    looked = client.post(f"{address}/ped", {"file": SimpleUploadedFile("f.ped", PED.encode())}).json()
    assert looked.get("problems") == [], looked
    assert looked["cases"] == {"N-001": case.public_id}
    sent = {"local_id": "FAM1", "members": looked["members"], "cases": looked["cases"]}
    made = client.put(address, sent, content_type="application/json")
    assert made.status_code == 200, made.json()
    assert made.json()["places"] == {"N-001-F": "I-1", "N-001-M": "I-2", "N-001": "II-1"}
    stale = client.put(address, sent, content_type="application/json")
    assert stale.status_code == 409
    wrong = sent | {"from_revision": 1, "cases": {"N-001": case.public_id, "N-001-F": "K-222222222222"}}
    assert client.put(address, wrong, content_type="application/json").status_code == 422
    assert client.get(f"{address}/ped").content.decode() == PED.replace("-9", "0")
    assert client.get(f"{address}/pedigree.svg").content.startswith(b"<svg")


def family_file(case, clinician, **changed):
    seen = family_of(clinician, case)
    tree = to_tree(family_packet(seen, case)) | changed
    return [*patients(io.BytesIO(json.dumps(tree).encode()), "family.json", form="json")]


def test_family_goes_out_as_a_phenopacket_and_comes_in_the_same(family, case, clinician, other_hospital, make_person):
    members = (
        TRIO[0].model_copy(update={"twins": "t", "identical": "yes"}),
        *TRIO[1:],
        Relative(id="twin", sex="female", father="N-001-F", mother="N-001-M", twins="t", identical="yes", extra=("x",)),
    )
    edit_family(by=clinician, family=family, members=members, cases={"N-001": case}, from_revision=1)
    packet = family_packet(family_of(clinician, case), case)
    assert [one.en for one in validate(packet, knowledge().ontology) if one.severity == "error"] == []
    summary = import_packets(
        family_file(case, clinician), by=make_person(other_hospital, "clinician"), organisation=other_hospital
    )
    assert (summary.new, summary.refused) == (1, 0), summary.problems
    copy = Family.objects.get(organisation=other_hospital)
    came = {one.id: one for one in copy.relatives}
    subject = case.public_id
    assert {one.id for one in copy.relatives} == {subject, "N-001-F", "N-001-M", "twin"}
    assert came[subject].proband
    assert came["twin"].model_dump() == members[3].model_dump()
    assert came["N-001-M"] == TRIO[2]
    assert copy.local_id == "FAM1"
    assert cases_of(copy)[subject].local_id == subject


def test_imported_family_follows_the_file_until_people_edit_it(family, case, clinician, other_hospital, make_person):
    theirs = make_person(other_hospital, "clinician")

    def imported(**changed):
        import_packets(family_file(case, clinician, **changed), by=theirs, organisation=other_hospital)
        return Family.objects.get(organisation=other_hospital)

    first = imported()
    assert imported().revision == 1
    pedigree = to_tree(family_packet(family_of(clinician, case), case))["pedigree"]
    aunt = {"familyId": "FAM1", "individualId": "aunt", "sex": "FEMALE", "affectedStatus": "UNAFFECTED"}
    wider = {"persons": [*pedigree["persons"], aunt]}
    assert len(imported(pedigree=wider).relatives) == 4
    edited = edit_family(
        by=theirs, family=first, members=first.relatives, cases=cases_of(first), from_revision=2, note="no aunt"
    )
    assert edited.revision == 3
    assert len(imported(pedigree=wider).relatives) == 3


def test_family_whose_proband_was_withdrawn_is_the_packets_problem_and_the_rest_comes_in(
    family, case, clinician, other_hospital, make_person
):
    theirs = make_person(other_hospital, "clinician")
    files = family_file(case, clinician)
    import_packets(files, by=theirs, organisation=other_hospital)
    copy = Family.objects.get(organisation=other_hospital)
    proband = Case.objects.get(organisation=other_hospital)
    described = Description(sex="male", findings=(Finding(term="HP:0001250"),))
    other = enter_case(by=theirs, organisation=other_hospital, local_id="N-001-F", description=described)
    cases = cases_of(copy) | {"N-001-F": register_case(by=theirs, case=other)}
    edit_family(by=theirs, family=copy, members=copy.relatives, cases=cases, from_revision=1)
    FamilyRevision.objects.filter(family=copy).update(kind="imported")
    withdraw_case(by=theirs, case=proband, note="asked for")
    tree = to_tree(family_packet(family_of(clinician, case), case))
    tree["proband"] |= {"id": "N-001-F", "subject": {"id": "N-001-F", "sex": "MALE"}}
    for _time in range(2):
        again = patients(io.BytesIO(json.dumps(tree).encode()), "family.json", form="json")
        summary = import_packets(again, by=theirs, organisation=other_hospital)
        assert [one.path for one in summary.problems] == ["$.pedigree"]
        assert "withdrawn" in summary.problems[0].en
        assert "取り下げ" in summary.problems[0].ja
    assert len(Family.objects.get(organisation=other_hospital).relatives) == 3


@pytest.mark.parametrize(
    ("persons", "path"),
    [
        ([{"individualId": "someone else"}], "$.proband.subject.id"),
        ([{"individualId": "P"}, {"individualId": "P"}], "$.pedigree.persons[1].individual"),
        ([{"individualId": "P", "paternalId": "gone"}], "$.pedigree.persons[0].father"),
    ],
)
def test_impossible_pedigree_refuses_its_packet_and_says_where(hospital, clinician, persons, path):
    packet = {"id": "P", "subject": {"id": "P"}, "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}]}
    tree = {"id": "F", "proband": packet, "pedigree": {"persons": [{"familyId": "F"} | one for one in persons]}}
    entries = patients(io.BytesIO(json.dumps(tree).encode()), "f.json", form="json")
    summary = import_packets(entries, by=clinician, organisation=hospital)
    assert (summary.new, summary.refused) == (0, 1)
    assert summary.problems[0].path == path
    assert summary.problems[0].ja
    assert not Case.objects.exists()


def test_family_export_for_others_has_no_pseudonyms(family, case, clinician, other_hospital, make_person):
    shared_whole(case, clinician)
    other = make_person(other_hospital, "clinician")
    text = json.dumps(to_tree(family_packet(family_of(other, case), case)))
    for hidden in ("N-001", "FAM1", "died at 40"):
        assert hidden not in text
