"""Every write to people and their memberships."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel import audit, events
from kakehashi.kernel.errors import Conflict, Invalid
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.models import Membership, Person
from kakehashi.kernel.people.roles import Role
from kakehashi.kernel.people.rules import may_manage_people
from kakehashi.kernel.people.tokens import revoke_tokens_of
from kakehashi.kernel.rules import nobody

FILES_INSTEAD_OF_MAILS = "django.core.mail.backends.filebased.EmailBackend"


@dataclass(frozen=True)
class PersonInvited(events.Event):
    """Someone was given a place here and needs the mail that lets them set a password."""

    person_id: int
    organisation_id: int


def add_person(
    *,
    by: Person | None,
    email: str,
    organisation: Organisation,
    role: str,
    name: str = "",
    name_en: str = "",
    language: str = "ja",
    password: str | None = None,
) -> Person:
    """Give someone an account and a role; who has an account already gets the role.

    ``by`` None: the node's operator, on the command line. Raises NotAllowed (recorded) unless ``by`` administers the
    organisation, Invalid naming the field.
    """
    if by is not None:
        audit.insist(may_manage_people(by, organisation), by=by, action="person.add", subject=organisation)
    address = email.strip().lower()
    with transaction.atomic():
        person = Person.objects.filter(email=address).first()
        if person is None:
            person = Person(email=address, name=name.strip(), name_en=name_en.strip(), language=language)
            _check(person, role, password)
            person.set_password(password)
            person.save()
            # The operator vouches for the address; an invited person proves it by opening the mail.
            EmailAddress.objects.create(user=person, email=address, primary=True, verified=password is not None)
            audit.record(by, "person.add", person, organisation=organisation)
        else:
            _check(person, role, None)
        if not Membership.objects.filter(person=person, organisation=organisation, role=role, until=None).exists():
            grant_role(by=by, person=person, organisation=organisation, role=role)
    return person


def _check(person: Person, role: str, password: str | None) -> None:
    problems: dict[str, list[Any]] = {}
    try:
        validate_email(person.email)
    except ValidationError as error:
        problems["email"] = list(error.messages)
    if role not in Role.values:
        text = _("There is no role “%(role)s”; there are: %(known)s.")
        problems["role"] = [text % {"role": role, "known": ", ".join(Role.values)}]
    if person.language not in ("ja", "en"):
        problems["language"] = [_("Choose ja or en.")]
    if password is not None:
        try:
            validate_password(password, person)
        except ValidationError as error:
            problems["password"] = list(error.messages)
    if problems:
        raise Invalid(problems)


def invite_person(
    *,
    by: Person,
    email: str,
    organisation: Organisation,
    role: str,
    name: str = "",
    name_en: str = "",
    language: str = "ja",
) -> Person:
    """Invite someone into one's organisation: they get a mail with a link to set their password.

    Who was invited before gets the mail again. Raises NotAllowed (recorded) unless ``by`` is its administrator,
    Invalid naming the field.
    """
    audit.insist(may_manage_people(by, organisation), by=by, action="person.invite", subject=organisation)
    with transaction.atomic():
        person = add_person(
            by=by, email=email, organisation=organisation, role=role, name=name, name_en=name_en, language=language
        )
        events.publish(PersonInvited(person.pk, organisation.pk))
        audit.record(by, "person.invite", person, organisation=organisation, detail={"role": role})
    return person


def link_to_pass_on(*, by: Person, person: Person, organisation: Organisation) -> str:
    """The link of an invitation whose mail reaches nobody, for the administrator who just sent it; "" where unsafe.

    Whoever has the link sets the password. So it is given only on a node without a mail server, for someone without a
    password, and while the node serves this one organisation: elsewhere it could open another organisation's data.
    Recorded. Raises NotAllowed unless ``by`` administers the organisation.
    """
    audit.insist(may_manage_people(by, organisation), by=by, action="person.invitation_link", subject=person)
    elsewhere = Organisation.objects.exclude(pk=organisation.pk).exists()
    if not mails_stay_here() or person.has_usable_password() or elsewhere:
        return ""
    audit.record(by, "person.invitation_link", person, organisation=organisation)
    return set_password_link(person)


def mails_stay_here() -> bool:
    """Whether this node has no mail server: its mails lie as files in the folder ``mails`` of its home."""
    return settings.EMAIL_BACKEND == FILES_INSTEAD_OF_MAILS


def set_password_link(person: Person) -> str:
    """The address under which this person, and only who reads their mail, sets a password. Valid for some days."""
    key = account_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    names = {"uidb36": user_pk_to_url_str(person), "key": key}
    return f"{settings.BASE_URL}{reverse('account_reset_password_from_key', kwargs=names)}"


def grant_role(*, by: Person | None, person: Person, organisation: Organisation, role: str) -> Membership:
    """Give a person one more role. Raises NotAllowed unless ``by`` administers the organisation, Conflict when held."""
    if by is not None:
        audit.insist(may_manage_people(by, organisation), by=by, action="membership.grant", subject=person)
    with transaction.atomic():
        held = Membership.objects.select_for_update().filter(person=person, organisation=organisation, role=role)
        if held.filter(until=None).exists():
            raise Conflict(_("This person has this role already."))
        membership = Membership.objects.create(person=person, organisation=organisation, role=role)
        audit.record(by, "membership.grant", person, organisation=organisation, detail={"role": str(role)})
    return membership


def end_membership(membership_id: int, *, by: Person | None) -> None:
    """End a role as of today: it no longer holds from now on. Raises NotAllowed, Conflict when it ended before."""
    with transaction.atomic():
        found = Membership.objects.select_for_update().filter(pk=membership_id).first()
        if found is None or found.until is not None:
            raise Conflict(_("This role has ended already."))
        if by is not None:
            verdict = may_manage_people(by, found)
            audit.insist(verdict, by=by, action="membership.end", subject=("person", found.person_id))
        yesterday = timezone.localdate() - timedelta(days=1)
        if found.since > yesterday:
            found.delete()
        else:
            found.until = yesterday
            found.save(update_fields=["until"])
        detail = {"role": found.role}
        audit.record(by, "membership.end", ("person", found.person_id), organisation=found.organisation, detail=detail)


def set_password(person: Person, *, by: Person | None, password: str) -> int:
    """Give a person a new password (the operator, on the command line). Raises Invalid when it is too weak.

    Every session and API token of theirs ends; how many tokens. Nobody else may (people change their own on the pages
    of their account): NotAllowed.
    """
    _insist_on_operator(by, "person.password", person)
    _check(person, Role.CLINICIAN, password)
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.record(by, "person.password", person, detail={"by": "operator"})
        return revoke_tokens_of(person, by=by)


def choose_language(*, by: Person, language: str) -> None:
    """Keep the language a person chose for themselves, for their mails. Raises Invalid for one the node has not."""
    if language not in ("ja", "en"):
        raise Invalid({"language": [_("Choose ja or en.")]})
    with transaction.atomic():
        if Person.objects.filter(pk=by.pk).exclude(language=language).update(language=language):
            audit.record(by, "person.language", by)
    by.language = language


def lock_person(person: Person, *, by: Person | None) -> None:
    """Keep a person out from now on: log-in, sessions and tokens no longer work; what they did stays theirs."""
    _let_in(person, False, by, "person.lock")


def unlock_person(person: Person, *, by: Person | None) -> None:
    """Let a locked person in again."""
    _let_in(person, True, by, "person.unlock")


def _insist_on_operator(by: Person | None, action: str, person: Person) -> None:
    if by is not None:
        audit.insist(nobody(by, person), by=by, action=action, subject=person)


def _let_in(person: Person, may: bool, by: Person | None, action: str) -> None:
    _insist_on_operator(by, action, person)
    with transaction.atomic():
        if Person.objects.filter(pk=person.pk, is_active=not may).update(is_active=may):
            audit.record(by, action, person)
    person.is_active = may
