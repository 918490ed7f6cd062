from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "panels.cases"
    label = "cases"
    verbose_name = "Cases"
