"""What awards stand in: plan terms, their integrated projects, programmes, calls; and where each is placed when."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_.-]*\Z", _("Use letters, digits, - _ and ."))


def no_page(*words: str) -> RegexValidator:
    """Of what an address names by its code: the words that stand in its place in the addresses of other pages."""
    text = _("This word is the address of another page: choose another.")
    return RegexValidator(rf"^({'|'.join(words)})\Z", text, inverse_match=True)


class Named(models.Model):
    """Something with a name in both languages; the other one stands in where one is missing."""

    name = models.CharField(_("name"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str | None = None) -> str:
        """The name in the given language, else in the one in force."""
        return told(self.name, self.name_en, language)


class Ministry(models.TextChoices):
    """Whose budget a yen comes from; it stays visible on every yen."""

    MEXT = "mext", _("Ministry of Education, Culture, Sports, Science and Technology")
    MHLW = "mhlw", _("Ministry of Health, Labour and Welfare")
    METI = "meti", _("Ministry of Economy, Trade and Industry")
    MIC = "mic", _("Ministry of Internal Affairs and Communications")
    CAO = "cao", _("Cabinet Office")
    UNSTATED = "unstated", _("Not stated")


class PlanTerm(Named):
    """A plan of several years that cuts the agency's work into integrated projects (第1期 …)."""

    number = models.PositiveSmallIntegerField(_("term"), unique=True)
    begins = models.DateField(_("begins"))
    ends = models.DateField(_("ends"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("plan term")
        verbose_name_plural = _("plan terms")
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends=None) | models.Q(ends__gte=models.F("begins")), name="term_ends_after_begin"
            ),
        ]


class Axis(models.TextChoices):
    """What an integrated project is cut by."""

    CROSS_CUTTING = "cross_cutting", _("Cross-cutting")
    DISEASE = "disease", _("Disease")
    MODALITY = "modality", _("Modality")


class IntegratedProject(Named):
    """A project that ties programmes of several ministries together within a plan term (統合プロジェクト)."""

    term = models.ForeignKey(PlanTerm, models.PROTECT, related_name="projects", verbose_name=_("plan term"))
    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    axis = models.CharField(_("axis"), max_length=20, choices=Axis.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("integrated project")
        verbose_name_plural = _("integrated projects")
        ordering: ClassVar[list[str]] = ["term", "order"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["term", "code"], name="project_once_a_term")
        ]


class DiseaseArea(Named):
    """A disease area that crosses the integrated projects and has its coordinator (疾患領域コーディネーター, DC)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("disease area")
        verbose_name_plural = _("disease areas")
        ordering: ClassVar[list[str]] = ["order", "code"]


class Phase(models.TextChoices):
    """How far from the idea to the patient: the phases of the agency's plans."""

    BASIC = "basic", _("Basic research")
    APPLIED = "applied", _("Applied research")
    NON_CLINICAL = "non_clinical", _("Non-clinical")
    CLINICAL = "clinical", _("Clinical research and trials")
    PRACTICAL = "practical", _("Practical use")


class Modality(models.TextChoices):
    """What is being made."""

    SMALL_MOLECULE = "small_molecule", _("Small molecule")
    MIDDLE_MOLECULE = "middle_molecule", _("Middle molecule, peptide or nucleic acid")
    BIOLOGIC = "biologic", _("Antibody or other biologic")
    VACCINE = "vaccine", _("Vaccine")
    CELL = "cell", _("Cell or tissue")
    GENE = "gene", _("Gene therapy")
    DEVICE = "device", _("Medical device")
    DIAGNOSTIC = "diagnostic", _("Diagnostic")
    SOFTWARE = "software", _("Software and artificial intelligence")
    DATA = "data", _("Data, cohort or biobank")
    PLATFORM = "platform", _("Platform, hub or support")
    BASIC = "basic", _("Understanding of disease")
    OTHER = "other", _("Other")


class Programme(Named):
    """A line of the budget under which calls are opened and awards are made (事業)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[CODE])
    ministry = models.CharField(_("ministry"), max_length=10, choices=Ministry.choices, default=Ministry.UNSTATED)
    first_phase = models.CharField(_("from phase"), max_length=20, choices=Phase.choices, blank=True)
    last_phase = models.CharField(_("to phase"), max_length=20, choices=Phase.choices, blank=True)
    begins = models.DateField(_("begins"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering: ClassVar[list[str]] = ["code"]


class Placement(models.Model):
    """Where a programme, or one award otherwise than its programme, counts under a plan term, from a day until a day.

    Without days it counts there whatever the year, also in years before the term: every award can be counted under
    every term's scheme. An award's own placement goes before its programme's.
    """

    project = models.ForeignKey(
        IntegratedProject, models.PROTECT, related_name="placements", verbose_name=_("integrated project")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="placements", verbose_name=_("programme")
    )
    award = models.ForeignKey(
        "portfolio.Award", models.PROTECT, null=True, blank=True, related_name="placements", verbose_name=_("award")
    )
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(programme=None, award__isnull=False) | models.Q(programme__isnull=False, award=None),
                name="placement_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="placement_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme or self.award} → {self.project}"


class SharedBudget(models.Model):
    """A part of a programme's budget that another integrated project shows too (再掲): shown in both, counted once."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="shared_budgets", verbose_name=_("programme"))
    project = models.ForeignKey(
        IntegratedProject, models.PROTECT, related_name="shared_budgets", verbose_name=_("shown again in")
    )
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    amount_yen = models.BigIntegerField(_("amount (yen)"))
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("budget shown again")
        verbose_name_plural = _("budgets shown again")
        ordering: ClassVar[list[str]] = ["fiscal_year", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "project", "fiscal_year"], name="shared_budget_once"),
            models.CheckConstraint(condition=models.Q(amount_yen__gt=0), name="shared_budget_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} → {self.project}, {self.fiscal_year}"


class Call(Named):
    """An invitation to propose (公募), from a day until a day, with what it offers and to whom it leads.

    ``synthetic``: made for a demonstration, nobody can answer to it.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls", verbose_name=_("programme"))
    number = models.CharField(_("number"), max_length=40, unique=True, validators=[CODE, no_page("new")])
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    opens = models.DateField(_("opens"))
    closes = models.DateField(_("closes"))
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices, blank=True)
    budget_yen = models.BigIntegerField(_("budget (yen)"), null=True, blank=True, validators=[MinValueValidator(1)])
    published_on = models.DateField(_("published on"), null=True, blank=True)  # null: shown to the agency alone
    asks_involvement = models.BooleanField(_("asks for patient and public involvement"), default=False)
    synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering: ClassVar[list[str]] = ["-opens", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(closes__gte=models.F("opens")), name="call_closes_after_opening"),
        ]
