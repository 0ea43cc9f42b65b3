"""Workflows as tables: which move leads from which states to which, who may make it, what it does.

    CASE_FLOW = Workflow("cases.Case", states=State, moves=[
        Move("withdraw", sources=[State.REGISTERED], target=State.WITHDRAWN, rule=may_withdraw,
             label_staff=_("Withdraw"), label_applicant=_("Withdraw"), needs_note=True, event=CaseWithdrawn.of)])
    workflow.advance(case, "withdraw", by=person, note="…")

A state changes only through ``advance``: lock the row, check the source, check the rule, act, audit, event. Buttons,
the API's list of moves, the diagram in the documentation and the test of every state × move × role come from the table.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid, NotAllowed
from kakehashi.kernel.people.queries import read_once
from kakehashi.kernel.rules import Rule, Verdict

Text = str | Promise
Subject = TypeVar("Subject", bound=models.Model)


@dataclass(frozen=True)
class Move:
    """One way to change the state. ``act(obj, by=, note=)`` runs inside the transaction, before the row is saved;
    ``event(obj, by, note)`` makes the event published after commit.

    A move that leads back says how to find the state before, ``back(obj)``, and which ones it may be, ``among``; where
    it cannot be told, or is none of these, the move leads to ``target``.
    """

    name: str
    sources: Sequence[str]
    target: str
    rule: Rule
    label_staff: Text
    label_applicant: Text
    needs_note: bool = False
    act: Callable[..., None] | None = None
    event: Callable[[Any, Any, str], events.Event] | None = None
    back: Callable[[Any], str | None] | None = None
    among: Sequence[str] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """Every state it may lead to, each once, as plain text."""
        return tuple(dict.fromkeys(map(str, (self.target, *self.among))))

    def target_for(self, obj: Any) -> str:
        """Where it leads this object."""
        before = self.back(obj) if self.back is not None else None
        return before if before in self.targets else str(self.target)


class Workflow:
    """The table of one model's states and moves. ``model`` may be named ("cases.Case") to avoid an import circle."""

    def __init__(
        self,
        model: type[models.Model] | str,
        *,
        states: type[models.TextChoices],
        moves: Iterable[Move],
        field: str = "state",
    ) -> None:
        self._model, self.states, self.field = model, states, field
        self.moves: dict[str, Move] = {}
        for move in moves:
            unknown = {str(state) for state in (*move.sources, *move.targets)} - set(states.values)
            if unknown or move.name in self.moves:
                raise ValueError(f"workflow of {model}: move {move.name!r} is there twice or names {sorted(unknown)}")
            self.moves[move.name] = move
        _workflows.append(self)

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self._model) if isinstance(self._model, str) else self._model

    def move(self, name: str) -> Move:
        """The move of this name. Raises Invalid naming the moves there are."""
        if name not in self.moves:
            known = ", ".join(self.moves)
            raise Invalid(
                {"move": [_now("There is no move “%(name)s”; there are: %(known)s.") % {"name": name, "known": known}]}
            )
        return self.moves[name]


_workflows: list[Workflow] = []


def registered() -> dict[type[models.Model], Workflow]:
    """Every workflow by its model."""
    return {flow.model: flow for flow in _workflows}


def workflow_of(obj: models.Model) -> Workflow:
    """The workflow of an object's model. Raises LookupError when it has none."""
    for flow in _workflows:
        if isinstance(obj, flow.model):
            return flow
    raise LookupError(f"{type(obj).__name__} has no workflow")


def judge(obj: models.Model, name: str, *, by: Any) -> Verdict:
    """What the move's rule says, without making the move."""
    with read_once():
        return workflow_of(obj).move(name).rule(by, obj)


def moves_available(obj: models.Model, by: Any) -> list[Move]:
    """The moves this person may make now, in the order of the table: the buttons of a page."""
    flow = workflow_of(obj)
    state = getattr(obj, flow.field)
    with read_once():  # a dozen rules about one person
        return [move for move in flow.moves.values() if state in move.sources and move.rule(by, obj)]


def advance(obj: Subject, name: str, *, by: Any, note: str = "") -> Subject:
    """Make a move and return the object in its new state; ``obj`` itself is brought up to date too.

    Raises Conflict (not from this state, or gone), NotAllowed (recorded in the trail), Invalid (a note is needed).
    """
    flow = workflow_of(obj)
    move = flow.move(name)
    kind = obj._meta.model_name or ""
    try:
        with transaction.atomic():
            locked = _locked(obj, flow)
            before = str(getattr(locked, flow.field))
            if before not in move.sources:
                raise Conflict(_conflict(flow, move, before))
            with read_once():
                verdict = move.rule(by, locked)
            if not verdict:
                raise NotAllowed(verdict)
            if move.needs_note and not note.strip():
                raise Invalid({"note": [_("Say why: this step needs a note.")]})
            target = move.target_for(locked)
            setattr(locked, flow.field, target)
            if move.act is not None:
                move.act(locked, by=by, note=note)
            locked.save()
            detail = {"from": before, "to": target} | ({"note": True} if note.strip() else {})
            audit.record(by, f"{kind}.{name}", locked, detail=detail)
            if move.event is not None:
                events.publish(move.event(locked, by, note))
    except NotAllowed as error:
        if not error.recorded:
            codes = list(error.verdict.codes) if error.verdict is not None else []
            audit.refused(by, f"{kind}.{name}", obj, detail={"reasons": codes})
            error.recorded = True
        raise
    setattr(obj, flow.field, getattr(locked, flow.field))
    return locked


def _locked(obj: Subject, flow: Workflow) -> Subject:
    found = type(obj)._base_manager.select_for_update().filter(pk=obj.pk).first()
    if found is None:
        raise Conflict(_("This is no longer there. Go back to the list and look again."))
    return found


def _conflict(flow: Workflow, move: Move, state: str) -> str:
    label = flow.states(state).label

    return _now("“%(move)s” is not possible while this is in the state “%(state)s”; it needs: %(needed)s.") % {
        "move": move.label_staff,
        "state": label,
        "needed": " / ".join(str(flow.states(source).label) for source in move.sources),
    }


def mermaid(flow: Workflow) -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in flow.states]
    targets = {state for move in flow.moves.values() for state in move.targets}
    starts = [state.value for state in flow.states if state.value not in targets] or [flow.states.values[0]]
    lines += [f"    [*] --> {state}" for state in starts]
    for move in flow.moves.values():
        lines += [f"    {source} --> {to}: {move.label_staff}" for source in move.sources for to in move.targets]
    sources = {str(source) for move in flow.moves.values() for source in move.sources}
    lines += [f"    {state} --> [*]" for state in flow.states.values if state not in sources]
    return "\n".join(lines)


@dataclass(frozen=True)
class Combination:
    """One case of the generated test: a state, a move, and whether the table leads on from there."""

    flow: Workflow
    state: str
    move: Move
    possible: bool

    def __str__(self) -> str:
        return f"{self.flow.model.__name__}-{self.state}-{self.move.name}"


def every_combination(flow: Workflow) -> Iterator[Combination]:
    """Every state × move of the table; a test multiplies them by its roles and holds ``advance`` to them."""
    for state in flow.states.values:
        for move in flow.moves.values():
            yield Combination(flow, state, move, state in move.sources)
