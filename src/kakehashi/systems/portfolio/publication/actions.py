"""Awards are shown to everybody, taken from public view with a reason, and shown again."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kakehashi.kernel import audit
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.people.models import Person
from kakehashi.systems.portfolio import rules
from kakehashi.systems.portfolio.models import Award, Withdrawal

AT_ONCE = 2_000


def publish_awards(*, by: Person | None, awards: QuerySet[Award], on: date | None = None, again: bool = False) -> int:
    """Show awards to everybody from a day on (today): number, titles, summary, institution, programme, dates; no money.

    What was taken from public view is left out unless ``again`` says that it is meant too. Answers how many were not
    shown before. Raises NotAllowed for whoever may not.
    """
    if by is not None:
        audit.insist(rules.may_publish_awards(by), by=by, action="award.publish")
    with transaction.atomic():
        wanted = awards.filter(published_on=None)
        if not again:
            wanted = wanted.exclude(pk__in=Withdrawal.objects.order_by().values("award"))
        fresh = list(wanted.only("pk", "number"))
        day = on or timezone.localdate()
        with audit.batch():
            for first in range(0, len(fresh), AT_ONCE):
                some = fresh[first : first + AT_ONCE]
                Award.objects.filter(pk__in=[one.pk for one in some]).update(published_on=day)
                for one in some:
                    audit.record(by, "award.publish", one, detail={"number": one.number, "on": day.isoformat()})
    return len(fresh)


def withdraw_award(*, by: Person | None, award: Award, reason: str) -> Withdrawal:
    """Take a published award from public view at once: its page, the finder, the sitemap and open data know it no more.

    ``by`` None: the node's operator. Raises NotAllowed for whoever may not publish; Invalid without a reason; Conflict
    where it is not published.
    """
    if by is not None:
        audit.insist(rules.may_publish_awards(by), by=by, action="award.withdraw", subject=award)
    why = reason.strip()
    if not why:
        raise Invalid({"reason": [_("Say why it is taken from public view.")]})
    with transaction.atomic():
        locked = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
        if locked.published_on is None:
            raise Conflict(_("The award %(number)s is not published.") % {"number": locked.number})
        made = Withdrawal.objects.create(award=locked, published_on=locked.published_on, reason=why, withdrawn_by=by)
        locked.published_on = None
        locked.save(update_fields=["published_on"])
        audit.record(by, "award.withdraw", locked, detail={"number": locked.number, "reason": why[:300]})
    award.published_on = None
    return made
