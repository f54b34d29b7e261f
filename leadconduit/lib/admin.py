"""What support's pages share: records that are read, never written, however many there are."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest

MOST_COUNTED = 10_000

# Generic for the type checker only: at run time Django's admin takes no parameters.
if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Model]
    _Paginator = Paginator[Model]
else:
    _ModelAdmin = admin.ModelAdmin
    _Paginator = Paginator


class CappedPaginator(_Paginator):
    """Counts no further than a person would page: counting a year of leads takes longer than reading them."""

    @cached_property
    def count(self) -> int:
        found: Any = self.object_list
        return int(found.values("pk")[:MOST_COUNTED].count())


class ReadOnlyAdmin(_ModelAdmin):
    """History: support looks at it, nobody changes it."""

    paginator = CappedPaginator
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
