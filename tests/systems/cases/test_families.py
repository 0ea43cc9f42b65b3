"""Families: who may see and change them, what is kept, what cannot be, the pages in both languages, the API."""

from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people.roles import Role
from kakehashi.protocols import ped
from kakehashi.systems.cases.actions import enter_case, withdraw_case
from kakehashi.systems.cases.families import rules
from kakehashi.systems.cases.families.actions import (
    FamilyConflict,
    cases_of,
    edit_family,
    enter_family,
)
from kakehashi.systems.cases.families.members import Relative
from kakehashi.systems.cases.families.queries import family_of
from kakehashi.systems.cases.models import Case, Family, FamilyRevision
from kakehashi.systems.cases.rules import READERS
from tests.systems.cases.conftest import PED, TRIO, shared_whole

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    """What is refused is read in English here."""
    with translation.override("en"):
        yield


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
