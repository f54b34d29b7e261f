"""Support's view of flows, leads and deliveries: found by e-mail or id, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from flows.models import Attempt, Delivery, Due, Entity, Event, Flow, FlowRevision, Lead
from leadconduit.lib.admin import ReadOnlyAdmin


@admin.register(Flow)
class FlowAdmin(ReadOnlyAdmin):
    list_display = ("name", "account", "status", "enabled", "updated_at", "deleted_at")
    list_select_related = ("account",)
    search_fields = ("name", "id__exact", "account__id__exact", "account__name")


@admin.register(FlowRevision)
class FlowRevisionAdmin(ReadOnlyAdmin):
    list_display = ("flow", "number", "author", "created_at")
    list_select_related = ("flow", "author")
    search_fields = ("flow__id__exact", "flow__name")


@admin.register(Entity)
class EntityAdmin(ReadOnlyAdmin):
    list_display = ("name", "account", "source", "recipient", "created_at")
    list_select_related = ("account",)
    search_fields = ("name", "id__exact")


class LogAdmin(ReadOnlyAdmin):
    """Partitioned records, whose parents may be gone: no joins, and only searches that an index answers."""

    list_select_related = False


@admin.register(Lead)
class LeadAdmin(LogAdmin):
    list_display = ("id", "email", "account_id", "flow_id", "outcome", "gate", "submitted_at")
    search_fields = ("email__exact", "id__exact")
    search_help_text = "A whole e-mail address, or a lead's id"
    fields = readonly_fields = (
        "id",
        "account_id",
        "flow_id",
        "revision_id",
        "source_id",
        "email",
        "values",
        "invalid",
        "submission",
        "outcome",
        "reason",
        "gate",
        "blame",
        "released_by_id",
        "released_at",
        "release_reason",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Lead]", search_term: str
    ) -> tuple["QuerySet[Lead]", bool]:
        return super().get_search_results(request, queryset, search_term.strip().lower())  # type: ignore[return-value]


@admin.register(Event)
class EventAdmin(LogAdmin):
    list_display = ("id", "type", "outcome", "reason", "lead_id")
    search_fields = ("lead_id__exact", "id__exact")
    fields = readonly_fields = (
        "id",
        "account_id",
        "flow_id",
        "lead_id",
        "type",
        "step_id",
        "outcome",
        "reason",
        "detail",
    )


@admin.register(Delivery)
class DeliveryAdmin(LogAdmin):
    list_display = ("id", "state", "outcome", "attempt_count", "lead_id", "destination_id", "created_at")
    list_filter = ("state",)
    search_fields = ("id__exact", "lead_id__exact", "destination_id__exact")
    search_help_text = "The id of a delivery, of its lead, or of its destination"
    fields = readonly_fields = (
        "id",
        "key",
        "account_id",
        "flow_id",
        "lead_id",
        "destination_id",
        "action_id",
        "follows_id",
        "origin_id",
        "input",
        "state",
        "outcome",
        "reason",
        "attempt_count",
        "finished_at",
    )


@admin.register(Attempt)
class AttemptAdmin(LogAdmin):
    list_display = ("id", "delivery_id", "number", "outcome", "ms", "started_at")
    search_fields = ("delivery_id__exact", "id__exact")
    fields = readonly_fields = (
        "id",
        "delivery_id",
        "revision_id",
        "number",
        "started_at",
        "ms",
        "outcome",
        "reason",
        "counted",
        "exchange",
    )


@admin.register(Due)
class DueAdmin(ReadOnlyAdmin):
    list_display = ("delivery_id", "destination_id", "due_at", "tries", "lease_id")
    search_fields = ("delivery_id__exact", "destination_id__exact")
