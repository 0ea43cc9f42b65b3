"""Who may make which move and which write in the portfolio: what the tests hold it to, and the reference prints.

A name stands for those who hold that role at a funding agency; nobody else may. ``NODE`` is the node itself: what its
operator commands, what it does of its own accord.
"""

from django.apps import apps

from kakehashi.kernel.audit.verbs import action_label
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import Workflow, registered

NODE = "the node itself"
OFFICER, SUPERVISOR, DIRECTOR = Role.PROGRAMME_OFFICER, Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR
PRESIDENT, ACCOUNTANT, ADMINISTRATOR = Role.PRESIDENT, Role.ACCOUNTANT, Role.ADMINISTRATOR
RUN_PROGRAMMES = {OFFICER, SUPERVISOR, DIRECTOR}
RECORD_OUTPUTS = {NODE, OFFICER, ADMINISTRATOR}
REPORT_GOALS = {NODE, OFFICER, DIRECTOR, ADMINISTRATOR}
READ = {
    NODE,
    OFFICER,
    SUPERVISOR,
    DIRECTOR,
    Role.DISEASE_COORDINATOR,
    PRESIDENT,
    ACCOUNTANT,
    ADMINISTRATOR,
    Role.AUDITOR,
}

MOVES = {
    "AdjustmentRequest": {
        "submit": {OFFICER},
        "take_back": {OFFICER},
        "score": {SUPERVISOR, DIRECTOR},
        "choose": {PRESIDENT},
        "pass_over": {PRESIDENT},
        "reopen": {PRESIDENT},
        "fund": {ACCOUNTANT},
    },
    "AdjustmentRound": {
        "begin_scoring": {PRESIDENT},
        "decide": {PRESIDENT},
        "reopen": {PRESIDENT},
        "cancel": {PRESIDENT},
        "close": {ACCOUNTANT},
    },
    "Milestone": {
        "go": {SUPERVISOR, DIRECTOR},
        "no_go": {SUPERVISOR, DIRECTOR},
        "hold": {SUPERVISOR, DIRECTOR},
        "withdraw": RUN_PROGRAMMES,
    },
    "Output": {
        "confirm": RECORD_OUTPUTS,
        "give_up": RECORD_OUTPUTS,
        "take_back": RECORD_OUTPUTS,
        "case_reopened": {NODE},
        "diagnosed_again": {NODE},
    },
}
"""By model and move of its workflow."""
WRITES = {
    "adjustmentround.open": {PRESIDENT},
    "adjustmentround.conditions": {PRESIDENT},
    "adjustmentround.decide": {PRESIDENT},
    "adjustmentround.reopen": {PRESIDENT},
    "adjustmentround.close": {ACCOUNTANT},
    "adjustmentrequest.enter": {OFFICER},
    "adjustmentrequest.edit": {OFFICER},
    "adjustmentrequest.review": RUN_PROGRAMMES,
    "adjustmentrequest.score": {SUPERVISOR, DIRECTOR},
    "award.register": {NODE, OFFICER, ADMINISTRATOR},
    "programme.register": {NODE, OFFICER, ADMINISTRATOR},
    "award.publish": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "award.withdraw": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "award.import": {NODE, ADMINISTRATOR},
    "award.update": {NODE, ADMINISTRATOR},
    "award.export": READ,
    "award.link": {NODE, *RUN_PROGRAMMES},
    "award.unlink": RUN_PROGRAMMES,
    "award.pairing": RUN_PROGRAMMES,
    "cooperation.record": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "cooperation.correct": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "cooperation.end": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "cooperation.import": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "cooperation.install": {NODE},
    "involvement.record": {NODE, *RUN_PROGRAMMES},
    "involvement.take_back": RUN_PROGRAMMES,
    "milestone.plan": RUN_PROGRAMMES,
    "milestone.change": RUN_PROGRAMMES,
    "milestone.evidence": RUN_PROGRAMMES,
    "output.record": RECORD_OUTPUTS,
    "output.credit": RECORD_OUTPUTS,
    "output.end_credit": RECORD_OUTPUTS,
    "output.confirm": RECORD_OUTPUTS,
    "output.correct": RECORD_OUTPUTS,
    "output.name_company": RECORD_OUTPUTS,
    "output.take_back": RECORD_OUTPUTS,
    "output.import": RECORD_OUTPUTS,
    "output.diagnosed": {NODE},
    "ledger.post": {NODE, ACCOUNTANT},
    "ledger.correct": {NODE, ACCOUNTANT},
    "contract.record": {NODE, OFFICER, ADMINISTRATOR},
    "contract.amend": {NODE, OFFICER, ADMINISTRATOR},
    "contract.take_back": {NODE, OFFICER, ADMINISTRATOR},
    "call.make": {NODE, OFFICER, ADMINISTRATOR},
    "call.change": {NODE, OFFICER, ADMINISTRATOR},
    "call.publish": {NODE, OFFICER, DIRECTOR, ADMINISTRATOR},
    "award.doi": {NODE, OFFICER, ADMINISTRATOR},
    "planterm.add": {NODE, ADMINISTRATOR},
    "planterm.change": {NODE, ADMINISTRATOR},
    "planterm.delete": {NODE, ADMINISTRATOR},
    "integratedproject.add": {NODE, ADMINISTRATOR},
    "integratedproject.change": {NODE, ADMINISTRATOR},
    "integratedproject.delete": {NODE, ADMINISTRATOR},
    "programme.add": {NODE, ADMINISTRATOR},
    "programme.change": {NODE, ADMINISTRATOR},
    "diseasearea.add": {NODE, ADMINISTRATOR},
    "diseasearea.change": {NODE, ADMINISTRATOR},
    "placement.add": {NODE, ADMINISTRATOR},
    "placement.end": {NODE, ADMINISTRATOR},
    "sharedbudget.add": {NODE, ADMINISTRATOR},
    "sharedbudget.change": {NODE, ADMINISTRATOR},
    "sharedbudget.end": {NODE, ADMINISTRATOR},
    "logicmodel.add": REPORT_GOALS,
    "logicstatement.add": REPORT_GOALS,
    "logicstatement.change": REPORT_GOALS,
    "logicstatement.end": REPORT_GOALS,
    "logicstatement.link": REPORT_GOALS,
    "logicindicator.add": REPORT_GOALS,
    "logicindicator.change": REPORT_GOALS,
    "logicindicator.end": REPORT_GOALS,
    "logicindicator.number": REPORT_GOALS,
    "goal.add": {NODE, ADMINISTRATOR},
    "goal.change": {NODE, ADMINISTRATOR},
    "goal.report": REPORT_GOALS,
    "goal.import": REPORT_GOALS,
    "appropriation.register": {NODE, ACCOUNTANT},
    "office.appoint": {NODE, ADMINISTRATOR},
    "office.end": {NODE, ADMINISTRATOR},
    "investigator.name": {NODE, ADMINISTRATOR, *RUN_PROGRAMMES},
    "investigator.end": {NODE, ADMINISTRATOR, *RUN_PROGRAMMES},
    "portfolio.install": {NODE},
    "portfolio.lineages": {NODE},
}
"""By what the audit trail calls it: every action that writes, beside the moves; and what takes everything out."""
ALSO_IN_THE_GOVERNMENT = {"award.export"}
"""Actions that those of a ministry who hold such a role may do too."""

