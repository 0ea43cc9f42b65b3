"""The shapes of the cases API. Descriptions are description.Description itself; labels are in the caller's language."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from kakehashi.systems.cases.description import PRINTABLE, PRINTABLE_LINES, Description, Variant
from kakehashi.systems.cases.states import CaseState, RevisionKind, Sex

Text = Annotated[str, StringConstraints(max_length=200, pattern=PRINTABLE)]
Note = Annotated[str, StringConstraints(max_length=500, pattern=PRINTABLE_LINES)]
SortKey = Literal[
    "id", "local_id", "changed", "entered", "sex", "age", "findings", "state", "diagnosis",
    "-id", "-local_id", "-changed", "-entered", "-sex", "-age", "-findings", "-state", "-diagnosis",
]  # fmt: skip


class CaseQuery(Schema):
    """What to list. ``term`` finds what is beneath it too; ``text`` is an id, a part of a pseudonym or a diagnosis."""

    state: CaseState | None = None
    sex: Sex | None = None
    organisation: Text = Field(default="", description="Code of the organisation that holds the case")
    term: Text = ""
    gene: Text = ""
    text: Text = ""
    diagnosed: bool | None = None
    synthetic: bool | None = None
    sort: SortKey = "-changed"
    page: int = Field(default=1, ge=1, le=100_000)
    page_size: int = Field(default=50, ge=1, le=500)


class CaseRow(Schema):
    """A case in a list."""

    id: str
    organisation: str
    local_id: str
    state: CaseState
    synthetic: bool
    sex: Sex
    age_days: int | None
    present_count: int
    absent_count: int
    diagnosis: str
    revision: int
    created_at: datetime
    changed_at: datetime


class CasePage(Schema):
    """One page of a list; ``total`` counts all pages up to 10,000 rows, ``more``: there are more."""

    items: list[CaseRow]
    total: int
    more: bool
    page: int
    page_size: int


class MoveOut(Schema):
    """A move that the caller may make now."""

    name: str
    label: str
    needs_note: bool


class CaseOut(CaseRow):
    """A case with all that is said of the patient. ``labels``: id → label of every term and disease in it.

    ``warnings``: what is said that this node cannot use, such as a gene that no known disease has.
    """

    description: Description
    labels: dict[str, str]
    moves: list[MoveOut]
    warnings: list[str]
    award: str = Field(description="Number of the award that paid for it; empty where none is named")


class AwardIn(Schema):
    """The number of the award that paid for a case; empty for none."""

    number: Annotated[str, StringConstraints(max_length=40)]


class CaseIn(Schema):
    """A new case. ``organisation`` may be left out by those who register for one organisation only."""

    local_id: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    description: Description
    organisation: Text = ""
    register_now: bool = Field(default=True, description="False leaves it a draft")
    criteria: Note = Field(default="", description="Why it is registered although it does not meet the criteria")
    synthetic: bool = False


class CaseEdit(Schema):
    """An edit, and the revision it started from; If-Match may say the revision instead."""

    description: Description
    from_revision: int | None = Field(default=None, ge=1, le=1_000_000)
    note: Note = ""


class MoveIn(Schema):
    """Why, where a move needs a reason."""

    note: Note = ""


class RevertIn(Schema):
    """Which revision to go back to, and the one that stands now."""

    to_revision: int = Field(ge=1, le=1_000_000)
    from_revision: int = Field(ge=1, le=1_000_000)


class DifferenceOut(Schema):
    """One thing that changed."""

    place: str
    item: str
    before: Any = None
    after: Any = None


class RevisionOut(Schema):
    """A revision and what it changed against the one before."""

    number: int
    kind: RevisionKind
    state: CaseState
    at: datetime
    by: str | None
    note: str
    changes: list[DifferenceOut]
    description: Description


class TermOut(Schema):
    """A term found by what was typed; ``synonym`` is the wording that fitted."""

    id: str
    label: str
    label_ja: str
    synonym: str
    definition: str
    found_by: str


class GeneHitOut(Schema):
    """A gene that may be meant. ``synonym``: the old symbol, alias or id it was found by, "" for its symbol."""

    id: str
    label: str
    synonym: str
    found_by: Literal["symbol", "id", "previous", "alias", "ambiguous", "unknown"]


class DiseaseHitOut(Schema):
    """A disease found by what was typed."""

    id: str
    label: str
    label_ja: str = Field(description="Empty where none is known")
    synonym: str = Field(description="The wording, gene or listed name it was found by, where that is another")
    designated: str = Field(description="Its number on the designated list, where it was found there")
    found_by: str


class ListedOut(Schema):
    """Where a disease is listed; empty where this node does not know."""

    orphanet: str
    designated: str


PACKET_SIGNS = ("phenotypicFeatures", "subject", "proband", "metaData", "features", "genomicFeatures", "patient")
"""Fields by which a body is taken for a phenopacket (or for a Matchmaker patient, which its reader names as such)."""


class PatientIn(Schema):
    """A patient who is not registered: a ``description``, or a ``phenopacket``.

    A body that is a phenopacket itself (it has ``phenotypicFeatures`` or ``subject``) is read as one.
    """

    description: Description | None = None
    phenopacket: dict[str, Any] | None = Field(default=None, description="GA4GH Phenopacket v2, as JSON")

    @model_validator(mode="before")
    @classmethod
    def _packet_itself(cls, sent: Any) -> Any:
        body = getattr(sent, "_obj", sent)  # ninja hands over what was sent in a wrapper of its own
        if not isinstance(body, dict) or {"description", "phenopacket"} & body.keys():
            return sent
        return {"phenopacket": body} if any(sign in body for sign in PACKET_SIGNS) else sent


class RankIn(PatientIn):
    """A patient who is not registered, to be ranked; nothing is kept."""

    top: int = Field(default=20, ge=1, le=100)
    explain: int = Field(default=5, ge=0, le=100, description="How many of the diseases come with their evidence")
    use_genes: bool = True
    leave_publication_out: bool = False


class MatchIn(PatientIn):
    """A patient who is not registered, to be compared with the cases the caller may see; nothing is kept."""

    top: int = Field(default=10, ge=1, le=100)
    use_genes: bool = True


class FindingEvidenceOut(Schema):
    """How one finding speaks for (> 0) or against (< 0) a disease, in nats, and through which disease finding."""

    term: str
    label: str
    excluded: bool
    contribution: float
    through: str
    matched: str | None
    matched_label: str | None
    frequency: float | None


class OtherEvidenceOut(Schema):
    """What something else than a finding adds."""

    topic: str
    contribution: float
    text: str
    cases: list[str] = Field(default=[], description="The solved cases behind it, most similar first")


class RankedDiseaseOut(Schema):
    """A disease in its place, and why it stands there (null beyond the ``explain`` first diseases)."""

    rank: int
    id: str
    label: str
    score: float
    probability: float
    genes: list[str]
    evidence: list[FindingEvidenceOut] | None
    other_evidence: list[OtherEvidenceOut] | None


class SufficiencyOut(Schema):
    """Could these findings, without the candidate genes, single out a disease?"""

    level: str
    share: float
    candidates: float
    text: str
    with_genes: str | None = Field(description="The level with the candidate genes, where there are any of a disease")


class QuestionOut(Schema):
    """A finding to ask for next."""

    term: str
    label: str
    information_bits: float
    present_probability: float


class RankingOut(Schema):
    """Ranked diseases; ``unknown_probability`` is the share of "none of the known diseases", null if none is ranked."""

    knowledge: str = Field(description="Release and fingerprint of what it was ranked with")
    diseases: list[RankedDiseaseOut]
    unknown_probability: float | None
    sufficiency: SufficiencyOut
    questions: list[QuestionOut]
    warnings: list[str]


class FindingMatchOut(Schema):
    """A finding of the patient and its counterpart in the similar case."""

    term: str
    label: str
    counterpart: str | None
    counterpart_label: str | None
    through: str | None
    through_label: str | None
    points: float


class SimilarCaseOut(Schema):
    """A similar case that the caller may see, and why it is similar."""

    rank: int
    id: str
    organisation: str
    local_id: str
    synthetic: bool
    diagnosis: str
    diagnosis_label: str
    score: float
    matches: list[FindingMatchOut]
    shared_genes: list[str]


class SimilarCasesOut(Schema):
    """Similar cases, most similar first."""

    matches: list[SimilarCaseOut]
    warnings: list[str]


class VcfIn(Schema):
    """What a VCF file may not say: whose genotypes count (empty: the first sample's), and its assembly."""

    sample: Text = ""
    assembly: Literal["", "GRCh37", "GRCh38"] = ""


class LineProblemOut(Schema):
    """What is wrong in a file that is looked at, and in which line; null: in the whole of it."""

    line: int | None
    text: str
    column: str = ""
    value: str = ""


class CandidateOut(Schema):
    """A variant of a file. ``carried``: the sample has it (null: not said); ``known``: the case has it already."""

    line: int
    variant: Variant
    genotype: str
    carried: bool | None
    known: bool
    consequence: str
    filters: str


class VcfOut(Schema):
    """What a VCF file would add to a case; put the chosen into its description to add them."""

    assembly: str
    sample: str
    samples: list[str]
    candidates: list[CandidateOut]
    problems: list[LineProblemOut]


class TextIn(Schema):
    """A clinical text in Japanese or English, to be read for findings; nothing of it is kept."""

    text: Annotated[str, StringConstraints(max_length=50_000)]


class SuggestionOut(Schema):
    """A finding that a text mentions, with the words it came from, for a person to accept or decline."""

    term: str
    label: str
    before: str
    words: str
    after: str
    excluded: bool
    uncertain: bool
    relative: bool
    exact: bool
    contradicted: bool = Field(description="The text says both that it is there and that it is not")
