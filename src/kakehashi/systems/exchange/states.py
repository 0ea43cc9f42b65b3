"""The states of a question to a peer, and why it ended so."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionState(models.TextChoices):
    """Where a question to one peer stands."""

    WAITING = "waiting", _("Waiting")
    ASKING = "asking", _("Asking")
    ANSWERED = "answered", _("Answered")
    FAILED = "failed", _("Failed")


class Why(models.TextChoices):
    """Why a peer did not answer, said so that someone can do something about it."""

    NONE = "", ""
    TIMED_OUT = "timed_out", _("It did not answer in time.")
    UNREACHABLE = "unreachable", _("It could not be reached.")
    TOKEN = "token", _("It does not accept our token.")
    VERSION = "version", _("It does not speak our version of the exchange.")
    REFUSED = "refused", _("It refused the question.")
    BROKEN = "broken", _("It has a fault of its own.")
    RUBBISH = "rubbish", _("Its answer could not be read.")
    TOO_LARGE = "too_large", _("Its answer was too large.")
    PAUSED = "paused", _("It failed several times and rests for a while.")
    NOT_SHARED = "not_shared", _("This case may not be shown to it.")
    TOO_BUSY = "too_busy", _("It asks us to slow down.")
