"""Consultations and referrals: how a family came, before there is a case."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.systems.cases.course.states import PhenotypeGroup, ReferralState, Route
from kakehashi.systems.cases.models.case import ALPHABET, Case


def new_referral_id() -> str:
    """A fresh opaque id for a referral: what both hospitals call it."""
    return "R-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


class Consultation(models.Model):
    """A family consults a hospital, under the hospital's own pseudonym; never a name.

    It may lead to a case (``case``), be referred to a hub (``hub``), or end without a visit. ``route`` counts it once.
    ``synthetic``: nobody came; it leads to a synthetic case, or it is as its case is.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="consultations", verbose_name=_("organisation")
    )
    local_id = models.CharField(_("local pseudonym"), max_length=120)
    consulted_on = models.DateField(_("consulted on"), default=timezone.localdate)
    route = models.CharField(_("how it came"), max_length=10, choices=Route.choices, default=Route.DIRECT)
    phenotype_group = models.CharField(
        _("kind of signs"), max_length=14, choices=PhenotypeGroup.choices, default=PhenotypeGroup.OTHER
    )
    hub = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hub")
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="consultations", verbose_name=_("case")
    )
    synthetic = models.BooleanField(_("synthetic"), default=False)
    # As they were before a case was linked, to be put back when the two are parted; null: none is, or nothing is known.
    route_before = models.CharField(max_length=10, choices=Route.choices, null=True, editable=False)
    synthetic_before = models.BooleanField(null=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)
    again = models.BooleanField(null=True, editable=False)  # the family consulted before; null: not judged yet

    case_shown: str | None = None
    """The case's public id, where whoever reads the consultation may open the case: ``consultations_of`` says so."""

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering: ClassVar[list[str]] = ["-consulted_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "local_id", "consulted_on"], name="consultation_once_a_day"
            ),
            models.CheckConstraint(
                condition=~models.Q(route=Route.SETTLED) | models.Q(case=None), name="settled_without_case"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["consulted_on", "route"], name="consultation_by_day"),
            models.Index(
                fields=["again", "synthetic", "consulted_on", "organisation", "route", "phenotype_group"],
                name="consultation_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.local_id} ({self.consulted_on})"


class Referral(models.Model):
    """A hospital asks its hub to take a family on, with a note; the hub accepts, answers or declines.

    ``organisation`` refers, ``hub`` is asked. ``grant`` is what lets the hub see the case: kernel.sharing decides how
    much, and the grant ends with the referral.
    """

    public_id = models.CharField(_("referral"), max_length=12, unique=True, default=new_referral_id, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="referrals")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        related_name="referrals_sent",
        verbose_name=_("referring hospital"),
    )
    hub = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="referrals_received", verbose_name=_("hub")
    )
    state = models.CharField(_("state"), max_length=10, choices=ReferralState.choices, default=ReferralState.SENT)
    note = models.TextField(_("note"), max_length=2000)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey("sharing.Grant", models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar[list[str]] = ["-sent_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=ReferralState.values), name="referral_state_known"),
            models.UniqueConstraint(
                fields=["consultation", "hub"],
                condition=models.Q(state__in=["sent", "accepted"]),
                name="referral_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["hub", "state"], name="referral_of_hub")]

    def __str__(self) -> str:
        return self.public_id
