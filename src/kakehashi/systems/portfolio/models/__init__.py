"""The rows of the portfolio, by subject."""

from kakehashi.systems.portfolio.models.adjustment import AdjustmentRequest, AdjustmentRound, AdjustmentScore
from kakehashi.systems.portfolio.models.award import Award
from kakehashi.systems.portfolio.models.goals import Goal, GoalActual, Standing
from kakehashi.systems.portfolio.models.ledger import Account, Appropriation, Entry, Movement
from kakehashi.systems.portfolio.models.results import AwardResult, ResultKind
from kakehashi.systems.portfolio.models.structure import (
    Axis,
    Call,
    DiseaseArea,
    IntegratedProject,
    Ministry,
    Modality,
    Phase,
    Placement,
    PlanTerm,
    Programme,
    SharedBudget,
)

__all__ = [
    "Account",
    "AdjustmentRequest",
    "AdjustmentRound",
    "AdjustmentScore",
    "Appropriation",
    "Award",
    "AwardResult",
    "Axis",
    "Call",
    "DiseaseArea",
    "Entry",
    "Goal",
    "GoalActual",
    "IntegratedProject",
    "Ministry",
    "Modality",
    "Movement",
    "Phase",
    "Placement",
    "PlanTerm",
    "Programme",
    "ResultKind",
    "SharedBudget",
    "Standing",
]