IN_OFFICE = {
    "milestone.go",
    "milestone.no_go",
    "milestone.hold",
    "adjustmentrequest.choose",
    "adjustmentrequest.pass_over",
    "adjustmentrequest.reopen",
    "adjustmentround.open",
    "adjustmentround.conditions",
    "adjustmentround.begin_scoring",
    "adjustmentround.decide",
    "adjustmentround.reopen",
    "adjustmentround.cancel",
}
"""Moves and writes for which the role is not enough where anybody was ever appointed to the office: only who is in it
today."""
WHILE_IN_OFFICE = "; where anybody was ever appointed, who is in office"


def flows() -> dict[str, Workflow]:
    """The workflows of the portfolio by the names of their models."""
    ours = set(apps.get_app_config("portfolio").get_models())
    return {model.__name__: flow for model, flow in registered().items() if model in ours}


def page(notice: str) -> str:
    """The page of the reference."""
    parts = ["# Who may do what in the portfolio", "", notice]
    parts += ["Roles at a funding agency; everybody else is refused, and the refusal is in the audit trail.", ""]
    for name, flow in sorted(flows().items()):
        parts += [f"## {name}", "", "| step | from | to | who |", "| --- | --- | --- | --- |"]
        for move in flow.moves.values():
            sources = ", ".join(str(flow.states(state).label) for state in move.sources)
            office = WHILE_IN_OFFICE * (f"{name.lower()}.{move.name}" in IN_OFFICE)
            targets = ", ".join(str(flow.states(state).label) for state in move.targets)
            parts.append(f"| {move.label_staff} | {sources} | {targets} | {_names(MOVES[name][move.name])}{office} |")
        parts.append("")
    parts += ["## Writes that are no step of a workflow", "", "| what | who |", "| --- | --- |"]
    for action, who in WRITES.items():
        too = "; the same roles in the government" * (action in ALSO_IN_THE_GOVERNMENT)
        too += WHILE_IN_OFFICE * (action in IN_OFFICE)
        parts.append(f"| {action_label(action)} | {_names(who)}{too} |")
    return "\n".join([*parts, ""])


def _names(who: set[str]) -> str:
    labels = [str(role.label) for role in Role if role in who]
    return ", ".join(labels + [NODE] * (NODE in who))
