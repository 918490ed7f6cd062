from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "cpms.patients"
    label = "patients"
    verbose_name = "Patients"
