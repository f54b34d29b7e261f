"""Support's view of destinations: found by what a customer quotes, history read-only, secrets never shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from destinations.models import Action, Connection, ConnectionTest, Destination, DestinationRevision, Lane
from leadconduit.lib.admin import ReadOnlyAdmin


class ActionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Action
    extra = 0
    fields = readonly_fields = ("action_id", "name", "position", "webhook_url", "key_made_at", "removed_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Destination)
class DestinationAdmin(ReadOnlyAdmin):
    list_display = ("name", "account", "integration_name", "status", "instance_id", "created_at")
    list_select_related = ("account",)
    search_fields = ("name", "instance_id__exact", "account__id__exact", "account__name")
    search_help_text = "A destination's name, its instance id, an account's id or name"
    list_filter = ("integration", "platform")
    inlines = (ActionInline,)


@admin.register(DestinationRevision)
class DestinationRevisionAdmin(ReadOnlyAdmin):
    list_display = ("destination", "number", "author", "created_at", "applied_at")
    list_select_related = ("destination", "author")
    search_fields = ("destination__instance_id__exact", "destination__name")


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """The secrets stay out of every page: even their ciphertext is nobody's business here."""

    list_display = ("id", "account", "integration", "scheme", "created_by", "created_at")
    list_select_related = ("account", "created_by")
    search_fields = ("id__exact", "account__id__exact", "account__name")
    exclude = ("secrets",)


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin):
    list_display = ("destination", "action_name", "outcome", "by", "started_at")
    list_select_related = ("destination", "by")
    search_fields = ("destination__instance_id__exact",)


@admin.register(Lane)
class LaneAdmin(ReadOnlyAdmin):
    list_display = ("destination", "opens_at", "paused_until", "limited_until", "max_in_flight")
    list_select_related = ("destination",)
    search_fields = ("destination__instance_id__exact",)
