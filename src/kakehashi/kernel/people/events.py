"""What people's events set off: the invitation mail. A mail that cannot be sent is tried again by the worker."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kakehashi.kernel.events import handles
from kakehashi.kernel.organisations.models import Organisation
from kakehashi.kernel.people.actions import PersonInvited, set_password_link
from kakehashi.kernel.people.models import Person


@handles(PersonInvited)
def mail_invitation(event: PersonInvited) -> None:
    """In the person's language; who has a password already is told of the new organisation only."""
    person = Person.objects.get(pk=event.person_id)
    organisation = Organisation.objects.get(pk=event.organisation_id)
    with translation.override(person.language):
        facts = {"node": settings.NODE_NAME, "organisation": organisation.label(), "name": str(person)}
        subject = _("%(organisation)s invites you to %(node)s") % facts
        if person.has_usable_password():
            text = _(
                "Dear %(name)s,\n\n%(organisation)s gave you a role on %(node)s. Log in with your password:\n%(link)s\n"
            )
            link = f"{settings.BASE_URL}{reverse('account_login')}"
        else:
            text = _(
                "Dear %(name)s,\n\n%(organisation)s gave you an account on %(node)s. Set your password here, within "
                "%(days)d days:\n%(link)s\n\nIf the link no longer works, ask for a new one on the log-in page under "
                "“Forgot your password?”.\n"
            )
            link = set_password_link(person)
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        send_mail(subject, text % (facts | {"link": link, "days": days}), None, [person.email])
