"""Query parameters that a route does not have: refused, since a misspelt filter would answer with everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.operation import Operation

from kakehashi.kernel.errors import Invalid


class UnknownParameter(Invalid):
    """The query names parameters that the route does not have; ``problems`` says of each which there are."""

    status = 400
    code = "unknown_parameter"
    title = gettext_lazy("There is no such parameter here")


class UnusableParameter(Invalid):
    """The query says what cannot be asked for; ``problems`` says of each parameter what it may say."""

    status = 400
    code = "unusable_parameter"
    title = gettext_lazy("The address asks for what there is not")


def insist_on_known_parameters(route: Callable[..., Any]) -> Callable[..., Any]:
    """A route that raises UnknownParameter for a query parameter that it does not declare."""
    operation: Operation = route._ninja_operation  # type: ignore[attr-defined]  # as ninja leaves it at each route
    read = [one for one in operation.models if one.__ninja_param_source__ == "query"]
    known = tuple(name for one in read for name in one.__ninja_flatten_map__)

    @wraps(route)
    def asked(request: HttpRequest, *arguments: Any, **values: Any) -> Any:
        if unknown := [name for name in request.GET if name not in known]:
            raise UnknownParameter({name: [name_told(name, known)] for name in unknown})
        return route(request, *arguments, **values)

    return asked


def name_told(name: str, known: Sequence[str]) -> str:
    """What is said of a parameter that is not known: the near one, and which there are."""
    if not known:
        return _("This address takes no parameters; leave it out.")
    return _near(name, known) + _("The parameters of this address are: %(known)s") % {"known": ", ".join(known)}


def value_told(value: str, known: Sequence[str]) -> str:
    """What is said of a value that a parameter cannot have: the near one, and which it can."""
    said = _("%(value)s is not known here. ") % {"value": value}
    return said + _near(value, known) + _("It may be: %(known)s") % {"known": ", ".join(known)}


def _near(said: str, known: Sequence[str]) -> str:
    near = get_close_matches(said, known, n=1)
    return _("Did you mean %(name)s? ") % {"name": near[0]} if near else ""
