from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "cpms.vault"
    label = "vault"
    verbose_name = "Encryption keys"
