"""allauth's forms where our words stand in place of its own.

Those that keep nothing say, over them when they are refused, what did not happen.
"""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from django import forms
from django.utils.translation import gettext_lazy as _

from kakehashi.kernel.shell import Text

NOT_LOGGED_IN = _("You are not logged in. Please check:")
ONCE_MORE = _("New password, once more")
NOT_CONFIRMED = _("That did not confirm who you are. Please check:")


def _ask_once_more(form: forms.Form) -> None:
    again = form.fields["password2"]
    again.label = again.widget.attrs["placeholder"] = ONCE_MORE


class LoginForm(account.LoginForm):  # type: ignore[misc]
    """Logging in. The page itself leads to a forgotten password, beside its button."""

    refused: ClassVar[Text] = NOT_LOGGED_IN

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]
    """Asking for the mail by which one sets a new password."""

    refused: ClassVar[Text] = _("No mail was sent. Please check:")


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """A new password for the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_once_more(self)


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The password that one sets by the link in a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_once_more(self)


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]
    """Giving the password once more before something that matters."""

    refused: ClassVar[Text] = NOT_CONFIRMED


class SecondStepForm(mfa.AuthenticateForm):  # type: ignore[misc]
    """The code of the second step of a log-in."""

    refused: ClassVar[Text] = NOT_LOGGED_IN


class SecondStepAgainForm(mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code once more before something that matters."""

    refused: ClassVar[Text] = NOT_CONFIRMED
