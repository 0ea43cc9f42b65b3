"""Candidate variants: fields on the form and in phenopackets; a VCF file looked at, chosen, added as one revision."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.systems.cases.actions import enter_case
from kakehashi.systems.cases.description import Description, Finding, Variant
from kakehashi.systems.cases.models import Case, Revision
from kakehashi.systems.cases.packets.reading import description_of
from kakehashi.systems.cases.packets.writing import as_packet
from tests.protocols.test_vcf import CONTIG, CSQ, TOP, file, line
from tests.systems.cases.test_case_form import form_data

pytestmark = pytest.mark.django_db
VARIANT = Variant(
    gene="FBN1",
    assembly="GRCh38",
    chromosome="chr15",
    position=48411100,
    reference="C",
    alternate="T",
    zygosity="heterozygous",
    inheritance="de_novo",
    origin="germline",
)

variants = st.builds(
    Variant,
    gene=st.sampled_from(["FBN1", "SCN1A"]),
    hgvs=st.sampled_from(["", "NM_000138.5:c.1A>G"]),
    zygosity=st.sampled_from(["heterozygous", "mosaic", "unknown", "compound_heterozygous"]),
    inheritance=st.sampled_from(["unknown", "de_novo", "maternal", "paternal", "biparental"]),
    origin=st.sampled_from(["unknown", "germline", "somatic", "mosaic"]),
)


def packed(description, original=None):
    return as_packet(packet_id="P", description=description, created="2026-11-01T00:00:00Z", original=original)


@given(st.lists(variants, max_size=4, unique=True), st.lists(variants, max_size=4, unique=True))
def test_inheritance_and_origin_come_back_from_a_phenopacket(before, after):
    first = Description(findings=(Finding(term="HP:0001250"),), variants=tuple(before))
    packet = packed(first)
    assert description_of(packet) == first
    edited = first.model_copy(update={"variants": tuple(after)})
    assert description_of(packed(edited, packet.model_dump_json(by_alias=True, exclude_unset=True))) == edited


def test_form_takes_inheritance_and_origin(client, clinician, hospital):
    client.force_login(clinician)
    row = {"gene": "FBN1", "zygosity": "heterozygous", "inheritance": "maternal", "origin": "germline"}
    said = {f"variants-0-{name}": value for name, value in row.items()} | {"variants-TOTAL_FORMS": 1}
    answer = client.post(reverse("cases:new"), form_data(["HP:0001250"], **said))
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.described.variants == (Variant.model_validate(row),)
    for language, word in (("ja", "母由来"), ("en", "Maternal")):
        page = client.get(reverse("cases:show", args=[case.public_id]), headers={"accept-language": language})
        assert word in page.content.decode()


def upload(client, case, data, **said):
    sent = {"file": SimpleUploadedFile("c.vcf", data), **said}
    return client.post(reverse("cases:candidates", args=[case.public_id]), sent, headers={"accept-language": "en"})


def test_vcf_is_looked_at_and_the_chosen_are_added_as_one_revision(client, case, clinician):
    client.force_login(clinician)
    data = file(line(info="GENE=BRAF"), line(pos=200, genotypes=("0/0", "0/1")), line(pos=0), line(pos=300))
    looked = upload(client, case, data)
    assert looked.status_code == 200
    rows = [one["row"] for one in looked.context["rows"]]
    assert [(one.variant.position, one.offered) for one in rows] == [(100, True), (200, False), (300, True)]
    assert "Line 6" in looked.content.decode().replace("<strong>", "").replace("</strong>", "")
    case.refresh_from_db()
    assert (case.revision, case.described.variants) == (2, ())
    sent = {"take": [rows[0].sent, rows[2].sent], "assembly": "GRCh38", "from_revision": case.revision}
    assert client.post(reverse("cases:candidates_add", args=[case.public_id]), sent).status_code == 302
    case.refresh_from_db()
    assert [(one.gene, one.assembly, one.vcf, one.zygosity) for one in case.described.variants] == [
        ("BRAF", "GRCh38", "GRCh38 chr7:100 A>G", "heterozygous"),
        ("", "GRCh38", "GRCh38 chr7:300 A>G", "heterozygous"),
    ]
    assert Revision.objects.filter(case=case).count() == 3
    again = upload(client, case, data)
    assert [one["row"].known for one in again.context["rows"]] == [True, False, True]


@pytest.mark.parametrize(
    ("have", "known"),
    [
        ("NM_000138.5:c.3037G>A", True),
        ("NM_000138.5(FBN1):c.3037G>A (p.Gly1013Arg)", True),
        ("NM_000138.5:c.3037G>T", False),
        ("NM_000138.4:c.3037G>A", False),
        ("NP_000129.3:p.Gly1013Arg", False),
        ("c.3037G>A", False),
        ("", False),
    ],
)
def test_variant_that_the_case_has_by_hgvs_alone_is_not_added_again(client, hospital, clinician, have, known):
    described = Description(variants=(Variant(gene="FBN1", hgvs=have),))
    case = enter_case(by=clinician, organisation=hospital, local_id="N-HGVS", description=described)
    client.force_login(clinician)
    info = "CSQ=G|missense|FBN1|NM_000138.5:c.3037G>A||"
    looked = upload(client, case, file(line(info=info), line(pos=200), top=TOP + CONTIG + CSQ))
    rows = [one["row"] for one in looked.context["rows"]]
    assert [(one.known, one.offered) for one in rows] == [(known, not known), (False, True)]
    sent = {"take": [one.sent for one in rows], "assembly": "GRCh38", "from_revision": case.revision}
    assert client.post(reverse("cases:candidates_add", args=[case.public_id]), sent).status_code == 302
    case.refresh_from_db()
    assert len(case.described.variants) == (2 if known else 3)


def test_assembly_is_asked_for_where_the_file_does_not_say(client, case, clinician):
    client.force_login(clinician)
    looked = upload(client, case, file(line(), top=TOP))
    assert looked.context["preview"].assembly == ""
    assert 'id="vcf-assembly"' in looked.content.decode()
    sent = {"take": looked.context["rows"][0]["row"].sent, "from_revision": case.revision}
    add = reverse("cases:candidates_add", args=[case.public_id])
    assert client.post(add, sent).status_code == 422
    assert client.post(add, sent | {"assembly": "GRCh37"}).status_code == 302
    case.refresh_from_db()
    assert case.described.variants[0].assembly == "GRCh37"
    said = upload(client, case, file(line(pos=5), top=TOP + CONTIG), assembly="GRCh37")
    assert said.context["preview"].assembly == "GRCh38"


@pytest.mark.parametrize("take", ["", "{}", "nonsense", '{"gene": "X", "evil": 1}', '{"position": -1}'])
def test_what_is_no_variant_is_refused(client, case, clinician, take):
    client.force_login(clinician)
    sent = {"take": take, "assembly": "GRCh38", "from_revision": case.revision}
    assert client.post(reverse("cases:candidates_add", args=[case.public_id]), sent).status_code == 422
    assert Revision.objects.filter(case=case).count() == 2


def test_only_those_who_edit_the_case_add_candidates(client, case, make_person, hospital, other_hospital):
    for person, status in ((make_person(hospital, "auditor"), 403), (make_person(other_hospital, "clinician"), 404)):
        client.force_login(person)
        assert upload(client, case, file(line())).status_code == status
        sent = {"take": VARIANT.model_dump_json(), "from_revision": case.revision}
        assert client.post(reverse("cases:candidates_add", args=[case.public_id]), sent).status_code == status
    case.refresh_from_db()
    assert case.described.variants == ()


def test_case_takes_no_more_variants_than_it_holds(client, hospital, clinician):
    many = tuple(VARIANT.model_copy(update={"position": place}) for place in range(1, 501))
    full = enter_case(by=clinician, organisation=hospital, local_id="N-500", description=Description(variants=many))
    client.force_login(clinician)
    sent = {"take": VARIANT.model_dump_json(), "assembly": "GRCh38", "from_revision": 1}
    assert client.post(reverse("cases:candidates_add", args=[full.public_id]), sent).status_code == 422


def test_candidates_by_api(client, case, clinician):
    client.force_login(clinician)
    address = f"/api/cases/{case.public_id}/candidates"
    looked = client.post(
        address, {"file": SimpleUploadedFile("c.vcf", file(line(), line(pos=0))), "sample": "P"}
    ).json()
    assert looked["assembly"] == "GRCh38"
    assert looked["candidates"][0]["variant"]["zygosity"] == "heterozygous"
    assert [one["line"] for one in looked["problems"]] == [5]
    refused = client.post(address, {"file": SimpleUploadedFile("c.vcf", b"no vcf")}).json()
    assert (refused["candidates"], len(refused["problems"])) == ([], 1)
