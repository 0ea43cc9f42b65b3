"""The pages of cases."""

from django.urls import path

from kakehashi.systems.cases import pages, termpages

app_name = "cases"
urlpatterns = [
    path("", pages.case_list, name="list"),
    path("new/", pages.new_case, name="new"),
    path("import/", pages.import_file, name="import"),
    path("import/<int:job_id>/", pages.import_progress, name="import_progress"),
    path("<str:case_id>/", pages.diseases, name="show"),
    path("<str:case_id>/similar/", pages.similar_cases, name="similar"),
    path("<str:case_id>/questions/", pages.questions, name="questions"),
    path("<str:case_id>/answers/", pages.keep_answers, name="answers"),
    path("<str:case_id>/sharing/", termpages.sharing, name="sharing"),
    path("<str:case_id>/history/", pages.history, name="history"),
    path("<str:case_id>/revert/", pages.revert, name="revert"),
    path("<str:case_id>/edit/", pages.edit_case, name="edit"),
    path("<str:case_id>/moves/<str:move>/", pages.make_move, name="move"),
    path("<str:case_id>/print/", pages.print_case, name="print"),
    path("<str:case_id>/phenopacket/", pages.phenopacket, name="phenopacket"),
]
