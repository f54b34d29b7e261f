"""The shapes of destinations in the OpenAPI description. They describe; `representation` makes the values."""

from rest_framework import serializers


class ActionSerializer(serializers.Serializer[None]):
    name = serializers.CharField()
    action_id = serializers.CharField(help_text="Names the action within its destination. It never changes.")
    webhook_url = serializers.URLField(help_text="A POST here makes the action act, without a lead.")


class UsingFlowSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    name = serializers.CharField()


class FlowUsagesSerializer(serializers.Serializer[None]):
    count = serializers.IntegerField(help_text="The number of flows, each counted once.")
    flows = UsingFlowSerializer(many=True)


class DestinationSerializer(serializers.Serializer[None]):
    """A configured instance of an integration, which any flow of the account can use."""

    name = serializers.CharField()
    integration_name = serializers.CharField(help_text="As the marketplace has it.")
    integration_icon_url = serializers.URLField(
        help_text="Pre-signed: opens without a session, until it expires."
    )
    instance_id = serializers.CharField(
        help_text="Names the destination on the platform that runs it. Opaque."
    )
    actions = ActionSerializer(many=True)
    flow_usages = FlowUsagesSerializer(required=False, help_text="Only with `include=flow_usages`.")
