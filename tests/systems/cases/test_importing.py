"""Importing phenopackets: new, updated, unchanged, refused; nothing lost or doubled."""

import gzip
import io
import json
from itertools import islice

import pytest
from django.utils import translation

from kakehashi.kernel import audit
from kakehashi.kernel.audit.models import AuditEntry
from kakehashi.kernel.errors import Invalid, NotAllowed
from kakehashi.protocols.phenopacket import Phenopacket, patients, to_tree
from kakehashi.systems.cases import answers, genenames
from kakehashi.systems.cases.actions import edit_case, withdraw_case
from kakehashi.systems.cases.models import Case, CaseFinding, CaseGene, Packet, Revision
from kakehashi.systems.cases.packets.entering import phenopacket_of
from kakehashi.systems.cases.packets.exporting import export_packets
from kakehashi.systems.cases.packets.importing import import_packets
from kakehashi.systems.cases.packets.reading import read_packet
from kakehashi.systems.cases.packets.rereading import reread_packets
from kakehashi.systems.cases.packets.writing import as_packet

pytestmark = pytest.mark.django_db


def packet(number, terms=("HP:0001250", "HP:0001263"), **more):
    tree = {
        "id": f"PMID_1_{number}",
        "subject": {"id": str(number), "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P3Y2M"}}},
        "phenotypicFeatures": [{"type": {"id": term, "label": "x"}} for term in terms],
        "metaData": {"externalReferences": [{"id": "PMID:1"}]},
    }
    return tree | more


def read(*trees):
    return patients(io.BytesIO("\n".join(json.dumps(tree) for tree in trees).encode()), "some.jsonl", form="jsonl")


@pytest.fixture
def bring_in(hospital, clinician):
    return lambda *trees, **options: import_packets(read(*trees), by=clinician, organisation=hospital, **options)


def test_import_makes_registered_cases_with_all_that_belongs_to_them(bring_in):
    summary = bring_in(*(packet(number) for number in range(7)))
    assert (summary.new, summary.updated, summary.unchanged, summary.refused) == (7, 0, 0, 0)
    case = Case.objects.get(local_id="PMID_1_3")
    assert (case.state, case.revision, case.sex, case.age_days) == ("registered", 1, "male", 1157)
    assert case.described.publications == ("PMID:1",)
    assert (Revision.objects.count(), Packet.objects.count(), CaseFinding.objects.count()) == (7, 7, 14)
    assert AuditEntry.objects.filter(action="case.register").count() == 7
    assert audit.verify().intact


def test_import_again_changes_nothing(bring_in):
    trees = [packet(number) for number in range(5)]
    bring_in(*trees)
    summary = bring_in(*trees, *trees[:2])
    assert (summary.new, summary.unchanged) == (0, 7)
    assert Revision.objects.count() == 5


def test_key_order_and_names_of_a_packet_do_not_make_it_another_one(bring_in):
    bring_in(packet(1))
    turned = dict(reversed(packet(1).items()))
    turned["phenotypic_features"] = turned.pop("phenotypicFeatures")
    assert bring_in(turned).unchanged == 1


def test_changed_packet_is_a_new_revision_and_says_when_people_had_edited(bring_in, clinician):
    bring_in(packet(1), packet(2))
    edited = Case.objects.get(local_id="PMID_1_2")
    edit_case(
        by=clinician,
        case=edited,
        description=edited.described.model_copy(update={"genes": ("FBN1",)}),
        from_revision=1,
    )
    summary = bring_in(packet(1, ["HP:0001250"]), packet(2, ["HP:0001250"]))
    assert (summary.updated, summary.overwritten) == (2, 1)
    case = Case.objects.get(local_id="PMID_1_1")
    assert case.revision == 2
    assert CaseFinding.objects.filter(case=case).count() == 1
    assert case.packets.count() == 2


def test_one_packet_twice_in_a_file_counts_once(bring_in):
    summary = bring_in(packet(1), packet(1), packet(1, ["HP:0001250"]))
    assert (summary.new, summary.unchanged, summary.updated) == (1, 1, 1)
    assert Case.objects.count() == 1


