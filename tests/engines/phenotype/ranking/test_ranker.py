"""The ranker on the embedded release: behaviour, properties, and what it explains."""

import math
import random

import numpy as np
import pytest

from kakehashi.engines.phenotype.knowledge import Knowledge
from kakehashi.engines.phenotype.ranking import Patient, Ranker, SolvedCase, SolvedCases

MARFAN = "OMIM:154700"
MARFAN_FINDINGS = ("HP:0001166", "HP:0001083", "HP:0002616", "HP:0000098", "HP:0000768")
WORKED_EXAMPLE = (
    "HP:0001305", "HP:0007033", "HP:0001274", "HP:0011344", "HP:0008050", "HP:0000319", "HP:0000411", "HP:0000519",
)  # fmt: skip


def terms(release: Knowledge, *ids: str) -> tuple[int, ...]:
    return tuple(release.ontology.index(term_id) for term_id in ids)


def disease(release: Knowledge, disease_id: str) -> int:
    return release.diseases.index(disease_id)


def test_textbook_findings_rank_their_disease_high(release, ranker):
    ranking = ranker.rank(Patient(terms(release, *MARFAN_FINDINGS)))
    assert ranking.mid_rank(disease(release, MARFAN)) <= 3
    assert [row.rank for row in ranking.diseases] == sorted(row.rank for row in ranking.diseases)
    assert all(row.id.startswith("OMIM:") for row in ranking.diseases)


def test_all_omim_diseases_are_ranked_and_others_on_request(release, ranker):
    diseases = release.diseases
    assert len(ranker.rank(Patient(terms(release, "HP:0001250"))).scores) == diseases.source_mask({"OMIM"}).sum()
    both = Ranker(release, sources={"OMIM", "ORPHA", "DECIPHER"}).rank(Patient(terms(release, *MARFAN_FINDINGS)))
    assert len(both.scores) == diseases.n
    assert np.isclose(both.probabilities.sum() + both.unknown_probability, 1)
    assert both.evidence(both.diseases[0].index).score == both.diseases[0].score


def test_unknown_source_is_refused_with_what_there_is(release):
    with pytest.raises(ValueError, match=r"MONDO.*OMIM"):
        Ranker(release, sources={"MONDO"})


def test_probabilities_and_unknown_add_up_to_one(release, ranker):
    generator = random.Random(7)
    phenotypes = np.flatnonzero(release.ontology.phenotype_mask)
    for count in (0, 1, 4, 30):
        chosen = tuple(int(generator.choice(phenotypes)) for _ in range(count))
        ranking = ranker.rank(Patient(chosen))
        assert math.isclose(float(ranking.probabilities.sum()) + ranking.unknown_probability, 1, abs_tol=1e-9)
        assert 0 <= ranking.unknown_probability <= 1


@pytest.mark.parametrize("nothing", [{}, {"sex": "FEMALE", "age_days": 900.0}, {"genes": ("NOT-A-GENE",)}])
def test_a_patient_with_nothing_to_rank_by_is_shown_no_disease(release, ranker, nothing):
    ranking = ranker.rank(Patient((release.ontology.phenotype_root,), **nothing))
    assert ranking.diseases == ()
    assert ranking.nothing_said
    assert math.isclose(float(ranking.probabilities.sum()) + ranking.unknown_probability, 1, abs_tol=1e-9)
    assert ranker.rank(Patient((), genes=("FBN1",))).diseases
    assert ranker.rank(Patient((), excluded=terms(release, "HP:0001250"))).diseases


def test_order_and_repetition_of_findings_do_not_matter(release, ranker):
    observed = terms(release, *WORKED_EXAMPLE)
    first = ranker.rank(Patient(observed))
    again = ranker.rank(Patient((*reversed(observed), observed[0])))
    assert np.array_equal(first.scores, again.scores)
    assert [row.id for row in first.diseases] == [row.id for row in again.diseases]


def test_a_hallmark_finding_raises_its_disease(release, ranker):
    marfan = disease(release, MARFAN)
    without = ranker.rank(Patient(terms(release, "HP:0000545", "HP:0002650")))
    added = ranker.rank(Patient(terms(release, "HP:0000545", "HP:0002650", "HP:0001083")))
    assert added.mid_rank(marfan) < without.mid_rank(marfan)
    assert added.evidence(marfan).score > without.evidence(marfan).score


