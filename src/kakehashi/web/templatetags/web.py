"""Template tags of the shell: ``{% load web %}``."""

from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kakehashi.engines.pictures import Picture, draw, summary
from kakehashi.kernel.punctuation import labelled, noted

register = template.Library()
register.filter(labelled)
register.filter(noted)


@register.filter
def widget_kind(field: BoundField) -> str:
    """``check`` for a single tick box, whose label stands behind it; otherwise ``plain``."""
    return "check" if isinstance(field.field.widget, CheckboxInput) else "plain"


@register.filter
def waited(since: datetime) -> str:
    """Since when something waits, in days: of most things nobody knows the hour."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    return ngettext("for %(days)s day", "for %(days)s days", days) % {"days": days} if days > 0 else _("since today")


@register.filter
def percent(share: float | None) -> str:
    """A share as a percentage that never claims more than is known: ``<1 %``, ``56 %``, ``>99 %``."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return f"{share * 100:.0f} %"


@register.simple_tag
def bar(share: float | None, label: Any = "", *, kind: str = "value") -> SafeString:
    """A bar from 0 to 1 as SVG attributes (no inline style) with its number beside it.

    ``label`` names what is measured, for those who do not see the bar; ``kind`` is value or unknown.
    """
    width = round(min(max(share or 0.0, 0.0), 1.0) * 100, 2)
    drawing = format_html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar-ground" width="100" height="10"/><rect class="bar-{}" width="{}" height="10"/></svg>',
        kind,
        width,
    )
    return format_html(
        '<span class="bar">{}<span class="bar-text">{}{}</span></span>',
        drawing,
        format_html('<span class="visually-hidden">{}{}</span>', label, _(": ")) if label else "",
        percent(share),
    )


@register.inclusion_tag("web/components/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: template.Context, *steps: Any) -> dict[str, Any]:
    """``{% breadcrumbs label url label url label %}``: pairs of label and address, the last without address."""
    pairs = [steps[index : index + 2] for index in range(0, len(steps), 2)]
    return {"trail": [{"label": pair[0], "url": pair[1] if len(pair) > 1 else ""} for pair in pairs]}


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: Any, name: str = "") -> dict[str, Any]:
    """Tabs that are links. ``items``: dicts with label, url, current and perhaps count."""
    return {"items": items, "name": name or _("Views of this page")}


@register.inclusion_tag("web/components/match_picture.html")
def match_picture(picture: Picture, source: str = "") -> dict[str, Any]:
    """The match picture with its finding in words, its source, and the same as a list (phones) and a table."""
    lefts = {node.id: node for node in picture.left}
    rights = {node.id: node for node in picture.right}
    links = picture.linked()
    joined = {link.left for link in links}
    return {
        "picture": picture,
        "svg": mark_safe(draw(picture)),  # noqa: S308  every text in it is escaped by draw
        "summary": summary(picture),
        "pairs": [
            (lefts[link.left], rights[link.right], link, picture.word(link.weak) if link.weak else "") for link in links
        ],
        "alone": [node for node in picture.left if node.id not in joined],
        "source": source,
    }
