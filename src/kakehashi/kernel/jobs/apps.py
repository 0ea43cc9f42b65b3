from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "kakehashi.kernel.jobs"
    label = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        """Register the jobs' workflow."""
        from kakehashi.kernel.jobs import states  # noqa: F401
