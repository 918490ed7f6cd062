from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "cpms.notifications"
    label = "notifications"
    verbose_name = "Notices and work items"
