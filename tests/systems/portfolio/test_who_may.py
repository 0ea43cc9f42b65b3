"""Every state × move × role of the portfolio, and every write × role: as the table says, everybody else refused."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

import kakehashi.systems.portfolio
from kakehashi.kernel.audit.models import AuditEntry, Outcome
from kakehashi.kernel.audit.verbs import VERBS, WHOLE
from kakehashi.kernel.errors import Conflict, NotAllowed
from kakehashi.kernel.events.results import CaseDiagnosed
from kakehashi.kernel.organisations.models import Kind, Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, every_combination, moves_available
from kakehashi.systems.portfolio.abroad.actions import correct_cooperation, end_cooperation, record_cooperation
from kakehashi.systems.portfolio.abroad.files import import_cooperation
from kakehashi.systems.portfolio.actions import register_award
from kakehashi.systems.portfolio.adjustment import actions as adjustment
from kakehashi.systems.portfolio.adjustment.conditions import SideCondition
from kakehashi.systems.portfolio.adjustment.funding import commit_round
from kakehashi.systems.portfolio.adjustment.reviewing import review_outcome
from kakehashi.systems.portfolio.adjustment.states import Criterion
from kakehashi.systems.portfolio.calls.actions import change_call, make_call, publish_call
from kakehashi.systems.portfolio.contracts.actions import amend_contract, record_contract
from kakehashi.systems.portfolio.contracts.correcting import take_back
from kakehashi.systems.portfolio.doi import keep_dois
from kakehashi.systems.portfolio.exporting.awards import awards_told
from kakehashi.systems.portfolio.importing.mapping import parse_map
from kakehashi.systems.portfolio.importing.running import import_awards
from kakehashi.systems.portfolio.installing import install_published_cooperation, install_structure
from kakehashi.systems.portfolio.investigators.actions import end_participation, name_investigator
from kakehashi.systems.portfolio.involving.actions import record_involvement, take_back_involvement
from kakehashi.systems.portfolio.ledger.appropriating import register_appropriation
from kakehashi.systems.portfolio.ledger.posting import correct, post_many
from kakehashi.systems.portfolio.lineage.actions import link_awards, unlink_awards
from kakehashi.systems.portfolio.lineage.installing import install_lineages
from kakehashi.systems.portfolio.milestones.actions import change_milestone, plan_milestone, show_evidence
from kakehashi.systems.portfolio.models import (
    AdjustmentScore,
    Appointment,
    Award,
    Credit,
    IntegratedProject,
    Milestone,
    Output,
    PlanTerm,
    Programme,
)
from kakehashi.systems.portfolio.offices.actions import appoint, end_appointment
from kakehashi.systems.portfolio.outputs import actions as outputs
from kakehashi.systems.portfolio.outputs.diagnoses import count_diagnosis
from kakehashi.systems.portfolio.outputs.importing import import_outputs
from kakehashi.systems.portfolio.outputs.workflow import OUTPUT_FLOW
from kakehashi.systems.portfolio.pairing.actions import answer_pairing
from kakehashi.systems.portfolio.publication.actions import publish_awards, withdraw_award
from tests.systems.portfolio.adjustment.funds import YEAR, ask, make_awards, points, staff
from tests.systems.portfolio.agency import make_agency
from tests.systems.portfolio.importing.files import MAP, written
from tests.systems.portfolio.kept import KEPT
from tests.systems.portfolio.who_may import ALSO_IN_THE_GOVERNMENT, IN_OFFICE, MOVES, NODE, WRITES, flows

pytestmark = pytest.mark.django_db
KINDS = (Kind.AGENCY, Kind.GOVERNMENT, Kind.HOSPITAL)
OF_THE_ROUND = {"submit": "open", "take_back": "open", "reopen": "decided", "fund": "decided"}
"""The state that a request's round must be in; else it is being scored."""
OF_THE_REQUEST = {"begin_scoring": "submitted", "cancel": "draft"}
NO_WRITES = {"portfolio.import", "ledger.export", "award.follow", "portfolio.check"}
"""Names in the code that are no write: a lock's, and of what readers did."""
YEAR_END = date(2020, 3, 31)
OWN = """\
name: Own
target: awards
format: csv
awards: {number: number, title: title, institution: at, begins: begins, ends: ends}
"""
PAPER = outputs.NewOutput("paper", "10.5555/one", date(2019, 6, 1), title="論文")


