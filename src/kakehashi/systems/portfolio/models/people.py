"""People over time: who holds which office of the agency, and who carries out an award at which institution."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.systems.portfolio.models.award import Award
from kakehashi.systems.portfolio.models.structure import DiseaseArea, IntegratedProject, Programme
from kakehashi.systems.portfolio.offices.kinds import FIELDS, OFFICE_CHOICES, OFFICES, Scope


def _fits_office() -> Q:
    """Each office names exactly what it is held for, and nothing else."""
    fits = Q()
    for office, scope in OFFICES.items():
        named = {f"{field}__isnull": scope != of for of, field in FIELDS.items()}
        fits |= Q(office=str(office), **named)
    return fits


class Appointment(models.Model):
    """Somebody holds an office of the agency from a day on, for a term of office (任期).

    ``until``: the last day of the term, as it was given; ``ended_on``: the last day in office where it ended before.
    Nothing is overwritten: who held an office when can always be told.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("agency")
    )
    office = models.CharField(_("office"), max_length=30, choices=OFFICE_CHOICES)
    project = models.ForeignKey(
        IntegratedProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("integrated project"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("programme")
    )
    area = models.ForeignKey(
        DiseaseArea, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("disease area")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    ended_on = models.DateField(_("last day in office"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering: ClassVar[list[str]] = ["since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_fits_office(), name="appointment_fits_office"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None)
                | Q(ended_on__gte=F("since")) & (Q(until=None) | Q(ended_on__lte=F("until"))),
                name="appointment_ended_within_term",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["office", "since"], name="appointment_of_office"),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} {self.scope_label()}: {self.person}"

    @property
    def scope(self) -> str:
        """What kind of thing the office is held for."""
        return OFFICES[self.office]

    @property
    def subject(self) -> IntegratedProject | Programme | DiseaseArea | None:
        """What the office is held for; None for the whole agency."""
        return self.project or self.programme or self.area

    @property
    def last_day(self) -> date | None:
        """The last day in office, as far as it is known."""
        return self.ended_on or self.until

    def scope_label(self) -> str:
        """What the office is held for, by name."""
        return self.subject.label() if self.subject else str(Scope.AGENCY.label)


class Part(models.TextChoices):
    """What somebody does in an award."""

    PRINCIPAL = "principal", _("Principal investigator")
    CO_INVESTIGATOR = "co_investigator", _("Co-investigator")


class Participation(models.Model):
    """Somebody carries out an award at an institution, from a day until a day (研究代表者・研究分担者).

    Who has an account here is named by ``person``; others by their name in both languages. An award has one principal
    investigator at a time. The institutions of an award over time are those of its investigators;
    ``Award.organisation`` is the principal one's in force.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="participations", verbose_name=_("award"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("person"),
        db_index=False,  # hardly any has an account here: an index of those alone, below
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="participations", verbose_name=_("institution")
    )
    part = models.CharField(_("part"), max_length=20, choices=Part.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("investigator of an award")
        verbose_name_plural = _("investigators of awards")
        ordering: ClassVar[list[str]] = ["award", "since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(part=Part.PRINCIPAL, until=None),
                name="participation_one_principal",
            ),
            models.UniqueConstraint(
                fields=["award", "person"], condition=Q(until=None), name="participation_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="participation_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name="") | ~Q(name_en=""), name="participation_names_someone"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "until"], condition=Q(person__isnull=False), name="participation_account"),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.label()}"

    def label(self) -> str:
        """The name in the language in force; the account's where there is one."""
        if self.person is not None:
            return str(self.person)
        return told(self.name, self.name_en)
