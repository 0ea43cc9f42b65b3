"""The sharing app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    name = "kakehashi.kernel.sharing"
    label = "sharing"
    verbose_name = _("Sharing")
