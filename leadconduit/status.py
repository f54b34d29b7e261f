"""GET /status: which version answers."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from leadconduit.lib.api_schema import refusals
from leadconduit.lib.api_view import ApiView


class StatusSerializer(serializers.Serializer[None]):
    version = serializers.RegexField(r"^\d+\.\d+\.\d+$")


class Status(ApiView):
    @extend_schema(operation_id="status", tags=["System"], responses={200: StatusSerializer, **refusals()})
    def get(self, _: Request) -> Response:
        """Which version is running."""
        return Response({"version": settings.VERSION})
