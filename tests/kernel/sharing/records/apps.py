from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "tests.kernel.sharing.records"
    label = "sharing_records"
    default_auto_field = "django.db.models.BigAutoField"
