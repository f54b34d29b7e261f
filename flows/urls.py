"""Pages under /app/ for flows, leads and deliveries."""

from django.urls import path

from flows.views import (
    attach,
    criteria,
    deliveries,
    fields,
    flows,
    history,
    leads,
    recipients,
    release,
    sections,
    sources,
    steps,
    trial,
    uses,
)

urlpatterns = [
    path("destinations/<str:instance_id>/attach/", attach.destination_attach, name="destination-attach"),
    path("flows/", flows.flow_list, name="flow-list"),
    path("flows/new/", flows.flow_new, name="flow-new"),
    path("flows/<str:pk>/", flows.flow_edit, name="flow-edit"),
    path("flows/<str:pk>/deploy/", flows.flow_deploy, name="flow-deploy"),
    path("flows/<str:pk>/delete/", flows.flow_delete, name="flow-delete"),
    path("flows/<str:pk>/fields/", sections.fields, name="flow-fields"),
    path("flows/<str:pk>/sources/", sections.sources, name="flow-sources"),
    path("flows/<str:pk>/sources/<str:entity_id>/", sources.source, name="flow-source"),
    path(
        "flows/<str:pk>/sources/<str:entity_id>/settings/",
        criteria.source_settings,
        name="flow-source-settings",
    ),
    path("flows/<str:pk>/criteria/", criteria.flow_criteria, name="flow-criteria"),
    path("flows/<str:pk>/destinations/", uses.use_list, name="flow-destinations"),
    path("flows/<str:pk>/actions/<str:action_id>/condition/", uses.condition, name="flow-condition"),
    path("flows/<str:pk>/steps/", steps.step_list, name="flow-steps"),
    path("flows/<str:pk>/steps/new/", steps.step_edit, name="flow-step-new"),
    path("flows/<str:pk>/steps/new/recipient/", recipients.recipient_new, name="flow-recipient-new"),
    path("flows/<str:pk>/steps/<str:step_id>/", steps.step_edit, name="flow-step"),
    path("flows/<str:pk>/test/", trial.flow_test, name="flow-test"),
    path("flows/<str:pk>/history/", history.revision_list, name="flow-history"),
    path("flows/<str:pk>/history/<int:number>/", history.revision_detail, name="flow-revision"),
    path(
        "flows/<str:pk>/history/<int:number>/restore/", history.revision_restore, name="flow-revision-restore"
    ),
    path("fields/", fields.field_list, name="fields"),
    path("fields/new/", fields.field_new, name="field-new"),
    path("fields/<str:pk>/", fields.field_edit, name="field-edit"),
    path("fields/<str:pk>/delete/", fields.field_delete, name="field-delete"),
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/release/", release.lead_release, name="lead-release"),
    path("leads/<str:pk>/", leads.lead_detail, name="lead-detail"),
    path("deliveries/", deliveries.delivery_list, name="delivery-list"),
    path("deliveries/<str:pk>/", deliveries.delivery_detail, name="delivery-detail"),
    path("deliveries/<str:pk>/tries/", deliveries.delivery_try_again, name="delivery-try-again"),
    path("deliveries/<str:pk>/arrivals/", deliveries.delivery_arrived, name="delivery-arrived"),
    path("deliveries/<str:pk>/replays/", deliveries.delivery_send_again, name="delivery-send-again"),
]