def test_an_excluded_hallmark_lowers_its_disease_and_never_raises_another(release, ranker):
    observed = terms(release, "HP:0001166", "HP:0000098")
    plain = ranker.rank(Patient(observed))
    lacking = ranker.rank(Patient(observed, excluded=terms(release, "HP:0001083")))
    assert (lacking.scores <= plain.scores).all()


def test_explanation_adds_up_to_the_score(release, ranker):
    observed = terms(release, *WORKED_EXAMPLE)
    ranking = ranker.rank(Patient(observed, terms(release, "HP:0001083"), ("KIAA0586",), "FEMALE", onset_days=0))
    for row in ranking.diseases:
        evidence = row.evidence
        total = sum(one.contribution for one in (*evidence.findings, *evidence.others))
        assert math.isclose(total, row.score, abs_tol=1e-4)
        assert {one.term for one in evidence.findings if not one.excluded} == set(observed)


def test_explanation_names_the_disease_finding_and_the_common_ancestor(release, ranker):
    marfan = disease(release, MARFAN)
    (lens,) = terms(release, "HP:0001083")
    ranking = ranker.rank(Patient(terms(release, *MARFAN_FINDINGS)))
    (found,) = [one for one in ranking.evidence(marfan).findings if one.term == lens]
    assert (found.through, found.matched, found.ancestor) == ("finding", lens, lens)
    assert found.contribution > 1
    assert not set(ranking.evidence(marfan).expected) & set(terms(release, *MARFAN_FINDINGS))


def test_terms_outside_phenotypes_are_left_aside_and_contradictions_named(release, ranker):
    recessive, seizure, focal = terms(release, "HP:0000007", "HP:0001250", "HP:0007359")
    ranking = ranker.rank(Patient((recessive, focal), excluded=(seizure,)))
    assert ranking.findings.left_aside == (recessive,)
    assert ranking.findings.contradicted == (seizure,)
    assert ranking.findings.observed == (focal,)
    with pytest.raises(ValueError, match="no term index"):
        ranker.rank(Patient((release.ontology.n,)))


def test_a_candidate_gene_raises_its_diseases(release, ranker):
    observed = terms(release, "HP:0000545", "HP:0002650")
    marfan = disease(release, MARFAN)
    with_gene = ranker.rank(Patient(observed, genes=("fbn1", "TTN", "NOSUCHGENE")))
    assert with_gene.mid_rank(marfan) < ranker.rank(Patient(observed)).mid_rank(marfan)
    assert "genes" in {other.topic for other in with_gene.evidence(marfan).others}


def test_sex_onset_and_inheritance_count_where_given(release, ranker):
    observed = terms(release, "HP:0001252", "HP:0003198")
    duchenne = disease(release, "OMIM:310200")
    male = ranker.rank(Patient(observed, sex="MALE")).evidence(duchenne).score
    female = ranker.rank(Patient(observed, sex="FEMALE")).evidence(duchenne).score
    assert male > female
    dominant = ranker.rank(Patient(observed, inheritance=terms(release, "HP:0000006")[0]))
    linked = ranker.rank(Patient(observed, inheritance=terms(release, "HP:0001419")[0]))
    assert linked.evidence(duchenne).score > dominant.evidence(duchenne).score
    child = ranker.rank(Patient(observed, onset_days=4 * 365)).evidence(duchenne).score
    assert child > ranker.rank(Patient(observed, onset_days=60 * 365)).evidence(duchenne).score


def test_questions_are_new_and_tell_something(release, ranker):
    observed = terms(release, *MARFAN_FINDINGS[:2])
    ranking = ranker.rank(Patient(observed, terms(release, "HP:0002616")))
    assert len(ranking.questions) == 3
    said = {int(a) for term in observed for a in release.ontology.ancestors(term)}
    for question in ranking.questions:
        assert question.term not in said
        assert not release.ontology.is_ancestor(terms(release, "HP:0002616")[0], question.term)
        assert question.information_bits > 0
    gains = [question.information_bits for question in ranking.questions]
    assert gains == sorted(gains, reverse=True)


GIRL = ("HP:0001250", "HP:0000252", "HP:0001249", "HP:0001321", "HP:0001252")