def test_bad_packets_are_reported_with_their_place_and_the_others_go_on(bring_in):
    trees = [packet(1), packet(2, phenotypicFeatures=[{"type": 7}]), packet("", id=""), packet(4, terms=[])]
    summary = bring_in(*trees, packet(5))
    assert (summary.new, summary.refused) == (2, 3)
    assert [problem.line for problem in summary.problems] == [2, 3, 4]
    assert summary.problems[0].path.startswith("$.phenotypicFeatures[0]")
    assert summary.problems[0].source == "some.jsonl"
    assert all(problem.en and problem.ja for problem in summary.problems)


def test_an_id_that_form_and_api_refuse_is_refused_at_its_place(bring_in):
    ids = ["a\nb", "x\x1b[31m", "x" * 121, " " * 121]
    summary = bring_in(*(packet(1, id=wrong) for wrong in ids), packet(2, id=" " * 60 + "x" * 120))
    assert [problem.path for problem in summary.problems] == ["$.id"] * len(ids)
    assert Case.objects.get().local_id == "x" * 120


def test_a_packet_that_came_before_and_comes_again_is_the_original_again(bring_in):
    first, second = packet(1, _of="A"), packet(1, ["HP:0001250"], _of="B")
    for tree in (first, second, first):
        bring_in(tree)
    case = Case.objects.get()
    assert (case.revision, case.packets.count()) == (3, 2)
    assert to_tree(phenopacket_of(case)) == first


def test_export_reads_the_originals_of_a_batch_at_once(bring_in, hospital, django_assert_max_num_queries):
    trees = [packet(number, _cohort="kept") for number in range(30)]
    bring_in(*trees)
    stream = io.BytesIO()
    with django_assert_max_num_queries(12):
        assert export_packets(stream, organisation=hospital) == 30
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == trees


def test_import_can_stop_at_the_first_bad_packet_keeping_what_came_before(bring_in):
    with pytest.raises(Invalid, match=r"some.jsonl:2"):
        bring_in(packet(1), packet("", id=""), packet(3), keep_going=False)
    assert Case.objects.count() == 1


def test_import_does_not_bring_back_a_withdrawn_case(bring_in, clinician):
    bring_in(packet(1))
    withdraw_case(by=clinician, case=Case.objects.get(), note="consent withdrawn")
    summary = bring_in(packet(1, ["HP:0001250"]))
    assert (summary.updated, summary.refused) == (0, 1)
    assert Case.objects.get().state == "withdrawn"


def test_import_by_someone_who_may_not_is_refused(hospital, make_person):
    with pytest.raises(NotAllowed):
        import_packets(read(packet(1)), by=make_person(hospital, "auditor"), organisation=hospital)
    assert not Case.objects.exists()


def test_alternative_ids_become_current_and_unknown_terms_stay(bring_in):
    odd = packet(1)
    odd["phenotypicFeatures"] = [
        {"type": {"id": "HP:0002355", "label": "Difficulty walking"}},
        {"type": {"id": "HP:9999999", "label": "A term of tomorrow"}},
        {"type": {"id": "HP:0001250"}, "excluded": True},
        {"type": {"id": "HP:0001250"}},
    ]
    bring_in(odd)
    findings = {finding.term: finding for finding in Case.objects.get().described.findings}
    assert findings["HP:9999999"].label == "A term of tomorrow"
    assert not findings["HP:0001250"].excluded


def test_original_packet_is_kept_and_exported_as_it_came(bring_in):
    tree = packet(1, measurements=[{"assay": {"id": "LOINC:1", "label": "x"}}], _cohort="kept")
    bring_in(tree)
    case = Case.objects.get()
    kept = case.packets.get().content
    assert json.loads(kept) == to_tree(Phenopacket.model_validate(tree))
    exported = as_packet(packet_id="x", description=case.described, created="", original=kept)
    assert to_tree(exported) == json.loads(kept)


