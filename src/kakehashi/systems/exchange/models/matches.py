"""The queue of matches, and the cases that wait to be matched."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.exchange.models.peers import ForeignMatch, Peer
from kakehashi.systems.exchange.states import Dismissal, MatchState

if TYPE_CHECKING:
    from kakehashi.systems.cases.public import KnownCase
    from kakehashi.systems.exchange.precision import Share

SEPARATOR = "|"


def joined(names: Iterable[str]) -> str:
    """Names as one text that can be searched for a whole name: |SCN1A|KCNQ2|; "" for none."""
    text = SEPARATOR.join(names)
    return f"{SEPARATOR}{text}{SEPARATOR}" if text else ""


class Match(models.Model):
    """A case and one like it, for those who work on the case: another of this node, or a peer's patient. Once a pair.

    ``score``, ``findings`` and ``genes`` are what the level of seeing told when it was last matched; what may be shown
    now is decided anew at every read. ``organisation`` holds the case: kept here, so that one institution's matches lie
    together in an index. ``stands``: it still reached the score then. ``patient_id`` is the peer's own id;
    ``foreign`` is empty while the peer no longer answers with that patient.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="matches", verbose_name=_("case"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, related_name="+", editable=False)
    other = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("other case"))
    peer = models.ForeignKey(Peer, models.PROTECT, null=True, related_name="+", verbose_name=_("peer"))
    patient_id = models.CharField(max_length=255, blank=True)
    foreign = models.OneToOneField(ForeignMatch, models.SET_NULL, null=True, related_name="queued")
    score = models.FloatField(_("similarity"))
    findings = models.TextField(_("findings in common"), blank=True)
    genes = models.TextField(_("genes in common"), blank=True)
    first_seen = models.DateTimeField(_("found"), default=timezone.now)
    last_seen = models.DateTimeField(_("last found"), default=timezone.now)
    stands = models.BooleanField(default=True)
    state = models.CharField(_("state"), max_length=12, choices=MatchState.choices, default=MatchState.NEW)
    known: "KnownCase | None" = None  # these three are put there by queries.tell
    named_place: str = ""
    confirmed_across: bool = False
    likes: "Share | None" = None  # put there by matchlist and matchpages: how matches like it were decided
    confirmed_at = models.DateTimeField(null=True, editable=False)  # empty while it is not
    reviewed_score = models.FloatField(null=True, editable=False)  # this node's own, when it was decided
    reviewed_gene = models.BooleanField(default=False, editable=False)
    dismissal = models.CharField(_("why dismissed"), max_length=20, choices=Dismissal.choices, blank=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "other"], name="match_once"),
            models.UniqueConstraint(fields=["case", "peer", "patient_id"], name="match_foreign_once"),
            models.CheckConstraint(
                condition=models.Q(other__isnull=False, peer=None) | models.Q(other=None, peer__isnull=False),
                name="match_of_one_kind",
            ),
            models.CheckConstraint(condition=models.Q(state__in=MatchState.values), name="match_state_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "state", "-score"], name="match_of_case"),
            models.Index(fields=["state", "-first_seen"], name="match_by_state"),
            models.Index(fields=["organisation", "-score"], name="match_best_first"),
            models.Index(fields=["organisation", "-first_seen"], name="match_newest_first"),
            models.Index(fields=["organisation", "state", "-score"], name="match_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"match {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep beside the match whose case it is."""
        if self.organisation_id is None:
            self.organisation_id = self.case.organisation_id
        super().save(*args, **kwargs)

    @property
    def finding_ids(self) -> list[str]:
        """HPO ids of the findings told in common."""
        return self.findings.strip(SEPARATOR).split(SEPARATOR) if self.findings else []

    @property
    def gene_names(self) -> list[str]:
        """Genes told in common."""
        return self.genes.strip(SEPARATOR).split(SEPARATOR) if self.genes else []


class Unmatched(models.Model):
    """A case that waits to be matched (anew): since when; in the future: held until then."""

    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("case waiting to be matched")
        verbose_name_plural = _("cases waiting to be matched")

    def __str__(self) -> str:
        return f"case {self.case_id}"
