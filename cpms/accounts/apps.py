from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "cpms.accounts"
    label = "accounts"
    verbose_name = "People and networks"
