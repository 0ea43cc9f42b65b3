"""Families in files: a PED file looked at and taken over, phenopackets in and out."""

import io
import json
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols import ped
from kakehashi.protocols.phenopacket import patients, to_tree, validate
from kakehashi.systems.cases.actions import enter_case, register_case, withdraw_case
from kakehashi.systems.cases.description import Description, Finding
from kakehashi.systems.cases.families.actions import (
    cases_of,
    edit_family,
)
from kakehashi.systems.cases.families.members import Relative, from_ped, problems_of, to_ped
from kakehashi.systems.cases.families.packets import family_packet
from kakehashi.systems.cases.families.queries import family_of
from kakehashi.systems.cases.models import Case, Family, FamilyRevision
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.vocabulary import knowledge
from tests.systems.cases.conftest import PED, TRIO, shared_whole

pytestmark = pytest.mark.django_db
names = st.text("abcXYZ019-_ 家", min_size=1, max_size=8).filter(
    lambda one: one == one.strip() and one not in ("0", "")
)


@pytest.fixture(autouse=True)
def _english():
    """What is refused is read in English here."""
    with translation.override("en"):
        yield


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


FAULTY = (
    "F\ta\t0\t0\t3\t1\n"  # a sex that is none
    "F\tb\ta\tzz\t1\t1\n"  # a mother who is not there; the father's line is wrong, but he is there
    "F\tc\t0\t0\t1\t9\n"  # a phenotype that is none
    "F\td\tb\t0\n"  # too few columns
    "F\t" + "e" * 61 + "\t0\t0\t1\t1\n"  # a pseudonym too long to be kept
    "F\tN-001\t0\t0\t1\t2\n"  # the case, of the other sex
)
SAID = {
    "en": [
        (1, "sex", "3", "write 1 for male"),
        (2, "mother", "zz", "add a line for the mother"),
        (3, "phenotype", "9", "write 2 for affected"),
        (4, "", "", "at least 6 columns"),
        (5, "individual", "ee", "too long"),
        (6, "sex", "1", "of the other sex: correct the sex"),
    ],
    "ja": [
        (1, "性別", "3", "男性は 1"),
        (2, "母", "zz", "母の行を追加"),
        (3, "罹患状態", "9", "罹患は 2"),
        (4, "", "", "6 個以上"),
        (5, "個人", "ee", "長すぎる"),
        (6, "性別", "1", "性別が一致しません"),
    ],
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_all_faulty_rows_are_told_at_once_with_column_value_and_what_to_do(client, case, clinician, language):
    client.force_login(clinician)
    upload = SimpleUploadedFile("f.ped", FAULTY.encode())
    look = reverse("cases:family_import", args=[case.public_id])
    answer = client.post(look, {"file": upload}, headers={"accept-language": language})
    assert answer.status_code == 422
    found = answer.context["preview"].problems
    assert [(one.line, one.column, one.value[:2]) for one in found] == [row[:3] for row in SAID[language]]
    for one, row in zip(found, SAID[language], strict=True):
        assert row[3] in one.text
        assert one.text in unescape(answer.text)
    assert not Family.objects.exists()


def test_a_long_list_of_faults_is_cut_and_says_so(client, case, clinician):
    client.force_login(clinician)
    upload = SimpleUploadedFile("f.ped", b"".join(b"F i%d 0 0 3 1\n" % number for number in range(150)))
    look = reverse("cases:family_import", args=[case.public_id])
    answer = client.post(look, {"file": upload}, headers={"accept-language": "en"})
    assert len(answer.context["preview"].problems) == ped.MAX_PROBLEMS
    assert "The first 100 are shown; there are more." in answer.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_keeping_would_refuse_is_told_when_looking_and_may_be_chosen_anew(client, case, clinician, language):
    client.force_login(clinician)
    look = reverse("cases:family_import", args=[case.public_id])
    upload = SimpleUploadedFile("f.ped", b"F a 0 0 1 2\nF b 0 0 2 2\n")
    answer = client.post(look, {"file": upload}, headers={"accept-language": language})
    assert answer.status_code == 422
    preview = answer.context["preview"]
    assert [(one.line, one.value) for one in preview.problems] == [(1, "1")]
    assert 'name="member"' in answer.text
    sent = {"text": preview.text, "family": "F", "proband": "b", "member": "b", "from_revision": "0"}
    assert client.post(reverse("cases:family_keep", args=[case.public_id]), sent).status_code == 302
    assert Family.objects.get().links.get().member == "b"


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
