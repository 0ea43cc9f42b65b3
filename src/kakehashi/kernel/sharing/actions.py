"""Every write of sharing rows: how far a record may be seen, grants, opt-outs, outbreak exceptions, networks.

Each is one transaction, audited, and binds the very next query. Who may call them is the caller's rule: a record's
system says who sets its reach, stewardship who grants.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.sharing.events import GrantWritten, NetworkJoined, OptedIn
from kakehashi.kernel.sharing.models import (
    Grant,
    Network,
    NetworkMember,
    NetworkRole,
    OptOut,
    OutbreakException,
    SharedRecord,
)
from kakehashi.kernel.sharing.states import DataClass, Level, Purpose, Reach


@dataclass(frozen=True)
class Consent:
    """What a patient (or their guardian) agreed to: the form's version, from when, until when, and how far."""

    version: str = ""
    since: date | None = None
    until: date | None = None
    domestic: bool = False
    abroad: bool = False
    private: bool = False
    recontact: bool = False

    @classmethod
    def of(cls, record: SharedRecord) -> "Consent":
        """The consent a record stands on."""
        return cls(
            record.consent_version,
            record.consent_from,
            record.consent_until,
            record.consent_domestic,
            record.consent_abroad,
            record.consent_private,
            record.consent_recontact,
        )

    def in_force(self, day: date) -> bool:
        """Whether it stands on a day."""
        return self.since is not None and self.since <= day and (self.until is None or day <= self.until)

    @property
    def farthest(self) -> Reach:
        """The widest reach it allows."""
        if self.abroad:
            return Reach.ABROAD
        return Reach.DOMESTIC if self.domestic else Reach.INSTITUTION


@dataclass(frozen=True)
class Terms:
    """The registrant's terms for one record: how far, how much, to whom, from when."""

    reach: Reach = Reach.INSTITUTION
    shown: Level = Level.MATCHING
    sharing_class: DataClass = DataClass.RESTRICTED
    private_sector: bool = False
    embargo_until: date | None = None

    @classmethod
    def of(cls, record: SharedRecord) -> "Terms":
        """The terms a record is under."""
        return cls(
            Reach(record.reach),
            Level(record.shown),
            DataClass(record.sharing_class),
            record.private_sector,
            record.embargo_until,
        )


def check(terms: Terms, consent: Consent, day: date | None = None) -> None:
    """Raise Invalid where the terms go further than the consent; narrowing is always possible."""
    problems: dict[str, list[str | Promise]] = {}
    if terms.reach > Reach.INSTITUTION:
        if not consent.in_force(day or timezone.localdate()):
            problems["reach"] = [_("No consent to sharing is in force, so only your institution may see it.")]
        elif terms.reach > consent.farthest:
            problems["reach"] = [_("The consent does not reach that far. Narrow the reach, or record a wider consent.")]
    if terms.private_sector and not consent.private:
        problems["private_sector"] = [_("The consent does not include the private sector.")]
    if consent.since and consent.until and consent.until < consent.since:
        problems["consent_until"] = [_("The consent ends before it begins.")]
    if problems:
        raise Invalid(problems)


def put_terms(record: SharedRecord, terms: Terms, consent: Consent) -> None:
    """Set a record's terms and consent on the instance; saves nothing. Raises Invalid (see ``check``)."""
    check(terms, consent)
    write_terms(record, terms)
    record.consent_version = consent.version.strip()[:60]
    record.consent_from, record.consent_until = consent.since, consent.until
    record.consent_domestic = consent.domestic or consent.abroad
    record.consent_abroad, record.consent_private = consent.abroad, consent.private
    record.consent_recontact = consent.recontact


def write_terms(record: SharedRecord, terms: Terms) -> None:
    """Set a record's terms on the instance, unchecked; saves nothing."""
    record.reach, record.shown = int(terms.reach), int(terms.shown)
    record.sharing_class = str(terms.sharing_class)
    record.private_sector, record.embargo_until = terms.private_sector, terms.embargo_until


def grant_access(
    *,
    by: Any,
    to: Any,
    of: SharedRecord | Organisation | int,
    level: Level,
    purpose: Purpose,
    reason: str,
    until: date | None = None,
    joined: bool = False,
) -> Grant:
    """Grant access beyond reach, to a person, an institution or a foreign node (its name), from today.

    ``of``: a record, an institution's records, or an award's (its number in the database). Raises Invalid.
    """
    if not reason.strip():
        raise Invalid({"reason": [_("Say why access is granted.")]})
    if level == Level.NOTHING:
        raise Invalid({"level": [_("Say what is granted.")]})
    if until is not None and until < timezone.localdate():
        raise Invalid({"until": [_("This day is past.")]})
    granted = Grant(
        level=int(level), purpose=str(purpose), reason=reason.strip()[:500], until=until, joined=joined, written_by=by
    )
    if isinstance(to, str):
        granted.node = to
    elif isinstance(to, Organisation):
        granted.grantee = to
    else:
        granted.person = to
    if isinstance(of, int):
        granted.award_id = of
    elif isinstance(of, Organisation):
        granted.organisation = of
    else:
        granted.kind, granted.record_id = of.sharing_kind, of.pk
    with transaction.atomic():
        granted.save()
        audit.record(by, "sharing.grant", granted, detail={"level": int(level), "purpose": str(purpose)})
        events.publish(GrantWritten(granted.pk))
    return granted


