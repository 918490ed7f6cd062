from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "helpdesk.people"
    label = "people"
    verbose_name = "Getting in, roles and lost phones"
