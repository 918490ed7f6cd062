from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    name = "cpms.terminology"
    label = "terminology"
    verbose_name = "Terminology"
