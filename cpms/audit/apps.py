from django.apps import AppConfig
from django.core import checks

from cpms import rights


class AuditConfig(AppConfig):
    name = "cpms.audit"
    label = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        checks.register(rights.check_role, checks.Tags.database)
