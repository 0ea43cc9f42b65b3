"""Made-up decisions of the demo agency: rounds of adjustment funds, stage gates, outputs that are expected."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.kernel.organisations.models import Kind
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.workflow import advance, judge
from kakehashi.systems.portfolio.adjustment import actions, choosing
from kakehashi.systems.portfolio.adjustment.conditions import SideCondition
from kakehashi.systems.portfolio.adjustment.funding import commit_round
from kakehashi.systems.portfolio.adjustment.reviewing import review_outcome
from kakehashi.systems.portfolio.adjustment.states import Criterion, Outcome, RequestState
from kakehashi.systems.portfolio.demo.budgets import YEARS
from kakehashi.systems.portfolio.milestones.actions import plan_milestone, show_evidence
from kakehashi.systems.portfolio.models import AdjustmentRound, Award, Milestone, Ministry, OutputKind, OutputState
from kakehashi.systems.portfolio.outputs.actions import NewOutput, record_output, take_back_output

SEED = 2024
NEEDED = (Role.PROGRAMME_OFFICER, Role.PROGRAMME_DIRECTOR, Role.PRESIDENT)
MILLION = 10**6
REASONS = (
    "症例登録が計画より早い（架空） Patients were enrolled earlier than planned (made up)",
    "製造を前倒しできる（架空） Manufacture can begin earlier (made up)",
    "測定機器が故障した（架空） A measuring device broke down (made up)",
    "海外との共同が決まった（架空） A partner abroad has joined (made up)",
)
EFFECTS = (
    "次の相へ半年早く進める（架空） The next phase begins half a year earlier (made up)",
    "年度内に治験届を出せる（架空） The trial is notified within the year (made up)",
    "目標症例数に届く（架空） The planned number of patients is reached (made up)",
)
OTHERWISE = "希少疾患を優先した（架空） Rare diseases were preferred (made up)"
GOALS = (
    ("リード化合物の決定 Lead compound chosen", "活性と安全性の基準を満たす Activity and safety as specified"),
    (
        "非臨床試験の完了 Non-clinical studies done",
        "GLP毒性試験で重い所見がない No serious finding in toxicity studies",
    ),
    ("治験届の提出 Trial notified", "PMDAとの相談を終えている Consulted with the regulator"),
    ("目標症例数の登録 Patients enrolled", "計画の9割以上 At least 90% of the plan"),
)
DECISIONS = (
    ("go", "基準を満たした（架空） The criteria are met (made up)"),
    ("go", "基準を満たした（架空） The criteria are met (made up)"),
    ("no_go", "安全性の基準に届かない（架空） Safety falls short of the criteria (made up)"),
    ("hold", "追加の報告を待つ（架空） A further report is awaited (made up)"),
    ("", ""),
    ("", ""),
)
"""What is decided at one milestone after the other; nothing: it stands open."""
EVIDENCE = "報告書（架空） Report (made up)"
FINDINGS = (
    (
        (
            Outcome.TOO_EARLY,
            "登録は進んだが結果はまだ出ていない（架空） Patients were enrolled, results are to come (made up)",
        ),
        (Outcome.REACHED, "次の相を半年早く開始した（架空） The next phase began half a year earlier (made up)"),
    ),
    ((Outcome.PARTLY, "目標症例数の8割に達した（架空） Four fifths of the patients planned were enrolled (made up)"),),
)
"""What reviews of funded requests find, one after the other."""
OPENED_AFTER, DECIDED_AFTER = 60, 100
"""In days of the fiscal year: when the round of an earlier year was opened, and decided."""
MILESTONES = 24
NOON = time(12)


def make_decisions() -> bool:
    """Write them, once; False where they stand already, or nobody of the agency is there to decide."""
    staff = _staff()
    if AdjustmentRound.objects.exists() or not set(NEEDED) <= set(staff):
        return False
    dice = random.Random(SEED)  # noqa: S311  made-up requests and scores
    with transaction.atomic():
        decided = _round(staff, dice, YEARS[-2], asked=9)
        _score(staff, dice, decided)
        _decide(staff, decided)
        scored = _round(staff, dice, YEARS[-1], asked=12)
        condition = SideCondition(axis="ministry", code=Ministry.MHLW, at_most=scored.budget_yen // 2)
        actions.set_conditions(by=staff[Role.PRESIDENT], of_round=scored, conditions=[condition])
        _score(staff, dice, scored)
        _round(staff, dice, YEARS[-1], asked=4, drafts=2)
        _gates(staff)
        _expected(staff)
        if Role.ACCOUNTANT in staff:
            _funded(staff, YEARS[-3])
    return True


def _staff() -> dict[str, Person]:
    """Somebody of each role at a funding agency."""
    held = Membership.objects.filter(organisation__kind=Kind.AGENCY, until=None).select_related("person")
    return {one.role: one.person for one in held.order_by("-pk")}


def _running(fiscal_year: int, number: int, dice: random.Random) -> list[Award]:
    """Synthetic awards that run in the year, of programmes whose money has an origin."""
    first, last = fiscal_year_days(fiscal_year)
    rows = Award.objects.filter(synthetic=True, begins__lte=first, ends__gte=last, programme__isnull=False)
    keys = list(rows.exclude(programme__ministry=Ministry.UNSTATED).order_by("number").values_list("pk", flat=True))
    chosen = dice.sample(keys, min(number, len(keys)))
    return list(Award.objects.filter(pk__in=chosen).select_related("programme").order_by("number"))


def _round(
    staff: Mapping[str, Person], dice: random.Random, fiscal_year: int, *, asked: int, drafts: int = 0
) -> AdjustmentRound:
    """A round with requests that ask for about twice its money; the last ``drafts`` are not handed in yet."""
    made = actions.open_round(by=staff[Role.PRESIDENT], fiscal_year=fiscal_year, budget_yen=asked * 15 * MILLION)
    awards = _running(fiscal_year, asked, dice)
    for place, award in enumerate(awards):
        request = actions.request_funds(
            by=staff[Role.PROGRAMME_OFFICER],
            of_round=made,
            award=award,
            amount_yen=dice.randint(10, 50) * MILLION,
            reasons=dice.choice(REASONS),
            effects=dice.choice(EFFECTS),
        )
        if place < len(awards) - drafts:
            advance(request, "submit", by=staff[Role.PROGRAMME_OFFICER])
    return made


def _score(staff: Mapping[str, Person], dice: random.Random, of_round: AdjustmentRound) -> None:
    advance(of_round, "begin_scoring", by=staff[Role.PRESIDENT])
    scorers = [staff[role] for role in (Role.PROGRAMME_SUPERVISOR, Role.PROGRAMME_DIRECTOR) if role in staff]
    for request in of_round.requests.order_by("number"):
        for scorer in scorers:
            points = {str(key): dice.randint(3, 10) for key in Criterion}
            actions.score_request(by=scorer, request=request, points=points)


def _decide(staff: Mapping[str, Person], of_round: AdjustmentRound) -> None:
    """The best choice without one of its requests, so that the page has a change to tell of."""
    choice = choosing.standing(choosing.problem_of(of_round)).choice
    best = sorted(int(one) for one in choice.ids) if choice else []
    actions.decide(by=staff[Role.PRESIDENT], of_round=of_round, chosen=best[1:], note=OTHERWISE)


def _funded(staff: Mapping[str, Person], fiscal_year: int) -> None:
    """A round of an earlier year whose money was given, and what reviews found a year later and after another."""
    made = _round(staff, random.Random(SEED + 1), fiscal_year, asked=4)  # noqa: S311  made-up requests
    _score(staff, random.Random(SEED + 2), made)  # noqa: S311
    choice = choosing.standing(choosing.problem_of(made)).choice
    best = sorted(int(one) for one in choice.ids) if choice else []
    actions.decide(by=staff[Role.PRESIDENT], of_round=made, chosen=best, note="")
    commit_round(by=staff[Role.ACCOUNTANT], of_round=made)
    first, last = fiscal_year_days(fiscal_year)
    opened, decided = (
        timezone.make_aware(datetime.combine(first + timedelta(days=days), NOON))
        for days in (OPENED_AFTER, DECIDED_AFTER)
    )
    AdjustmentRound.objects.filter(pk=made.pk).update(opened_at=opened, decided_at=decided)
    reviewer = staff.get(Role.PROGRAMME_SUPERVISOR) or staff[Role.PROGRAMME_DIRECTOR]  # not the officer who asked
    for number, request in enumerate(made.requests.filter(state=RequestState.FUNDED).order_by("number")):
        for (outcome, findings), years in zip(FINDINGS[number % len(FINDINGS)], (1, 2), strict=False):
            on = min(date(last.year + years, last.month, last.day), timezone.localdate())
            review_outcome(by=reviewer, request=request, on=on, outcome=outcome, findings=findings)


def _gates(staff: Mapping[str, Person]) -> None:
    """Milestones of the awards that ended last: decided, on hold, overdue; and of those that run now: due."""
    today = timezone.localdate()
    ours = Award.objects.filter(synthetic=True).order_by("-ends", "number")
    officer, director = staff[Role.PROGRAMME_OFFICER], staff[Role.PROGRAMME_DIRECTOR]
    for place, award in enumerate(_spread(ours.filter(ends__lt=today)[: MILESTONES * 20], MILESTONES)):
        move, reason = DECISIONS[place % len(DECISIONS)]
        one = _milestone(officer, award, place, award.ends - timedelta(days=30 * (place % 5)))
        if move == "go":
            show_evidence(by=officer, milestone=one, evidence=EVIDENCE)
        if move and judge(one, move, by=director):  # where offices were given before, another may decide
            advance(one, move, by=director, note=reason)
            one.decisions.update(decided_at=timezone.make_aware(datetime.combine(one.due, NOON)))
    running = Award.objects.filter(ends__gte=today).order_by("number")[:MILESTONES]
    for place, award in enumerate(running):
        _milestone(officer, award, place, min(today + timedelta(days=60 + 30 * place), award.ends))


def _spread(awards: Iterable[Award], number: int) -> list[Award]:
    """So many of them, from the whole of the list."""
    every = list(awards)
    return every[:: max(len(every) // number, 1)][:number]


def _milestone(officer: Person, award: Award, place: int, due: date) -> Milestone:
    name, criteria = GOALS[place % len(GOALS)]
    marked = f"{name}（架空 made up）"
    return plan_milestone(by=officer, award=award, name=marked, criteria=criteria, due=max(due, award.begins))


def _expected(staff: Mapping[str, Person]) -> None:
    """Trials that are expected, and one that is expected no longer: they stand in no figure."""
    officer, (first, last) = staff[Role.PROGRAMME_OFFICER], fiscal_year_days(YEARS[-1])
    awards = Award.objects.filter(synthetic=True, begins__lte=first, ends__gte=last).order_by("number")[:3]
    for number, award in enumerate(awards, 1):
        new = NewOutput(
            OutputKind.DATASET,
            f"DEMO-D{number:05d}",
            last,
            title=f"{award.title}のデータ（架空）",
            title_en=f"Made-up data of: {award.title_en}",
            sureness=OutputState.EXPECTED,
        )
        made = record_output(new, [award], by=officer)
        if number == len(awards):
            take_back_output(made, by=officer, reason="中止（架空） Given up (made up)")
