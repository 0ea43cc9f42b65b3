"""Rules that say why: small predicates that compose, each answering with a verdict and its reasons.

    @rule("not_member", _("You do not belong to the organisation that holds this."))
    def member_of_owner(person, case): return case.organisation_id in organisation_ids_of(person)

    may_edit = member_of_owner & (clinician | data_manager) & ~withdrawn
    ensure(may_edit(person, case))                 # raises NotAllowed with every failing reason

Default deny: only an explicit True (or an allowed Verdict) allows; None, a missing person or no rule at all refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.errors import NotAllowed

Text = str | Promise


@dataclass(frozen=True)
class Reason:
    """One reason: a stable code for programs and tests, a text in both languages for people."""

    code: str
    text: Text


@dataclass(frozen=True)
class Verdict:
    """Allowed or not, and why. A refusal keeps every failing reason; an approval may say what it stands on."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def text(self) -> str:
        """The reasons as sentences, in the language in force."""
        return " ".join(str(reason.text) for reason in self.reasons)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)

    def __and__(self, other: "Verdict") -> "Verdict":
        if self.allowed == other.allowed:
            return Verdict(self.allowed, _joined(self.reasons, other.reasons))
        return other if self.allowed else self

    def __or__(self, other: "Verdict") -> "Verdict":
        if self.allowed == other.allowed:
            return Verdict(self.allowed, _joined(self.reasons, other.reasons))
        return self if self.allowed else other


def _joined(first: tuple[Reason, ...], second: tuple[Reason, ...]) -> tuple[Reason, ...]:
    codes = {reason.code for reason in first}
    return first + tuple(reason for reason in second if reason.code not in codes)


ALLOWED = Verdict(True)


def denied(code: str, text: Text) -> Verdict:
    """A refusal with one reason."""
    return Verdict(False, (Reason(code, text),))


NO_RULE = denied("no_rule", _("Nothing permits this."))


class Rule:
    """A named predicate over (person, subject) → Verdict. Composes with ``&``, ``|`` and ``~``."""

    def __init__(self, name: str, judge: Callable[[Any, Any], Verdict]) -> None:
        self.name = name
        self._judge = judge

    def __call__(self, person: Any, subject: Any = None) -> Verdict:
        return self._judge(person, subject)

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(
            f"({self.name} & {other.name})", lambda person, subject: self(person, subject) & other(person, subject)
        )

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(
            f"({self.name} | {other.name})", lambda person, subject: self(person, subject) | other(person, subject)
        )

    def __invert__(self) -> "Rule":
        return self.negated(format_lazy(_("Something stands against this: {rule}."), rule=self.name))

    def negated(self, otherwise: Text) -> "Rule":
        """The opposite rule; ``otherwise`` is the reason shown when it refuses."""
        refusal = denied(f"not_{self.name}", otherwise)
        return Rule(f"~{self.name}", lambda person, subject: refusal if self(person, subject) else ALLOWED)

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def rule(code: str, otherwise: Text, *, because: Text | None = None) -> Callable[[Callable[..., object]], Rule]:
    """Make a Rule of a predicate ``(person, subject)`` (or ``(person)``) that returns a bool or a Verdict.

    ``otherwise`` is the reason when it refuses, ``because`` (optional) the reason when it allows.
    """
    refusal = denied(code, otherwise)
    approval = ALLOWED if because is None else Verdict(True, (Reason(code.removeprefix("not_"), because),))

    def made(predicate: Callable[..., object]) -> Rule:
        takes_subject = predicate.__code__.co_argcount > 1

        def judge(person: Any, subject: Any) -> Verdict:
            if person is None or not getattr(person, "is_active", True):
                return refusal
            answer = predicate(person, subject) if takes_subject else predicate(person)
            if isinstance(answer, Verdict):
                return answer
            return approval if answer is True else refusal

        return Rule(getattr(predicate, "__name__", code), judge)

    return made


nobody = Rule("nobody", lambda person, subject: NO_RULE)
NOT_THE_NODE = denied("not_the_node", _("Only the node itself does this."))
by_the_node = Rule("by_the_node", lambda person, subject: ALLOWED if person is None else NOT_THE_NODE)
"""What the node does by itself or on its operator's command: no person at all, which is not somebody unknown."""


@rule("not_logged_in", _("Log in first."))
def logged_in(person: Any) -> bool:
    """Anyone with an account that may log in."""
    return bool(getattr(person, "is_authenticated", False))


def ensure(verdict: Verdict) -> None:
    """Raise NotAllowed unless allowed. To have the refusal audited by name use ``kernel.audit.insist``."""
    if not verdict:
        raise NotAllowed(verdict)