def test_nobody_is_asked_for_what_only_the_other_sex_can_have(release, ranker):
    ontology = release.ontology
    male, female = terms(release, "HP:0010461", "HP:0010460")
    for findings in (GIRL, ("HP:0000135", "HP:0000458"), ("HP:0001250", "HP:0000252")):
        for sex, other in (("FEMALE", male), ("MALE", female)):
            asked = ranker.rank(Patient(terms(release, *findings), genes=("DCX", "PAFAH1B1"), sex=sex)).questions
            assert len(asked) == 3
            assert not any(ontology.is_ancestor(other, question.term) for question in asked)


def test_a_disease_of_one_sex_is_all_but_ruled_out_in_the_other_whatever_the_gene(release, ranker):
    aplasia = disease(release, "OMIM:277180")  # of the vas deferens
    observed = terms(release, "HP:0001250", "HP:0000252", "HP:0001249")
    girl = ranker.rank(Patient(observed, genes=("CFTR",), sex="FEMALE"))
    boy = ranker.rank(Patient(observed, genes=("CFTR",), sex="MALE"))
    assert boy.mid_rank(aplasia) < 5
    assert girl.probabilities[np.searchsorted(girl.indices, aplasia)] < 0.001
    (reason,) = [one for one in girl.evidence(aplasia).others if one.topic == "males_only"]
    assert (reason.en, reason.ja) == (
        "It affects males, and the patient is female",
        "男性の疾患ですが、患者は女性です",
    )
    assert "males_only" not in {one.topic for one in boy.evidence(aplasia).others}
    ovary = disease(release, "OMIM:311360")  # premature ovarian failure
    assert "females_only" in {one.topic for one in boy.evidence(ovary).others}


def test_diseases_that_both_sexes_can_have_are_not_of_one_sex(release, ranker):
    model = ranker.standings["OMIM"].model
    for both in ("OMIM:614926", "OMIM:167000", "OMIM:264600", "OMIM:310200", "OMIM:219700"):
        assert model.traits.one_sex[model.column(disease(release, both))] == 0
    assert 100 < (model.traits.one_sex != 0).sum() < 200


def test_a_body_that_differs_from_the_recorded_sex_is_taken_at_its_word(release, ranker):
    testes = disease(release, "OMIM:273150")  # rudimentary
    patient = Patient(terms(release, "HP:0000028", "HP:0000815"), sex="FEMALE")
    assert "males_only" not in {one.topic for one in ranker.rank(patient).evidence(testes).others}


def test_sufficiency_is_that_of_the_findings_and_says_what_genes_change(release, ranker):
    observed = terms(release, "HP:0001250", "HP:0000252", "HP:0001249")
    plain = ranker.rank(Patient(observed)).sufficiency
    ranking = ranker.rank(Patient(observed, genes=("CFTR", "NOSUCHGENE")))
    gene = ranking.sufficiency
    assert (gene.level, gene.with_genes) == ("little", "some")
    assert math.isclose(gene.share, plain.share, rel_tol=1e-6)
    assert gene.en.endswith("because of the candidate gene CFTR.")
    assert gene.ja.endswith("候補遺伝子CFTRによるものです。")
    assert plain.with_genes is None
    assert ranking.diseases[0].evidence.only_genes
    marfan = ranker.rank(Patient(terms(release, *MARFAN_FINDINGS), genes=("FBN1",)))
    assert not marfan.diseases[0].evidence.only_genes
    unlike = ranker.rank(Patient(terms(release, *MARFAN_FINDINGS), genes=("CFTR",))).sufficiency
    assert unlike.with_genes is not None


def test_findings_that_meet_only_at_a_very_general_term_are_no_counterparts(release, ranker):
    (microcephaly,) = terms(release, "HP:0000252")
    fibrosis = disease(release, "OMIM:219700")
    ranking = ranker.rank(Patient((microcephaly, *terms(release, "HP:0001250"))))
    evidence = ranking.evidence(fibrosis)
    assert {one.matched for one in evidence.findings} == {None}
    assert microcephaly in evidence.unexplained
    assert math.isclose(
        sum(one.contribution for one in (*evidence.findings, *evidence.others)), evidence.score, abs_tol=1e-4
    )


def test_more_telling_findings_are_more_sufficient(release, ranker):
    little = ranker.rank(Patient(terms(release, "HP:0001250"))).sufficiency
    much = ranker.rank(Patient(terms(release, *MARFAN_FINDINGS))).sufficiency
    assert little.level == "little"
    assert much.share > little.share
    assert much.candidates < little.candidates


