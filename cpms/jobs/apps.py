from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "cpms.jobs"
    label = "jobs"
    verbose_name = "Background jobs"
