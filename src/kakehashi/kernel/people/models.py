"""People: who logs in, by e-mail address, and what they do for which organisation."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.bilingual import told
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.roles import Role


class PersonManager(BaseUserManager["Person"]):
    """Makes people; addresses are kept in lower case so that one person has one account."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        """Create a person. Raises ValueError without an address."""
        if not email:
            raise ValueError("a person needs an e-mail address")
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").strip().lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone who may log in. Roles come from memberships in organisations, never from this row."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_en = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("ja", "日本語"), ("en", "English")], default="ja"
    )
    is_active = models.BooleanField(_("may log in"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)

    acting_organisation_id: int | None = None  # set for one request or command by acting.py, never stored
    token_organisation_id: int | None = None  # while a token acts for them: the one organisation they belong to then

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return told(self.name, self.name_en) or self.email

    @property
    def awaited(self) -> bool:
        """Whether they were invited and have not set a password yet."""
        return not self.has_usable_password()


class Membership(models.Model):
    """One role of one person in one organisation, from a day on and perhaps until a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)  # last day; null: no end set

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering: ClassVar[list[str]] = ["since", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=models.Q(until=None),
                name="membership_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="membership_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}, {self.organisation}"


class ApiToken(models.Model):
    """A personal API token; the secret itself is not kept."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=100)
    hint = models.CharField(_("begins with"), max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_on = models.DateField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
