"""The rows of the portfolio, by subject."""

from kakehashi.systems.portfolio.models.adjustment import (
    AdjustmentRequest,
    AdjustmentRound,
    AdjustmentScore,
    OutcomeReview,
)
from kakehashi.systems.portfolio.models.award import Award
from kakehashi.systems.portfolio.models.collections import (
    CollectedAward,
    CollectedLink,
    Collection,
    FaultKind,
    ImportFault,
    ImportRun,
    ImportTarget,
)
from kakehashi.systems.portfolio.models.contracts import Amendment, Contract, ContractKind, TakenBack
from kakehashi.systems.portfolio.models.cooperation import (
    Cooperation,
    CooperationChange,
    CooperationCountry,
    CooperationKind,
    CooperationRevision,
    CooperationStanding,
)
from kakehashi.systems.portfolio.models.goals import Goal, GoalActual, Standing
from kakehashi.systems.portfolio.models.involvement import Involvement, InvolvementKind
from kakehashi.systems.portfolio.models.ledger import Account, Appropriation, Entry, Movement
from kakehashi.systems.portfolio.models.lineage import AwardEvent, AwardLink, EventKind, LinkKind
from kakehashi.systems.portfolio.models.logic import (
    CHAIN,
    IndicatorValue,
    LogicIndicator,
    LogicLink,
    LogicModel,
    LogicStage,
    LogicStatement,
)
from kakehashi.systems.portfolio.models.milestones import GateDecision, Milestone
from kakehashi.systems.portfolio.models.outputs import Credit, Output, OutputKind, OutputState
from kakehashi.systems.portfolio.models.pairing import Answer, Found, PairingAnswer
from kakehashi.systems.portfolio.models.people import Appointment, Part, Participation
from kakehashi.systems.portfolio.models.revisions import Revision
from kakehashi.systems.portfolio.models.stamps import Stamp
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
from kakehashi.systems.portfolio.models.withdrawals import Withdrawal

__all__ = [
    "CHAIN",
    "Account",
    "AdjustmentRequest",
    "AdjustmentRound",
    "AdjustmentScore",
    "Amendment",
    "Answer",
    "Appointment",
    "Appropriation",
    "Award",
    "AwardEvent",
    "AwardLink",
    "Axis",
    "Call",
    "CollectedAward",
    "CollectedLink",
    "Collection",
    "Contract",
    "ContractKind",
    "Cooperation",
    "CooperationChange",
    "CooperationCountry",
    "CooperationKind",
    "CooperationRevision",
    "CooperationStanding",
    "Credit",
    "DiseaseArea",
    "Entry",
    "EventKind",
    "FaultKind",
    "Found",
    "GateDecision",
    "Goal",
    "GoalActual",
    "ImportFault",
    "ImportRun",
    "ImportTarget",
    "IndicatorValue",
    "IntegratedProject",
    "Involvement",
    "InvolvementKind",
    "LinkKind",
    "LogicIndicator",
    "LogicLink",
    "LogicModel",
    "LogicStage",
    "LogicStatement",
    "Milestone",
    "Ministry",
    "Modality",
    "Movement",
    "OutcomeReview",
    "Output",
    "OutputKind",
    "OutputState",
    "PairingAnswer",
    "Part",
    "Participation",
    "Phase",
    "Placement",
    "PlanTerm",
    "Programme",
    "Revision",
    "SharedBudget",
    "Stamp",
    "Standing",
    "TakenBack",
    "Withdrawal",
]
