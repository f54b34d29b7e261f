from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "leadconduit.accounts"
    label = "accounts"
