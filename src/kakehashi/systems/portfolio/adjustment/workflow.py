"""The tables of every move of a round of adjustment funds and of a request in it."""

from decimal import Decimal
from typing import Any

from django.db.models import Avg
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import Conflict
from kakehashi.kernel.workflow import Move, Workflow
from kakehashi.systems.portfolio.adjustment import rules
from kakehashi.systems.portfolio.adjustment.states import Criterion, RequestState, RoundState


def points_of(request: Any) -> Decimal:
    """The sum over the criteria of the mean of all scorers, to a hundredth. Raises Conflict where one is missing."""
    means = dict(request.scores.order_by().values_list("criterion").annotate(mean=Avg("points")))
    missing = [str(label) for key, label in Criterion.choices if key not in means]
    if missing:
        raise Conflict(_now("Not scored yet: %(criteria)s.") % {"criteria": ", ".join(missing)})
    return sum((Decimal(str(mean)) for mean in means.values()), Decimal(0)).quantize(Decimal("0.01"))


def _while_open(request: Any, *, by: Any, note: str) -> None:
    _insist(request.round, RoundState.OPEN)


def _count_points(request: Any, *, by: Any, note: str) -> None:
    _insist(request.round, RoundState.SCORING)
    request.points = points_of(request)


def _while_scoring(request: Any, *, by: Any, note: str) -> None:
    _insist(request.round, RoundState.SCORING)


def _while_decided(request: Any, *, by: Any, note: str) -> None:
    _insist(request.round, RoundState.DECIDED)
    request.in_best = None


def _committed(request: Any, *, by: Any, note: str) -> None:
    if request.entry_id is None:
        raise Conflict(_now("Nothing is committed to request %(code)s in the ledger.") % {"code": request.code})


def _insist(of_round: Any, state: str) -> None:
    if of_round.state != state:
        raise Conflict(
            _now("The round %(code)s is in the state “%(state)s”; this needs “%(needed)s”.")
            % {"code": of_round.code, "state": RoundState(of_round.state).label, "needed": RoundState(state).label}
        )


def _asked_for(of_round: Any, *, by: Any, note: str) -> None:
    if not of_round.requests.filter(state=RequestState.SUBMITTED).exists():
        raise Conflict(_now("No request has been handed in yet."))


def _decided(of_round: Any, *, by: Any, note: str) -> None:
    open_ones = of_round.requests.filter(state__in=(RequestState.SUBMITTED, RequestState.SCORED))
    waiting = sorted(one.code for one in open_ones.select_related("round"))
    if waiting:
        raise Conflict(_now("Not scored or not decided yet: %(codes)s.") % {"codes": ", ".join(waiting)})
    of_round.decided_by, of_round.decided_at, of_round.decision_note = by, timezone.now(), note.strip()


def _undecided(of_round: Any, *, by: Any, note: str) -> None:
    of_round.decided_by = of_round.decided_at = of_round.best_points = of_round.decided_points = None
    of_round.decision_note = note.strip()


def _nobody_asked(of_round: Any, *, by: Any, note: str) -> None:
    asked = of_round.requests.exclude(state=RequestState.DRAFT).select_related("round")
    if asked:
        codes = ", ".join(one.code for one in asked)
        raise Conflict(_now("Handed in already: %(codes)s. They are taken back first.") % {"codes": codes})
    of_round.decision_note = note.strip()


def _all_funded(of_round: Any, *, by: Any, note: str) -> None:
    if of_round.requests.filter(state=RequestState.CHOSEN).exists():
        raise Conflict(_now("Money is not committed to every chosen request yet."))


_S = RequestState
REQUEST_FLOW = Workflow(
    "portfolio.AdjustmentRequest",
    states=RequestState,
    moves=[
        Move("submit", [_S.DRAFT], _S.SUBMITTED, rules.may_request, _("Hand in"), _("Hand in"), act=_while_open),
        Move(
            "take_back",
            [_S.SUBMITTED],
            _S.DRAFT,
            rules.may_request,
            _("Take back"),
            _("Take back"),
            act=_while_open,
        ),
        Move("score", [_S.SUBMITTED], _S.SCORED, rules.may_score, _("Score"), _("Score"), act=_count_points),
        Move(
            "choose",
            [_S.SCORED],
            _S.CHOSEN,
            rules.may_decide,
            _("Choose this request"),
            _("Choose this request"),
            act=_while_scoring,
        ),
        Move(
            "pass_over",
            [_S.SCORED],
            _S.NOT_CHOSEN,
            rules.may_decide,
            _("Do not choose"),
            _("Do not choose"),
            act=_while_scoring,
        ),
        Move(
            "reopen",
            [_S.CHOSEN, _S.NOT_CHOSEN],
            _S.SCORED,
            rules.may_decide,
            _("Decide anew"),
            _("Decide anew"),
            act=_while_decided,
        ),
        Move("fund", [_S.CHOSEN], _S.FUNDED, rules.may_post, _("Fund"), _("Fund"), act=_committed),
    ],
)
ROUND_FLOW = Workflow(
    "portfolio.AdjustmentRound",
    states=RoundState,
    moves=[
        Move(
            "begin_scoring",
            [RoundState.OPEN],
            RoundState.SCORING,
            rules.may_decide,
            _("Close to requests and have them scored"),
            _("Close to requests and have them scored"),
            act=_asked_for,
        ),
        Move(
            "decide",
            [RoundState.SCORING],
            RoundState.DECIDED,
            rules.may_decide,
            _("Decide"),
            _("Decide"),
            act=_decided,
        ),
        Move(
            "reopen",
            [RoundState.DECIDED],
            RoundState.SCORING,
            rules.may_decide,
            _("Decide anew"),
            _("Decide anew"),
            needs_note=True,
            act=_undecided,
        ),
        Move(
            "cancel",
            [RoundState.OPEN],
            RoundState.CANCELLED,
            rules.may_decide,
            _("Cancel the round"),
            _("Cancel the round"),
            needs_note=True,
            act=_nobody_asked,
        ),
        Move(
            "close",
            [RoundState.DECIDED],
            RoundState.CLOSED,
            rules.may_post,
            _("Commit the money and close"),
            _("Commit the money and close"),
            act=_all_funded,
        ),
    ],
)