@dataclass(frozen=True)
class Who:
    """Somebody, and as whom the table knows them: by a role at an agency, as the node, as nobody."""

    actor: Person | AnonymousUser | None
    known_as: str
    label: str
    out_of_office: bool = False

    def moves(self, name, move):
        """What the table says of a move."""
        return self.known_as in MOVES[name][move] and not self._kept_out(f"{name.lower()}.{move}")

    def _kept_out(self, action):
        return self.out_of_office and action in IN_OFFICE

    def may(self, action):
        """What the table says of a write."""
        if self._kept_out(action):
            return False
        in_the_government = self.label.endswith(f".{Kind.GOVERNMENT}") and action in ALSO_IN_THE_GOVERNMENT
        return (self.label.split(".")[0] if in_the_government else self.known_as) in WRITES[action]


def place_of(kind):
    return Organisation.objects.get_or_create(code=f"of-{kind}", defaults={"name": kind, "kind": kind})[0]


def everybody():
    """Each role at an agency and elsewhere, somebody without any role or with one that ended, those who hold a role
    still and whose term of office ended, a stranger, the node."""
    where = [place_of(kind) for kind in KINDS]
    places = [(role, one) for one in where for role in Role]
    names = [f"{role}.{one.kind}" for role, one in places] + ["nobody", "former"]
    people = Person.objects.bulk_create(Person(email=f"{name}@example.org", name="見本") for name in names)
    Membership.objects.bulk_create(
        Membership(person=person, organisation=one, role=role)
        for person, (role, one) in zip(people, places, strict=False)
    )
    ended = {"since": date(2015, 4, 1), "until": date(2020, 3, 31)}
    Membership.objects.bulk_create(
        Membership(person=people[-1], organisation=where[0], role=role, **ended) for role in Role
    )
    for person, name, (role, one) in zip(people, names, [*places, ("", None), ("", None)], strict=True):
        yield Who(person, role if one and one.kind == Kind.AGENCY else "", name)
    yield from out_of_office(ended)
    yield Who(AnonymousUser(), "", "anonymous")
    yield Who(None, NODE, "node")


def out_of_office(ended):
    """At another agency, each for something of its own, so that nobody else's powers depend on it."""
    agency = Organisation.objects.get_or_create(code="before", defaults={"name": "前", "kind": Kind.AGENCY})[0]
    term = PlanTerm.objects.get_or_create(number=9, defaults={"name": "前", "begins": ended["since"]})[0]
    project = IntegratedProject.objects.get_or_create(term=term, code="before", axis="modality")[0]
    programme = Programme.objects.get_or_create(code="before")[0]
    for role, held_for in (
        (Role.PRESIDENT, {}),
        (Role.PROGRAMME_DIRECTOR, {"project": project}),
        (Role.PROGRAMME_SUPERVISOR, {"programme": programme}),
    ):
        person = Person.objects.create(email=f"{role}.out@example.org", name="見本")
        Membership.objects.create(person=person, organisation=agency, role=role)
        Appointment.objects.create(person=person, organisation=agency, office=role, **held_for, **ended)
        yield Who(person, role, f"{role}.out of office", out_of_office=True)


def request_in(combination):
    people = staff()
    of_round = adjustment.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=100_000_000)
    one = ask(people, of_round, make_awards(1)[0], 5_000_000)
    AdjustmentScore.objects.bulk_create(
        AdjustmentScore(request=one, scorer=people["programme_director"], criterion=key, points=5) for key in Criterion
    )
    of_round.state = OF_THE_ROUND.get(combination.move.name, "scoring")
    of_round.save()
    one.state, one.entry = combination.state, post_many(make_agency().paid(1), by=None)[0]
    return one


def round_in(combination):
    one = request_in(combination)
    one.state = OF_THE_REQUEST.get(combination.move.name, "not_chosen")
    one.save()
    one.round.state = combination.state
    return one.round


def milestone_in(combination):
    said = {"name": "First in human", "criteria": "Dosed", "evidence": "report 7"}
    return Milestone(award=make_awards(1)[0], due=date(2020, 3, 31), state=combination.state, **said)


def output_in(combination):
    told_by_a_case = MOVES["Output"][combination.move.name] == {NODE}
    ended = date(2020, 1, 1) if combination.state in ("taken_back", "given_up") else None
    return Output(
        kind="diagnosis" if told_by_a_case else "licence",
        reference="7",
        on=date(2019, 6, 1),
        state=combination.state,
        taken_back_on=ended,
    )


IN_STATE = {
    "AdjustmentRequest": request_in,
    "AdjustmentRound": round_in,
    "Milestone": milestone_in,
    "Output": output_in,
}


