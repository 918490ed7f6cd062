from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "panels.meetings"
    label = "meetings"
    verbose_name = "Meetings"
