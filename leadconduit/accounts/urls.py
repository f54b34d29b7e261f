"""`urlpatterns` stand under /app/ in the namespace "app"; `root_urlpatterns` at the root, in none."""

from allauth.account.views import login, logout
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from leadconduit.accounts.views import api_keys, shell

urlpatterns: list[URLPattern] = [
    path("", shell.home, name="home"),
    path("theme/", shell.set_theme, name="theme"),
    path("api-keys/", api_keys.list_keys, name="api-key-list"),
    path("api-keys/new/", api_keys.create, name="api-key-create"),
    path("api-keys/<str:key_id>/revoke/", api_keys.revoke, name="api-key-revoke"),
]

# Of allauth's pages there are two: nobody signs up, and passwords are set by who runs the product.
root_urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/app/")),
    path("app/login/", login, name="account_login"),
    path("app/logout/", logout, name="account_logout"),
]