def opt_out(*, by: Any, record: SharedRecord, reason: str = "") -> OptOut:
    """The patient opts out of secondary use, from today. Raises Conflict when that is so already."""
    today = timezone.localdate()
    with transaction.atomic():
        if OptOut.in_force(today).filter(kind=record.sharing_kind, record_id=record.pk).exists():
            raise Conflict(_("An opt-out is in force already."))
        written = OptOut.objects.create(
            kind=record.sharing_kind, record_id=record.pk, since=today, reason=reason.strip()[:500], written_by=by
        )
        audit.record(by, "sharing.opt_out", record)
    return written


def opt_in(*, by: Any, record: SharedRecord) -> None:
    """The patient takes the opt-out back. Raises Conflict when none is in force."""
    today = timezone.localdate()
    with transaction.atomic():
        rows = list(OptOut.in_force(today).filter(kind=record.sharing_kind, record_id=record.pk).select_for_update())
        if not rows:
            raise Conflict(_("No opt-out is in force."))
        for row in rows:
            end(row, today)
        audit.record(by, "sharing.opt_in", record)
        events.publish(OptedIn(ContentType.objects.get_for_model(record).pk, record.pk))


def end_grant(*, by: Any, grant: Grant) -> None:
    """Withdraw a grant at once. Raises Conflict when it has ended."""
    today = timezone.localdate()
    with transaction.atomic():
        locked = Grant.in_force(today).select_for_update().filter(pk=grant.pk).first()
        if locked is None:
            raise Conflict(_("This grant has ended already."))
        end(locked, today)
        audit.record(by, "sharing.end_grant", locked)


def declare_outbreak(*, by: Any, country: str, reason: str, until: date | None = None) -> OutbreakException:
    """A country's exception for public health: embargoes and opt-outs step aside there. Raises Invalid."""
    if not reason.strip():
        raise Invalid({"reason": [_("Say which outbreak this is for.")]})
    with transaction.atomic():
        declared = OutbreakException.objects.create(
            country=country.strip().upper(), reason=reason.strip()[:500], until=until, written_by=by
        )
        audit.record(by, "sharing.outbreak", declared, detail={"country": declared.country})
    return declared


def end(row: Any, day: date) -> None:
    """End a row that counts from a day on, so that it no longer counts on ``day``: the very next query knows."""
    if row.since >= day:
        row.delete()  # it never counted on an earlier day; the trail keeps that it was written
    else:
        row.until = day - timedelta(days=1)
        row.save(update_fields=["until"])


def add_network(*, by: Any, code: str, name: str, name_en: str = "") -> Network:
    """Found a network of institutions. Raises Invalid naming each field that cannot be used."""
    network = Network(code=code.strip(), name=name.strip(), name_en=name_en.strip())
    with transaction.atomic():
        try:
            network.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from error
        network.save()
        audit.record(by, "network.add", network, detail={"network": network.code})
    return network


def join_network(
    *,
    by: Any,
    network: Network,
    organisation: Organisation,
    role: NetworkRole = NetworkRole.MEMBER,
    hub: Organisation | None = None,
) -> NetworkMember:
    """Place an institution in a network, or change its place there. Raises Invalid (``hub`` is no hub of it)."""
    if hub is not None and not network.members.filter(organisation=hub, role=NetworkRole.HUB).exists():
        raise Invalid({"hub": [_("This is no hub hospital of the network. Place it there as a hub first.")]})
    with transaction.atomic():
        member, _made = NetworkMember.objects.update_or_create(
            network=network, organisation=organisation, defaults={"role": str(role), "hub": hub}
        )
        audit.record(by, "network.join", organisation, detail={"network": network.code, "role": str(role)})
        events.publish(NetworkJoined(network.pk, organisation.pk))
    return member


def leave_network(*, by: Any, network: Network, organisation: Organisation) -> None:
    """Take an institution out of a network; what it shared with the network it no longer shares. Raises Conflict."""
    with transaction.atomic():
        gone, _by_model = NetworkMember.objects.filter(network=network, organisation=organisation).delete()
        if not gone:
            raise Conflict(_("This institution is not in the network."))
        network.members.filter(hub=organisation).update(hub=None)
        audit.record(by, "network.leave", organisation, detail={"network": network.code})
