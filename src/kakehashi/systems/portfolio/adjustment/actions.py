"""Every write to adjustment funds: rounds, their conditions, requests, scores, the decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.fiscal import fiscal_year_days
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.kernel.workflow import advance
from kakehashi.systems.portfolio.adjustment import choosing, rules
from kakehashi.systems.portfolio.adjustment.conditions import SideCondition, written
from kakehashi.systems.portfolio.adjustment.states import MOST_POINTS, Criterion, RequestState, RoundState
from kakehashi.systems.portfolio.adjustment.workflow import points_of
from kakehashi.systems.portfolio.models import AdjustmentRequest, AdjustmentRound, AdjustmentScore, Award, Ministry


def open_round(*, by: Person, fiscal_year: int, budget_yen: int) -> AdjustmentRound:
    """Open a round for requests. Raises NotAllowed, Invalid naming each field at fault, Conflict where the year has a
    round with the same budget that nobody has asked yet: the same form sent twice."""
    audit.insist(rules.may_decide(by), by=by, action="adjustmentround.open")
    with transaction.atomic():
        alone("portfolio.adjustment")
        same = AdjustmentRound.objects.filter(fiscal_year=fiscal_year, budget_yen=budget_yen, state=RoundState.OPEN)
        if twin := same.filter(requests=None).first():
            text = _("Round %(code)s is open with the same budget, and nobody has asked yet: use it, or cancel it.")
            raise Conflict(text % {"code": twin.code}, field="budget_yen")
        last = AdjustmentRound.objects.filter(fiscal_year=fiscal_year).aggregate(last=Max("number"))["last"] or 0
        made = AdjustmentRound(fiscal_year=fiscal_year, number=last + 1, budget_yen=budget_yen, opened_by=by)
        _clean(made)
        made.save()
        audit.record(by, "adjustmentround.open", made, detail={"code": made.code, "yen": budget_yen})
    return made


def set_conditions(*, by: Person, of_round: AdjustmentRound, conditions: Iterable[SideCondition]) -> None:
    """Say under which side conditions the money is given. Raises NotAllowed, Conflict once it is decided."""
    audit.insist(rules.may_decide(by), by=by, action="adjustmentround.conditions", subject=of_round)
    with transaction.atomic():
        locked = _locked(of_round)
        if locked.state not in (RoundState.OPEN, RoundState.SCORING):
            raise Conflict(_("The round %(code)s is decided: its conditions stand.") % {"code": locked.code})
        locked.conditions = of_round.conditions = written(conditions)
        locked.save()
        audit.record(by, "adjustmentround.conditions", locked, detail={"conditions": len(locked.conditions)})


def request_funds(
    *, by: Person, of_round: AdjustmentRound, award: Award, amount_yen: int, reasons: str, effects: str
) -> AdjustmentRequest:
    """Write the draft of a request. Raises NotAllowed, Conflict (the round takes none any more), Invalid by field."""
    audit.insist(rules.may_request(by), by=by, action="adjustmentrequest.enter", subject=award)
    with transaction.atomic():
        locked = _locked(of_round)
        _insist_open(locked)
        last = locked.requests.aggregate(last=Max("number"))["last"] or 0
        made = AdjustmentRequest(round=locked, number=last + 1, award=award, requested_by=by)
        _fill(made, amount_yen=amount_yen, reasons=reasons, effects=effects)
        audit.record(by, "adjustmentrequest.enter", made, detail={"award": award.number, "yen": amount_yen})
    return made


def edit_request(*, by: Person, request: AdjustmentRequest, amount_yen: int, reasons: str, effects: str) -> None:
    """Change a draft. Raises NotAllowed, Conflict once it is handed in, Invalid by field."""
    audit.insist(rules.may_request(by), by=by, action="adjustmentrequest.edit", subject=request)
    with transaction.atomic():
        locked = AdjustmentRequest.objects.select_for_update(of=("self",)).select_related("round").get(pk=request.pk)
        _insist_open(locked.round)
        if locked.state != RequestState.DRAFT:
            raise Conflict(_("Request %(code)s is handed in: take it back first.") % {"code": locked.code})
        _fill(locked, amount_yen=amount_yen, reasons=reasons, effects=effects)
        audit.record(by, "adjustmentrequest.edit", locked, detail={"yen": amount_yen})


def score_request(*, by: Person, request: AdjustmentRequest, points: Mapping[str, int]) -> AdjustmentRequest:
    """Give a request one's points by every criterion, or change them while the round is being scored.

    Raises NotAllowed, Conflict (not being scored), Invalid naming each criterion at fault.
    """
    audit.insist(rules.may_score(by, request), by=by, action="adjustmentrequest.score", subject=request)
    wrong = {
        str(key): [_("Give a whole number of points from 0 to %(most)d.") % {"most": MOST_POINTS}]
        for key in Criterion
        if type(points.get(key)) is not int or not 0 <= points[key] <= MOST_POINTS
    }
    if wrong:
        raise Invalid(wrong)
    with transaction.atomic():
        locked = AdjustmentRequest.objects.select_for_update(of=("self",)).select_related("round").get(pk=request.pk)
        if locked.round.state != RoundState.SCORING:
            raise Conflict(_("The round %(code)s is not being scored.") % {"code": locked.round.code})
        for key in Criterion:
            AdjustmentScore.objects.update_or_create(
                request=locked, scorer=by, criterion=key, defaults={"points": points[key]}
            )
        if locked.state != RequestState.SCORED:
            return advance(locked, "score", by=by)
        locked.points = points_of(locked)
        locked.save()
        audit.record(by, "adjustmentrequest.score", locked, detail={"points": str(locked.points)})
        return locked


def decide(*, by: Person, of_round: AdjustmentRound, chosen: Collection[int], note: str) -> AdjustmentRound:
    """Decide which of the scored requests (``chosen``: their numbers) get the money; all others do not.

    Raises NotAllowed, Conflict (another state, unscored requests, a condition broken), Invalid where the decision
    differs from the exact best choice and no reason is given.
    """
    audit.insist(rules.may_decide(by), by=by, action="adjustmentround.decide", subject=of_round)
    with transaction.atomic():
        locked = _locked(of_round)
        if locked.requests.filter(state=RequestState.SUBMITTED).exists() or locked.state != RoundState.SCORING:
            return advance(locked, "decide", by=by, note=note)  # says what stands against it
        problem = choosing.problem_of(locked)
        rows = {choosing.id_of(one): one for one in locked.requests.filter(state=RequestState.SCORED)}
        ids = {key for key, one in rows.items() if one.number in chosen}
        points = choosing.points_by_hand(problem, ids)
        choice = choosing.standing(problem).choice
        best = choice.ids if choice else frozenset[str]()
        if ids != best and not note.strip():
            raise Invalid({"note": [_("Your choice differs from the best one: say why.")]})
        for key, one in rows.items():
            one.in_best = key in best
            one.save(update_fields=["in_best"])
            advance(one, "choose" if key in ids else "pass_over", by=by)
        locked.best_points, locked.decided_points = choice.value if choice else None, points
        locked.save()
        return advance(locked, "decide", by=by, note=note)


def decide_anew(*, by: Person, of_round: AdjustmentRound, note: str) -> AdjustmentRound:
    """Take a decision back, with a reason, before the money is committed. Raises as ``advance``."""
    with transaction.atomic():
        locked = _locked(of_round)
        for one in locked.requests.filter(state__in=(RequestState.CHOSEN, RequestState.NOT_CHOSEN)):
            advance(one, "reopen", by=by)
        return advance(locked, "reopen", by=by, note=note)


def _locked(of_round: AdjustmentRound) -> AdjustmentRound:
    return AdjustmentRound.objects.select_for_update().get(pk=of_round.pk)


def _insist_open(of_round: AdjustmentRound) -> None:
    if of_round.state != RoundState.OPEN:
        raise Conflict(_("The round %(code)s takes no requests any more.") % {"code": of_round.code})


def _fill(request: AdjustmentRequest, *, amount_yen: int, reasons: str, effects: str) -> None:
    request.amount_yen, request.reasons, request.effects = amount_yen, reasons.strip(), effects.strip()
    faults = _faults_of(request)
    if faults:
        raise Invalid(faults)
    _clean(request)
    request.save()


def _faults_of(request: AdjustmentRequest) -> dict[str, list[str]]:
    award, year = request.award, request.round.fiscal_year
    first, last = fiscal_year_days(year)
    faults: dict[str, list[str]] = {}
    if award.ends < first or award.begins > last:
        faults["award"] = [_("This award does not run in fiscal year %(year)d.") % {"year": year}]
    elif award.programme is None or award.programme.ministry == Ministry.UNSTATED:
        faults["award"] = [
            _("This award's programme names no ministry: its money would have no origin. An administrator names it.")
        ]
    elif request.round.requests.filter(award=award).exclude(pk=request.pk).exists():
        faults["award"] = [_("There is a request for this award in the round already.")]
    if request.amount_yen > request.round.budget_yen:
        faults["amount_yen"] = [_("This is more than the whole budget of the round.")]
    return faults


def _clean(row: AdjustmentRound | AdjustmentRequest) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
