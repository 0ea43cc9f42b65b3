"""The errors Kakehashi raises, each with the status, code and title that strangers are shown.

    KakehashiError                 500  error
    ├── NotAllowed(reason)         403  not_allowed     who asks may not do this; the verdict says why
    ├── NotFound(what)             404  not_found       nothing there, or nothing that this person may know of
    ├── Conflict(reason)           409  conflict        the thing is in a state that does not permit this
    ├── Invalid(problems)          422  invalid         what was sent cannot be used; field → messages
    │   ├── UnknownParameter       400  unknown_parameter  an API's query names none of the route's (kernel/api)
    │   └── UnusableParameter      400  unusable_parameter  an address asks for what there is not (kernel/api)
    └── Upstream(peer, reason)     502  upstream        another node or service answered badly
                                   504                  … or not in time

Raise them anywhere below the web; one handler makes problem+json (RFC 9457) for the API, the same error becomes a page
for people. ``detail`` is always text meant for the person who asked: never a traceback, never ``str(e)`` of a stranger.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.punctuation import labelled

if TYPE_CHECKING:
    from kakehashi.kernel.rules import Verdict

Text = str | Promise

WHOLE = ""
"""The field name of messages that concern the whole of what was sent."""


class KakehashiError(Exception):
    """Anything Kakehashi refuses or cannot do. ``status`` is the HTTP status, ``code`` the stable machine name."""

    status: int = 500
    code: str = "error"
    title: Text = _("Something went wrong")

    def __init__(self, detail: Text = "") -> None:
        super().__init__(detail)
        self._detail = detail

    @property
    def detail(self) -> str:
        """What was wrong, where, and what to do, in the language in force when it is read."""
        return str(self._detail) or str(self.title)

    def __str__(self) -> str:
        return self.detail

    def problem(self) -> dict[str, Any]:
        """The members of an RFC 9457 problem document."""
        return {
            "type": f"urn:kakehashi:problem:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }


class NotAllowed(KakehashiError):
    """The person may not do this. Takes a Verdict (its reasons are shown) or a text."""

    status = 403
    code = "not_allowed"
    title = _("Not allowed")

    def __init__(self, reason: "Verdict | Text" = "") -> None:
        from kakehashi.kernel.rules import Verdict

        self.verdict = reason if isinstance(reason, Verdict) else None
        self.recorded = False  # True once the refusal stands in the audit trail
        super().__init__("" if isinstance(reason, Verdict) else reason)

    @property
    def detail(self) -> str:
        return self.verdict.text if self.verdict is not None and self.verdict.reasons else super().detail

    def problem(self) -> dict[str, Any]:
        reasons = self.verdict.reasons if self.verdict is not None else ()
        return super().problem() | {"reasons": [{"code": reason.code, "text": str(reason.text)} for reason in reasons]}


class NotFound(KakehashiError):
    """There is no such thing, or none that this person may know of. ``what`` names it for the person."""

    status = 404
    code = "not_found"
    title = _("Not found")

    def __init__(self, what: Text = "") -> None:
        self.what = what
        super().__init__(what)

    @property
    def detail(self) -> str:
        if not self.what:
            return _now("There is nothing at this address, or nothing that you may see.")
        return _now("%(what)s was not found, or you may not see it.") % {"what": self.what}


class Conflict(KakehashiError):
    """The thing is in a state that does not permit this; reload and look again.

    ``field``: of what was sent, the one that stands in the way, where it is one.
    """

    status = 409
    code = "conflict"
    title = _("Not possible now")

    def __init__(self, detail: Text = "", *, field: str = WHOLE) -> None:
        super().__init__(detail)
        self.field = field

    @property
    def problems(self) -> dict[str, tuple[Text, ...]]:
        """As of Invalid: for the form that was sent."""
        return {self.field: (self.detail,)}


class Invalid(KakehashiError):
    """What was sent cannot be used. ``problems`` maps field → messages; a plain text concerns the whole."""

    status = 422
    code = "invalid"
    title = _("Please correct what was entered")

    def __init__(self, problems: Mapping[str, Sequence[Text]] | Text) -> None:
        if isinstance(problems, Mapping):
            self.problems: dict[str, tuple[Text, ...]] = {field: tuple(texts) for field, texts in problems.items()}
        else:
            self.problems = {WHOLE: (problems,)}
        super().__init__()

    @property
    def detail(self) -> str:
        lines = []
        for field, texts in self.problems.items():
            joined = " ".join(str(text) for text in texts)
            lines.append(labelled(field, joined) if field else joined)
        return "\n".join(lines) or str(self.title)

    def problem(self) -> dict[str, Any]:
        return super().problem() | {
            "errors": {field: [str(text) for text in texts] for field, texts in self.problems.items()}
        }


def texts_of(error: Conflict | Invalid) -> list[str]:
    """All that is wrong, field after field, in the language in force."""
    return [str(text) for texts in error.problems.values() for text in texts]


class Upstream(KakehashiError):
    """Another node or service answered badly (502) or not in time (504)."""

    status = 502
    code = "upstream"
    title = _("Another service did not answer as it should")

    def __init__(self, peer: str, reason: Text, *, timed_out: bool = False) -> None:
        self.peer, self.timed_out = peer, timed_out
        if timed_out:
            self.status = 504
        super().__init__(reason)

    @property
    def detail(self) -> str:
        return labelled(self.peer, self._detail)

    def problem(self) -> dict[str, Any]:
        return super().problem() | {"peer": self.peer, "timed_out": self.timed_out}