def test_edited_case_is_exported_with_its_edits_and_the_rest_of_the_original(bring_in):
    bring_in(packet(1, measurements=[{"assay": {"id": "LOINC:1", "label": "x"}}]))
    case = Case.objects.get()
    edited = case.described.model_copy(update={"genes": ("FBN1",), "sex": "female"})
    exported = as_packet(packet_id="x", description=edited, created="", original=case.packets.get().content)
    assert exported.id == "PMID_1_1"
    assert exported.measurements[0].assay.id == "LOINC:1"
    assert read_packet(exported).description == edited


def test_published_patients_become_cases_and_packets_again(shared_data, hospital, clinician):
    with gzip.open(shared_data / "phenopackets" / "phenopackets-dev.jsonl.gz") as stream:
        lines = list(islice(stream, 300))
    entries = patients(io.BytesIO(b"".join(lines)), "published.jsonl", form="jsonl")
    summary = import_packets(entries, by=clinician, organisation=hospital)
    assert summary.new == 300
    assert CaseGene.objects.exists()
    for case in Case.objects.all():
        anew = as_packet(packet_id=case.local_id, description=case.described, created="2026-01-01T00:00:00Z")
        described, again = case.described, read_packet(anew).description
        assert again.findings == described.findings
        assert set(again.variants) == set(described.variants)


def test_unknown_gene_in_a_file_is_kept_with_a_warning_and_one_by_its_id_gets_its_symbol(bring_in):
    def of_gene(**gene):
        told = {"subjectOrBiosampleId": "1", "interpretationStatus": "CANDIDATE", "gene": gene}
        return {"id": "i", "progressStatus": "IN_PROGRESS", "diagnosis": {"genomicInterpretations": [told]}}

    odd, by_id = of_gene(valueId="HGNC:1", symbol="FBN11"), of_gene(valueId="NCBIGene:2200", symbol="")
    summary = bring_in(packet(1, interpretations=[odd]), packet(2, interpretations=[by_id]))
    assert (summary.new, summary.refused) == (2, 0)
    first, second = Case.objects.order_by("pk")
    assert first.described.genes == ("FBN11",)
    with translation.override("en"):
        assert answers.warnings(first.described) == ["No known disease has the gene FBN11. Did you mean FBN1?"]
    assert (second.described.genes, answers.warnings(second.described)) == (("FBN1",), [])


def test_many_unknown_genes_are_told_in_few_words():
    with translation.override("en"):
        texts = genenames.gene_doubts(f"NONE{number}" for number in range(500))
    assert len(texts) == 11
    assert texts[-1] == "The same holds for 490 more genes."


def test_cases_imported_before_are_read_anew_and_edited_ones_are_left_and_named(bring_in, clinician):
    def of_gene(symbol, status):
        return {"subjectOrBiosampleId": "1", "interpretationStatus": status, "gene": {"valueId": "x", "symbol": symbol}}

    items = [of_gene("FBN1", "REJECTED"), of_gene("TGFBR2", "CANDIDATE")]
    readings = [{"id": "i", "progressStatus": "IN_PROGRESS", "diagnosis": {"genomicInterpretations": items}}]
    bring_in(*(packet(number, interpretations=readings) for number in range(4)))
    as_of_old = Case.objects.order_by("pk")[:3]
    for case in as_of_old:
        case.describe(case.described.model_copy(update={"genes": ("FBN1", "TGFBR2")}))
        case.save()
    edited, withdrawn = as_of_old[1], as_of_old[2]
    said = edited.described.model_copy(update={"note": "seen again"})
    edit_case(by=clinician, case=edited, description=said, from_revision=1)
    withdraw_case(by=clinician, case=withdrawn, note="consent withdrawn")

    done = reread_packets()
    assert (done.changed, done.left) == (1, [edited.public_id])
    first = Case.objects.order_by("pk")[0]
    assert (first.described.genes, first.revision) == (("TGFBR2",), 2)
    assert list(CaseGene.objects.filter(case=first).values_list("symbol", flat=True)) == ["TGFBR2"]
    assert AuditEntry.objects.filter(action="case.update").count() == 1
    assert reread_packets().changed == 0
    assert audit.verify().intact
