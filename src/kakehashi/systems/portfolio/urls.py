"""The pages of the portfolio."""

from django.urls import path

from kakehashi.systems.portfolio.pages import (
    adjustment,
    adjustment_requests,
    agency,
    awards,
    databook,
    lineage,
    logic,
    output_writing,
    outputs,
    pairing,
    trail,
)

app_name = "portfolio"
urlpatterns = [
    path("", agency.show, name="agency"),
    path("databook/", databook.show, name="databook"),
    path("goals/", agency.goals, name="goals"),
    path("projects/<str:code>/", agency.project, name="project"),
    path("projects/<str:code>/logic/", logic.logic, name="logic"),
    path("programmes/<str:code>/", agency.programme, name="programme"),
    path("awards/", awards.awards, name="awards"),
    path("awards/<str:number>/", awards.award, name="award"),
    path("ending/", pairing.ending, name="ending"),
    path("awards/<str:number>/next/", pairing.following, name="award_next"),
    path("awards/<str:number>/links/", lineage.links, name="award_links"),
    path("outputs/", outputs.outputs, name="outputs"),
    path("outputs/new/", output_writing.record, name="output_record"),
    path("outputs/<int:pk>/", outputs.output, name="output"),
    path("outputs/<int:pk>/credit/", output_writing.credit, name="output_credit"),
    path("outputs/<int:pk>/credit/<int:credit>/end/", output_writing.end_credit, name="output_end_credit"),
    path("outputs/<int:pk>/confirm/", output_writing.confirm, name="output_confirm"),
    path("outputs/<int:pk>/take-back/", output_writing.take_back, name="output_take_back"),
    path("rows/<str:what>/", trail.rows, name="rows"),
    path("accounts/<int:pk>/", trail.account, name="account"),
    path("entries/", trail.entries, name="entries"),
    path("entries/<int:number>/", trail.entry, name="entry"),
    path("adjustment/", adjustment.rounds, name="adjustment"),
    path("adjustment/new/", adjustment.new_round, name="adjustment_new"),
    path("adjustment/<str:code>/", adjustment.show, name="adjustment_round"),
    path("adjustment/<str:code>/move/", adjustment.move, name="adjustment_move"),
    path("adjustment/<str:code>/conditions/", adjustment.side_conditions, name="adjustment_conditions"),
    path("adjustment/<str:code>/price/<int:number>/", adjustment.price, name="adjustment_price"),
    path("adjustment/<str:code>/new/", adjustment_requests.new, name="adjustment_request_new"),
    path("adjustment/<str:code>/<int:number>/", adjustment_requests.show, name="adjustment_request"),
    path("adjustment/<str:code>/<int:number>/edit/", adjustment_requests.edit, name="adjustment_request_edit"),
    path("adjustment/<str:code>/<int:number>/move/", adjustment_requests.move, name="adjustment_request_move"),
]