def combinations():
    return [one for _name, flow in sorted(flows().items()) for one in every_combination(flow)]


def test_the_table_tells_of_every_move():
    assert {name: set(flow.moves) for name, flow in flows().items()} == {
        name: set(told) for name, told in MOVES.items()
    }


def test_the_table_tells_of_every_write():
    """By the names of actions in the code: whoever writes tells the trail, or is refused, under one."""
    folder = Path(kakehashi.systems.portfolio.__file__).parent
    named = {name for file in folder.rglob("*.py") for name in re.findall(r'"([a-z]+\.[a-z_]+)"', file.read_text())}
    actions = {name for name in named if name in WHOLE or name.partition(".")[2] in VERBS}
    others = {name for name in actions if name.endswith(".read")}
    others |= NO_WRITES
    moves = {f"{name.lower()}.{move}" for name, told in MOVES.items() for move in told}
    assert actions - others - moves - set(WRITES) == set()
    assert set(WRITES) - named - moves == set()


@pytest.mark.parametrize("combination", combinations(), ids=str)
def test_a_state_changes_exactly_as_the_table_says(combination):
    name, move = combination.flow.model.__name__, combination.move
    subject = IN_STATE[name](combination)
    subject.save()
    for who in everybody():
        may = who.moves(name, move.name)
        assert (move in moves_available(subject, who.actor)) == (may and combination.possible), who.label
        try:
            with transaction.atomic():
                moved = advance(subject, move.name, by=who.actor, note="why")
                assert (moved.state, may, combination.possible) == (move.target, True, True), who.label
                transaction.set_rollback(True)
            subject.refresh_from_db()
        except NotAllowed:
            assert (may, combination.possible) == (False, True), who.label
        except Conflict:
            assert not combination.possible, who.label


