from django.apps import AppConfig


class ProductConfig(AppConfig):
    """The project itself, as an app: its commands are the product's, not one app's."""

    name = "leadconduit"
    label = "product"
