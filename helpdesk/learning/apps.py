from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "helpdesk.learning"
    label = "learning"
    verbose_name = "Manual"