def written_by(action, folder):
    """The write of an action, as a function of who makes it; all that it needs is there."""
    people = staff()
    awards = make_awards(4)

    def a_round(state="open"):
        made = adjustment.open_round(by=people["president"], fiscal_year=YEAR, budget_yen=100_000_000)
        one = ask(people, made, awards[0], 5_000_000)
        if state != "open":
            advance(one, "submit", by=people["programme_officer"])
            advance(made, "begin_scoring", by=people["president"])
        if state in ("scored", "decided"):
            one = adjustment.score_request(by=people["programme_director"], request=one, points=points(5))
        if state == "decided":
            made = adjustment.decide(by=people["president"], of_round=made, chosen=[one.number], note="")
        return made, one

    def an_output(**more):
        return outputs.record_output(replace(PAPER, **more), awards[:1], by=None)

    said = {"reasons": "r", "effects": "e", "amount_yen": 10**6}
    kinds, _dot, verb = action.partition(".")
    if kinds == "adjustmentround":
        made, one = a_round({"decide": "scored", "reopen": "decided", "close": "decided"}.get(verb, "open"))
        return {
            "open": lambda by: adjustment.open_round(by=by, fiscal_year=YEAR, budget_yen=5),
            "conditions": lambda by: adjustment.set_conditions(
                by=by, of_round=made, conditions=[SideCondition(axis="ministry", code="mext", at_most=1)]
            ),
            "decide": lambda by: adjustment.decide(by=by, of_round=made, chosen=[one.number], note=""),
            "reopen": lambda by: adjustment.decide_anew(by=by, of_round=made, note="n"),
            "close": lambda by: commit_round(by=by, of_round=made),
        }[verb]
    if kinds == "adjustmentrequest":
        made, one = a_round({"score": "scoring", "review": "decided"}.get(verb, "open"))
        if verb == "review":
            commit_round(by=people["accountant"], of_round=made)
        return {
            "enter": lambda by: adjustment.request_funds(by=by, of_round=made, award=awards[1], **said),
            "edit": lambda by: adjustment.edit_request(by=by, request=one, **said),
            "score": lambda by: adjustment.score_request(by=by, request=one, points=points(3)),
            "review": lambda by: review_outcome(
                by=by, request=one, on=timezone.localdate(), outcome="reached", findings="f"
            ),
        }[verb]
    if kinds == "output":
        one = an_output(sureness="expected" if verb == "confirm" else "final")
        licence = Output.objects.create(kind="licence", reference="L-1", on=YEAR_END)
        return {
            "record": lambda by: outputs.record_output(replace(PAPER, reference="10.5555/two"), awards, by=by),
            "credit": lambda by: outputs.credit_award(one, awards[1], by=by),
            "end_credit": lambda by: outputs.end_credit(Credit.objects.get(), by=by),
            "confirm": lambda by: outputs.confirm_output(one, by=by, on=date(2020, 1, 1)),
            "take_back": lambda by: outputs.take_back_output(one, by=by, reason="r"),
            "correct": lambda by: outputs.correct_output(one, by=by, reason="r", title="x"),
            "name_company": lambda by: outputs.name_company(licence, by=by, public=True),
            "import": lambda by: import_outputs([], by=by),
            "diagnosed": lambda by: count_diagnosis(CaseDiagnosed(1, 7, 1, awards[0].pk, YEAR_END), by=by),
        }[verb]
    if kinds == "milestone":
        said = {"award": awards[0], "name": "n", "criteria": "c", "due": timezone.localdate()}
        Award.objects.update(ends=timezone.localdate())
        awards[0].refresh_from_db()
        planned = Milestone.objects.create(**said | {"name": "planned"})
        anew = {"name": "anew", "criteria": "c", "due": planned.due}
        return {
            "plan": lambda by: plan_milestone(by=by, **said),
            "change": lambda by: change_milestone(by=by, milestone=planned, reason="r", **anew),
            "evidence": lambda by: show_evidence(by=by, milestone=planned, evidence="e"),
        }[verb]
    if kinds == "involvement":
        said = {"award": awards[0], "kind": "design", "what": "w"}
        told = record_involvement(by=None, **said, on=awards[0].begins)
        return {
            "record": lambda by: record_involvement(by=by, **said, on=YEAR_END),
            "take_back": lambda by: take_back_involvement(by=by, involvement=told, reason="r"),
        }[verb]
    if kinds == "cooperation":
        told = {"kind": "memorandum", "name": "覚書", "countries": "US"}
        row = record_cooperation(by=None, said=told)
        return {
            "record": lambda by: record_cooperation(by=by, said=told | {"name": "別の覚書"}),
            "correct": lambda by: correct_cooperation(by=by, row=row, said={"countries": "SG"}, reason="r"),
            "end": lambda by: end_cooperation(by=by, row=row, on=YEAR_END, reason="r"),
            "import": lambda by: import_cooperation([], by=by),
            "install": lambda by: install_published_cooperation(by=by),
        }[verb]
    if kinds == "ledger":
        agency = make_agency()
        entries = post_many(agency.paid(10), by=None)
        return {
            "post": lambda by: post_many(agency.paid(5), by=by),
            "correct": lambda by: correct(entries[-1], by=by, memo="twice"),
        }[verb]
    if kinds == "contract":
        told = {"award": awards[0], "number": "C-1", "kind": "commission", "signed_on": date(2018, 3, 1)}
        told |= {"organisation": awards[0].organisation, "begins": awards[0].begins, "ends": awards[0].ends}
        signed = record_contract(by=None, **told | {"number": "C-0"}, amount_yen=10**6)
        return {
            "record": lambda by: record_contract(by=by, **told, amount_yen=10**6),
            "amend": lambda by: amend_contract(by=by, contract=signed, signed_on=YEAR_END, reason="r", amount_yen=1),
            "take_back": lambda by: take_back(by=by, contract=signed, reason="r"),
        }[verb]
    if kinds == "call":
        later = timezone.localdate() + timedelta(days=9)
        told = {"programme": awards[0].programme, "name": "公募", "opens": later, "closes": later}
        made = make_call(by=None, number="C-0", **told)
        return {
            "make": lambda by: make_call(by=by, number="C-1", **told),
            "change": lambda by: change_call(by=by, call=made, budget_yen=5),
            "publish": lambda by: publish_call(by=by, call=made),
        }[verb]
    if action == "programme.register":
        told = {"title": "t", "organisation": awards[0].organisation, "begins": awards[0].begins}
        return lambda by: register_award(by=by, number="20ek0109999", programme="new", ends=awards[0].ends, **told)
    if kinds in KEPT:
        return KEPT[kinds](verb)
    if kinds == "appropriation":
        told = {"code": "new", "ministry": "mext", "kind": "initial", "fiscal_year": YEAR, "name": "当初予算"}
        return lambda by: register_appropriation(by=by, **told)
    if kinds == "portfolio":
        if verb == "lineages":
            install_structure(by=None)
        return {"install": lambda by: install_structure(by=by), "lineages": lambda by: install_lineages(by=by)}[verb]
    if kinds == "office":
        agency, person = place_of(Kind.AGENCY), people["programme_director"]
        Membership.objects.create(person=person, organisation=agency, role=Role.PRESIDENT)
        told = {"person": person, "organisation": agency, "office": Role.PRESIDENT, "since": date(2020, 4, 1)}
        held = appoint(by=None, **told) if verb == "end" else None
        return {
            "appoint": lambda by: appoint(by=by, **told),
            "end": lambda by: end_appointment(held, by=by, on=date(2021, 3, 31), reason="r"),
        }[verb]
    if kinds == "investigator":
        told = {
            "part": "co_investigator",
            "organisation": place_of(Kind.HOSPITAL),
            "since": awards[0].begins,
            "name": "見本",
        }
        named = name_investigator(by=None, award=awards[0], **told)
        return {
            "name": lambda by: name_investigator(by=by, award=awards[0], **told),
            "end": lambda by: end_participation(named, by=by, on=awards[0].begins, reason="r"),
        }[verb]
    later = Award.objects.create(
        number="later", title="t", organisation=awards[0].organisation, begins=date(2022, 4, 1), ends=date(2023, 3, 31)
    )
    link = link_awards(by=None, before=awards[0], after=awards[1], source="s")
    pairing = {"found": "giver", "key": later.number, "place": 1, "answer": "accepted", "reason": "r"}
    file, chosen = written(folder), parse_map(MAP, "m.yaml")
    shown = awards[1]
    if verb == "withdraw":
        publish_awards(by=None, awards=Award.objects.filter(pk=shown.pk))
    own = folder / "own.csv"
    own.write_text(f"number,title,at,begins,ends\nlater,new title,{later.organisation.code},2022-04-01,2023-03-31\n")
    days = {"begins": date(2020, 4, 1), "ends": date(2021, 3, 31)}
    return {
        "register": lambda by: register_award(
            by=by, number="20ek0109998", title="t", organisation=awards[0].organisation, **days
        ),
        "publish": lambda by: publish_awards(by=by, awards=Award.objects.all()),
        "withdraw": lambda by: withdraw_award(by=by, award=shown, reason="r"),
        "doi": lambda by: override_settings(DOI_PREFIX="10.5555")(keep_dois)(awards, by=by),
        "import": lambda by: import_awards(file, chosen, by=by),
        "update": lambda by: import_awards(own, parse_map(OWN, "o.yaml"), by=by, existing="update"),
        "export": lambda by: list(awards_told(by=by, shape="csv")),
        "link": lambda by: link_awards(by=by, before=awards[0], after=later, reason="r"),
        "unlink": lambda by: unlink_awards(by=by, link=link, reason="r"),
        "pairing": lambda by: answer_pairing(by=by, award=awards[0], **pairing),
    }[verb]


