"""The states of a question to a peer and of a match, and why each ended so."""

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


class MatchState(models.TextChoices):
    """Where those who work on a case stand with one of its matches."""

    NEW = "new", _("New")
    CONTACTED = "contacted", _("Contacted")
    DISCUSSING = "discussing", _("Discussing")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


OPEN = (MatchState.NEW, MatchState.CONTACTED, MatchState.DISCUSSING)
"""The states in which nothing is decided yet."""


class Dismissal(models.TextChoices):
    """Why a match leads nowhere; what the queue's precision is judged by."""

    SAME_PATIENT = "same_patient", _("The same patient")
    TOO_COMMON = "too_common", _("The findings are too common")
    OTHER_CAUSE = "other_cause", _("Another cause is known")
    NOT_SAME_DISEASE = "not_same_disease", _("Not the same disease")
    OTHER = "other", _("Another reason")


class SideState(models.TextChoices):
    """Whether one side of a conversation lets the other know who they are."""

    UNNAMED = "unnamed", _("Not named")
    AGREED = "agreed", _("Agreed to be named")
    NAMED = "named", _("Named to each other")


class ProposalState(models.TextChoices):
    """What became of a diagnosis that the other side proposed."""

    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    TAKEN_BACK = "taken_back", _("Proposal taken back")
