"""Pages under /app/ for destinations."""

from django.urls import path

from destinations.views import (
    answers,
    authenticate,
    changes,
    configure,
    connections,
    consent,
    detail,
    listing,
    live_choices,
    map_fields,
    marketplace,
    review,
    trial,
    versions,
)

urlpatterns = [
    path("connections/", connections.connection_list, name="connection-list"),
    path("connections/callback/", consent.connection_callback, name="connection-callback"),
    path("connections/<str:connection_id>/", connections.connection_detail, name="connection-detail"),
    path("connections/<str:connection_id>/consent/", consent.connection_consent, name="connection-consent"),
    path("connections/<str:connection_id>/verify/", connections.connection_verify, name="connection-verify"),
    path("connections/<str:connection_id>/rename/", connections.connection_rename, name="connection-rename"),
    path(
        "connections/<str:connection_id>/disconnect/",
        connections.connection_disconnect,
        name="connection-disconnect",
    ),
    path("destinations/", listing.destination_list, name="destination-list"),
    path("destinations/new/", marketplace.marketplace, name="destination-new"),
    path("destinations/new/<str:key>/", marketplace.integration_detail, name="destination-integration"),
    path("destinations/<str:instance_id>/", detail.destination_detail, name="destination-detail"),
    path("destinations/<str:instance_id>/setup/auth/", authenticate.authenticate, name="setup-auth"),
    path("destinations/<str:instance_id>/setup/configure/", configure.configure, name="setup-configure"),
    path(
        "destinations/<str:instance_id>/setup/choices/<str:field>/",
        live_choices.live_choices,
        name="setup-choices",
    ),
    path("destinations/<str:instance_id>/setup/map/", map_fields.map_fields, name="setup-map"),
    path("destinations/<str:instance_id>/setup/test/", trial.trial, name="setup-test"),
    path(
        "destinations/<str:instance_id>/setup/answers/",
        answers.destination_answers,
        name="destination-answers",
    ),
    path("destinations/<str:instance_id>/apply/", changes.destination_apply, name="destination-apply"),
    path(
        "destinations/<str:instance_id>/apply/untested/",
        changes.destination_apply_untested,
        name="destination-apply-untested",
    ),
    path("destinations/<str:instance_id>/changes/", review.destination_changes, name="destination-changes"),
    path("destinations/<str:instance_id>/versions/", versions.version_list, name="destination-versions"),
    path(
        "destinations/<str:instance_id>/versions/<int:number>/",
        versions.version_detail,
        name="destination-version",
    ),
    path(
        "destinations/<str:instance_id>/versions/<int:number>/restore/",
        versions.version_restore,
        name="destination-version-restore",
    ),
    path("destinations/<str:instance_id>/discard/", changes.destination_discard, name="destination-discard"),
    path("destinations/<str:instance_id>/rename/", changes.destination_rename, name="destination-rename"),
    path("destinations/<str:instance_id>/pause/", changes.destination_pause, name="destination-pause"),
    path("destinations/<str:instance_id>/resume/", changes.destination_resume, name="destination-resume"),
    path("destinations/<str:instance_id>/delete/", changes.destination_delete, name="destination-delete"),
    path(
        "destinations/<str:instance_id>/actions/<str:action>/key/",
        changes.destination_key,
        name="destination-key",
    ),
]
