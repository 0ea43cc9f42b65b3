"""The pages of cases."""

from django.urls import path

from kakehashi.systems.cases.pages import candidates, case, consultations, course, families, freetext, linkage, terms

app_name = "cases"
urlpatterns = [
    path("", case.case_list, name="list"),
    path("new/", case.new_case, name="new"),
    path("text/", freetext.suggest, name="text"),
    path("import/", case.import_file, name="import"),
    path("import/<int:job_id>/", case.import_progress, name="import_progress"),
    path("consultations/", consultations.consultation_list, name="consultations"),
    path("consultations/new/", consultations.new_consultation, name="new_consultation"),
    path("consultations/<int:consultation_id>/", consultations.consultation, name="consultation"),
    path("consultations/<int:consultation_id>/settle/", consultations.settle, name="settle"),
    path("referrals/", consultations.referral_list, name="referrals"),
    path("referrals/<str:referral_id>/", consultations.referral, name="referral"),
    path("same-patients/", linkage.same_patients, name="same_patients"),
    path("<str:case_id>/", case.diseases, name="show"),
    path("<str:case_id>/similar/", case.similar_cases, name="similar"),
    path("<str:case_id>/questions/", case.questions, name="questions"),
    path("<str:case_id>/answers/", case.keep_answers, name="answers"),
    path("<str:case_id>/sharing/", terms.sharing, name="sharing"),
    path("<str:case_id>/award/", terms.award, name="award"),
    path("<str:case_id>/candidates/", candidates.look, name="candidates"),
    path("<str:case_id>/candidates/add/", candidates.add, name="candidates_add"),
    path("<str:case_id>/same-patient/", linkage.same_patient, name="same_patient"),
    path("<str:case_id>/same-patient/identity/", linkage.identity, name="identity"),
    path("<str:case_id>/same-patient/<int:suspicion_id>/", linkage.answer, name="same_patient_answer"),
    path("<str:case_id>/family/", families.family, name="family"),
    path("<str:case_id>/family/edit/", families.edit_family, name="family_edit"),
    path("<str:case_id>/family/import/", families.import_ped, name="family_import"),
    path("<str:case_id>/family/keep/", families.keep_ped, name="family_keep"),
    path("<str:case_id>/family/family.ped", families.ped, name="family_ped"),
    path("<str:case_id>/family/phenopacket/", families.phenopacket, name="family_phenopacket"),
    path("<str:case_id>/family/pedigree.svg", families.pedigree_svg, name="family_svg"),
    path("<str:case_id>/course/", course.course, name="course"),
    path("<str:case_id>/course/<str:step>/", course.course_step, name="course_step"),
    path("<str:case_id>/diagnoses/<int:diagnosis_id>/reopen/", course.reopen, name="reopen"),
    path("<str:case_id>/history/", case.history, name="history"),
    path("<str:case_id>/revert/", case.revert, name="revert"),
    path("<str:case_id>/edit/", case.edit_case, name="edit"),
    path("<str:case_id>/moves/<str:move>/", case.make_move, name="move"),
    path("<str:case_id>/print/", case.print_case, name="print"),
    path("<str:case_id>/phenopacket/", case.phenopacket, name="phenopacket"),
]
