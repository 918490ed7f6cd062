from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "cpms.drafts"
    label = "drafts"
    verbose_name = "Drafts"
