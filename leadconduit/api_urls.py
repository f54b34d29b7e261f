"""Every address of the REST API, at the root as LeadConduit has it, and its description under /docs/.

A new route goes here; drf-spectacular describes it from its view, and a test holds that it does.
"""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from destinations.api.destinations import DestinationDetail, DestinationList
from destinations.views.icons import icon
from flows.api.changelogs import FlowChangelogs
from flows.api.deliveries import DeliveryArrivals, DeliveryDetail, DeliveryList, DeliveryTries
from flows.api.entities import EntityDetail, EntityList
from flows.api.events import EventDetail, EventList
from flows.api.fields import FieldDetail, FieldList, TypeList
from flows.api.flow_fields import FlowFields, FlowFieldUsage
from flows.api.flows import FlowDeployment, FlowDetail, FlowList
from leadconduit.status import Status

api = [
    path("destinations", DestinationList.as_view(), name="api-destination-list"),
    path("destinations/<str:instance_id>", DestinationDetail.as_view(), name="api-destination"),
    path("flows", FlowList.as_view(), name="api-flow-list"),
    path("flows/<str:id>", FlowDetail.as_view(), name="api-flow"),
    path("flows/<str:id>/deploy", FlowDeployment.as_view(), name="api-flow-deploy"),
    path("flows/<str:id>/changelogs", FlowChangelogs.as_view(), name="api-flow-changelogs"),
    path("flows/<str:id>/fields", FlowFields.as_view(), name="api-flow-fields"),
    path("flows/<str:id>/fields/usage", FlowFieldUsage.as_view(), name="api-flow-field-usage"),
    path("entities", EntityList.as_view(), name="api-entity-list"),
    path("entities/<str:id>", EntityDetail.as_view(), name="api-entity"),
    path("fields", FieldList.as_view(), name="api-field-list"),
    path("fields/<str:id>", FieldDetail.as_view(), name="api-field"),
    path("types", TypeList.as_view(), name="api-type-list"),
    path("events", EventList.as_view(), name="api-event-list"),
    path("events/<str:id>", EventDetail.as_view(), name="api-event"),
    path("deliveries", DeliveryList.as_view(), name="api-delivery-list"),
    path("deliveries/<str:id>", DeliveryDetail.as_view(), name="api-delivery"),
    path("deliveries/<str:id>/tries", DeliveryTries.as_view(), name="api-delivery-tries"),
    path("deliveries/<str:id>/arrivals", DeliveryArrivals.as_view(), name="api-delivery-arrivals"),
    path("status", Status.as_view(), name="api-status"),
]

urlpatterns = [
    *api,
    path("docs/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="openapi", http_method_names=["get", "head"]),
        name="docs",
    ),
    path("icons/<str:account_id>/<str:platform>/<str:integration>.svg", icon, name="icon"),
]
