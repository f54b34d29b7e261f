"""Support looks customers up by what they quote: an e-mail address, an id, the end of a key. No secret is shown.

Support signs in where everybody does, so that attempts are counted there too.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import Model
from django.http import HttpRequest

from leadconduit.accounts.models import Account, ApiKey, AuditEvent, CustomField, Membership, User
from leadconduit.lib.admin import ReadOnlyAdmin

admin.site.site_header = admin.site.site_title = "LeadConduit support"
admin.site.index_title = "What customers have"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "account"]
    readonly_fields = ["created_at"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "id", "created_at"]
    search_fields = ["=id", "name", "=memberships__user__email"]
    readonly_fields = ["id", "release_allowed", "created_at"]
    ordering = ["-id"]
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A customer's records are not lost by a click."""
        return False


class UserCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["email", "name"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    fieldsets = [
        (None, {"fields": ["id", "email", "name", "password"]}),
        (
            "What they may do",
            {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]},
        ),
        ("When", {"fields": ["created_at", "last_login"]}),
    ]
    list_display = ["email", "name", "account", "role", "is_active", "is_staff", "last_login"]
    list_filter = ["is_staff", "is_active", "membership__role"]
    list_select_related = ["membership__account"]
    search_fields = ["=id", "email", "name"]
    ordering = ["-id"]
    inlines = [MembershipInline]

    @admin.display(ordering="membership__account__name")
    def account(self, user: User) -> str:
        return user.membership.account.name if hasattr(user, "membership") else ""

    @admin.display(ordering="membership__role")
    def role(self, user: User) -> str:
        return user.membership.role if hasattr(user, "membership") else ""

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody gives themselves more than they have: what staff may do is for superusers to say."""
        kept = ["id", "created_at", "last_login"]
        if request.user.is_superuser:
            return kept
        return [*kept, "is_staff", "is_superuser", "groups", "user_permissions"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nor by way of somebody who has more: their password, say."""
        beyond = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not beyond and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Switch a user off instead: what they did goes on naming them."""
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "account", "role", "created_at"]
    list_filter = ["role"]
    list_select_related = ["user", "account"]
    search_fields = ["=user__email", "=user__id", "=account__id", "account__name"]
    autocomplete_fields = ["user", "account"]
    readonly_fields = ["created_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ["name", "ending", "account", "created_at", "latest_use_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["account"]
    search_fields = ["=id", "=ending", "=account__id", "account__name", "=account__memberships__user__email"]
    fields = ["id", "account", "name", "ending", "created_by", "created_at", "latest_use_at", "revoked_at"]


@admin.register(CustomField)
class CustomFieldAdmin(ReadOnlyAdmin):
    list_display = ["field_id", "name", "type", "account", "created_at"]
    list_filter = ["type"]
    list_select_related = ["account"]
    search_fields = ["=id", "=field_id", "name", "=account__id", "account__name"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "action", "object_name", "object_id", "actor", "account"]
    list_select_related = ["actor", "account"]
    search_fields = ["=id", "=object_id", "=account__id", "=actor__email", "action"]
    date_hierarchy = "created_at"
