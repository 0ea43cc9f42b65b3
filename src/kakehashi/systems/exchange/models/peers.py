"""Peers of the Matchmaker Exchange, and what was asked and answered on either side."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.sharing.states import Level, Sector
from kakehashi.systems.exchange.states import QuestionState, Why


class Peer(models.Model):
    """A foreign node: one we ask (``base_url`` and a token of theirs), one that asks us (a token of ours), or both.

    Our token is kept only as its hash, theirs sealed with the node's secret key. ``failures`` in a row open the
    breaker: until ``paused_until`` the peer is not asked.
    """

    name = models.CharField(
        _("name"),
        max_length=60,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_. -]*\Z", _("Use letters, digits, spaces, -, _ and ."))],
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    sector = models.CharField(_("sector"), max_length=8, choices=Sector.choices, default=Sector.PUBLIC)
    description = models.CharField(_("description"), max_length=500, blank=True)

    base_url = models.CharField(_("address"), max_length=500, blank=True)
    sealed_token = models.TextField(blank=True, editable=False)
    asked = models.BooleanField(_("we ask it"), default=False)
    timeout_s = models.PositiveSmallIntegerField(_("longest wait, seconds"), default=20)
    failures = models.PositiveIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(_("not asked until"), null=True, editable=False)

    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    granted_at = models.DateTimeField(_("may ask us since"), null=True, editable=False)
    requests_a_minute = models.PositiveIntegerField(_("requests a minute"), default=60)
    patients_a_day = models.PositiveIntegerField(_("new patients a day"), default=500)

    terms = models.TextField(_("terms of use"), blank=True)
    disclaimer = models.TextField(_("disclaimer"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("peer")
        verbose_name_plural = _("peers")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("name"), name="peer_name_unique"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="peer_token_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def paused(self) -> bool:
        """Whether the breaker is open."""
        return self.paused_until is not None and self.paused_until > timezone.now()


class Received(models.Model):
    """One request to match that a peer sent us: when, for which of its patients, what it got.

    ``patient_hash`` is a keyed hash of the peer's patient id, ``profile_hash`` of what was asked by; the patient itself
    is not kept. ``status`` is the HTTP status of the answer.
    """

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="received")
    at = models.DateTimeField(default=timezone.now)
    patient_hash = models.CharField(max_length=64, blank=True)
    profile_hash = models.CharField(max_length=64, blank=True)
    test = models.BooleanField(default=False)
    status = models.PositiveSmallIntegerField()
    results = models.PositiveIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("request received")
        verbose_name_plural = _("requests received")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["peer", "at"], name="received_of_peer"),
            models.Index(fields=["peer", "patient_hash", "at"], name="received_for_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.at:%Y-%m-%d %H:%M}"


class Told(models.Model):
    """A case of ours that a peer was told of, once a day however often: what went out for a patient can be listed."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="told")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="told_to")
    day = models.DateField(default=timezone.localdate)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("case told of")
        verbose_name_plural = _("cases told of")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["peer", "case", "day"], name="told_once_a_day")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-day"], name="told_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.peer_id}"


class Question(models.Model):
    """One asking of one peer for one case: where it stands, and why, in the asker's words (see ``states.Why``)."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="questions")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="questions")
    revision = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=QuestionState.choices, default=QuestionState.WAITING)
    why = models.CharField(max_length=20, blank=True)
    results = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    terms = models.TextField(blank=True)
    disclaimer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("question to a peer")
        verbose_name_plural = _("questions to peers")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-asked_at"], name="question_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.peer_id}"

    @property
    def why_text(self) -> str:
        """Why the peer did not answer, in the language in force."""
        return str(Why(self.why).label)

    @property
    def terms_in_force(self) -> str:
        """The terms that came with the answer; without any, those kept of the peer."""
        return self.terms or self.peer.terms

    @property
    def disclaimer_in_force(self) -> str:
        """The disclaimer that came with the answer; without any, the one kept of the peer."""
        return self.disclaimer or self.peer.disclaimer


class ForeignMatch(models.Model):
    """A peer's patient that it answered with for a case of ours, as it last stood; ``patient`` is the peer's JSON."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="matches")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="foreign_matches")
    foreign_id = models.CharField(max_length=255)
    score = models.FloatField()
    patient = models.JSONField()
    first_seen = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("foreign match")
        verbose_name_plural = _("foreign matches")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["peer", "case", "foreign_id"], name="foreign_match_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-score"], name="foreign_match_of_case")]

    def __str__(self) -> str:
        return f"{self.peer_id}: {self.score:.2f}"


class Message(models.Model):
    """What someone at another node wrote to the registrant of a case, through this node."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="messages")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(_("your name"), max_length=200)
    institution = models.CharField(_("your institution"), max_length=200)
    email = models.EmailField(_("your e-mail address"))
    text = models.TextField(_("your message"), max_length=5000)

    class Meta:
        verbose_name = _("message from another node")
        verbose_name_plural = _("messages from other nodes")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "-at"], name="message_of_case")]

    def __str__(self) -> str:
        return f"message {self.pk}"