@pytest.mark.parametrize("action", WRITES)
def test_what_is_written_and_by_whom_is_as_the_table_says(action, tmp_path):
    write = written_by(action, tmp_path)
    for who in everybody():
        may = who.may(action)
        if who.actor is None and not may:
            continue  # these take somebody: by None they cannot be called
        before = AuditEntry.objects.count()
        try:
            with transaction.atomic():
                write(who.actor)
                assert may, who.label
                assert AuditEntry.objects.filter(action=action, outcome=Outcome.DONE).exists()
                transaction.set_rollback(True)
        except NotAllowed:
            assert not may, who.label
        assert AuditEntry.objects.count() == before


def test_who_is_refused_stands_in_the_trail():
    one = Output.objects.create(kind="paper", reference="10.5555/one", on=date(2019, 6, 1))
    person = Person.objects.create(email="nobody@example.org")
    for attempt in (
        lambda: advance(one, "take_back", by=person, note="why"),
        lambda: outputs.take_back_output(one, by=person, reason="why"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
        last = AuditEntry.objects.latest("sequence")
        assert (last.action, last.outcome, last.actor) == ("output.take_back", Outcome.REFUSED, f"person:{person.pk}")
    one.refresh_from_db()
    assert one.state == "final"


def test_what_cases_tell_is_changed_by_no_hand():
    for kind, moves in (("diagnosis", ("confirm", "give_up", "take_back")), ("paper", ("case_reopened",))):
        for name in moves:
            move = OUTPUT_FLOW.moves[name]
            one = Output.objects.create(kind=kind, reference=name, on=date(2019, 6, 1), state=move.sources[0])
            with pytest.raises(Conflict):
                advance(one, name, by=None, note="why")
