"""Every write to the lineage of awards."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.locks import alone
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio.lineage.rules import may_link
from kakehashi.systems.portfolio.lineage.tracing import leads_to
from kakehashi.systems.portfolio.models import Award, AwardLink, LinkKind


def link_awards(
    *,
    by: Person | None,
    before: Award,
    after: Award,
    kind: str = LinkKind.SUCCESSOR,
    reason: str = "",
    source: str = "",
) -> AwardLink:
    """Note that one award led to another (``by=None``: the node's operator, who names the source).

    Raises NotAllowed; Invalid (no reason and no source, the same award, one that began before the other); Conflict
    (linked already, or they would lead to each other).
    """
    if by is not None:
        audit.insist(may_link(by), by=by, action="award.link", subject=before)
    faults = _faults(before, after, reason, source)
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        alone("portfolio.lineage")
        if AwardLink.objects.filter(before=before, after=after).exists():
            raise Conflict(_("%(before)s and %(after)s are linked already.") % {"before": before, "after": after})
        if leads_to(after, before):
            raise Conflict(_("%(after)s led to %(before)s: not the reverse too.") % {"before": before, "after": after})
        made = AwardLink(before=before, after=after, kind=kind, noted_on=timezone.localdate(), noted_by=by)
        made.reason, made.source = reason.strip(), source.strip()
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        made.save()
        audit.record(by, "award.link", before, detail={"to": after.number, "kind": made.kind})
    return made


def unlink_awards(*, by: Person, link: AwardLink, reason: str) -> None:
    """Take a link back; that it stood there, and why not any more, is in the trail. Raises NotAllowed, Invalid."""
    audit.insist(may_link(by), by=by, action="award.unlink", subject=link.before)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why the link is taken back.")]})
    with transaction.atomic():
        gone, _rows = AwardLink.objects.filter(pk=link.pk).delete()
        if not gone:
            raise Conflict(_("This link is no longer there."))
        detail = {"to": link.after.number, "reason": reason.strip()[:300]}
        audit.record(by, "award.unlink", link.before, detail=detail)


def _faults(before: Award, after: Award, reason: str, source: str) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if before.pk == after.pk:
        faults["award"] = [_("An award does not lead to itself.")]
    elif after.begins < before.begins:
        faults["award"] = [
            _("%(after)s began before %(before)s did: it cannot have come from it.")
            % {"before": before, "after": after}
        ]
    if not reason.strip() and not source.strip():
        faults["reason"] = [_("Say by what you know it.")]
    return faults
