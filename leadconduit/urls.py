"""Every address of the product: the REST API at the root, the pages under /app/, support under /admin/."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import destinations.urls
import flows.urls
import leadconduit.accounts.urls
from flows.api.hooks import hook
from flows.api.submit import submit
from leadconduit import errors, gallery, health

pages = [
    *leadconduit.accounts.urls.urlpatterns,
    *destinations.urls.urlpatterns,
    *flows.urls.urlpatterns,
    path("parts/", gallery.gallery, name="parts"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *leadconduit.accounts.urls.root_urlpatterns,
    path("flows/<str:flow_id>/sources/<str:source_id>/submit", submit, name="submit"),
    path("hooks/<str:action>", hook, name="hook"),
    path("", include("leadconduit.api_urls")),
    path("app/", include((pages, "app"))),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.SANDBOX:
    urlpatterns.append(path("sandbox/", include("destinations.sandbox.urls")))

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