def test_a_solved_case_speaks_for_its_disease_unless_it_is_of_the_same_publication(release, ranker):
    observed = terms(release, "HP:0001252", "HP:0001263", "HP:0000718")
    target = disease(release, "OMIM:619340")
    solved = SolvedCases(
        release,
        [
            SolvedCase("a", "OMIM:619340", Patient(observed, publications=("PMID:1",))),
            SolvedCase("b", "OMIM:9999999", Patient(observed)),
            SolvedCase("c", "OMIM:619340", Patient(())),
        ],
    )
    assert solved.left_aside == ["b", "c"]
    informed = Ranker(release, solved=solved)
    patient = Patient(observed, publications=("PMID:1",))
    assert informed.rank(patient).mid_rank(target) < ranker.rank(patient).mid_rank(target)
    left_out = informed.rank(patient, leave_publication_out=True)
    assert left_out.evidence(target).score == ranker.rank(patient, leave_publication_out=True).evidence(target).score


def test_findings_that_solved_cases_had_become_findings_of_the_disease(release, ranker):
    target = disease(release, "OMIM:619340")
    (unheard_of,) = terms(release, "HP:0000407")
    cases = [
        SolvedCase(str(i), "OMIM:619340", Patient((unheard_of,), publications=(f"PMID:{900 + i}",))) for i in range(12)
    ]
    informed = Ranker(release, solved=SolvedCases(release, cases))
    patient = Patient((unheard_of, *terms(release, "HP:0001252")), publications=("PMID:1",))
    assert informed.rank(patient).mid_rank(target) < ranker.rank(patient).mid_rank(target) / 10
    evidence = informed.rank(patient).evidence(target)
    assert math.isclose(
        sum(one.contribution for one in (*evidence.findings, *evidence.others)), evidence.score, abs_tol=1e-4
    )


def test_a_frequency_is_shown_only_where_the_annotations_give_one(release, ranker):
    diseases = release.diseases
    for said in (True, False):
        row = next(
            row
            for row in range(len(diseases.row_term))
            if (diseases.row_frequency_kind[row] != 0) == said
            and diseases.ids[diseases.row_disease[row]].startswith("OMIM")
            and release.ontology.depth(int(diseases.row_term[row])) > 6
            and (diseases.row_term == diseases.row_term[row]).sum() < 20
            and release.ontology.is_phenotype(int(diseases.row_term[row]))
        )
        ranking = ranker.rank(Patient((int(diseases.row_term[row]),)))
        (found,) = ranking.evidence(int(diseases.row_disease[row])).findings
        assert found.matched == diseases.row_term[row]
        assert (found.frequency is not None) is said


def test_solved_cases_are_named_and_a_patients_own_record_can_be_passed_over(release, ranker):
    observed = terms(release, "HP:0001250", "HP:0002373", "HP:0001263", "HP:0001251")
    target = release.diseases.index("OMIM:607208")
    cases = [
        SolvedCase("hers", "OMIM:607208", Patient(observed)),
        SolvedCase("other", "OMIM:607208", Patient(observed[:2])),
    ]
    informed = Ranker(release, solved=SolvedCases(release, cases))

    def solved(**options):
        evidence = informed.rank(Patient(observed), **options).evidence(target)
        return next((one for one in evidence.others if one.topic == "solved"), None)

    assert solved().cases == ("hers", "other")
    assert solved(without_solved=["hers"]).cases == ("other",)
    assert 0 < solved(without_solved=["hers"]).contribution < solved().contribution
    assert solved(without_solved=["hers", "other"]) is None
    plain = ranker.rank(Patient(observed))
    alone = informed.rank(Patient(observed), without_solved=["hers", "other"])
    assert alone.scores.tolist() == plain.scores.tolist()
    assert alone.probabilities.tolist() == plain.probabilities.tolist()


def test_a_small_library_leaves_the_probabilities_of_others_as_they_were(release, ranker):
    case = SolvedCase("far", "OMIM:154700", Patient(terms(release, "HP:0001166", "HP:0001083")))
    informed = Ranker(release, solved=SolvedCases(release, [case]))
    patient = Patient(terms(release, "HP:0001250", "HP:0002373", "HP:0001263", "HP:0001251"))
    before, after = ranker.rank(patient), informed.rank(patient)
    assert after.unknown_probability == pytest.approx(before.unknown_probability, abs=1e-6)
