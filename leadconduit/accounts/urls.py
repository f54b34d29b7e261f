"""`urlpatterns` stand under /app/ in the namespace "app"; `root_urlpatterns` at the root, in none."""

from allauth.account.views import login, logout
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from leadconduit.accounts.views import account, api_keys, shell

urlpatterns: list[URLPattern] = [
    path("", shell.home, name="home"),
    path("theme/", shell.set_theme, name="theme"),
    path("account/", account.account, name="account"),
    path("api-keys/", api_keys.list_keys, name="api-key-list"),
    path("api-keys/new/", api_keys.create, name="api-key-create"),
    path("api-keys/<str:key_id>/revoke/", api_keys.revoke, name="api-key-revoke"),
]

form_page = require_http_methods(["GET", "HEAD", "POST"])

# Of allauth's pages there are two: nobody signs up, and passwords are set by who runs the product.
root_urlpatterns: list[URLPattern] = [
    path("", shell.root, name="root"),
    path("app/login/", form_page(login), name="account_login"),
    path("app/logout/", form_page(logout), name="account_logout"),
]
