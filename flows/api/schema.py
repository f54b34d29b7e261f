"""The shapes of flows, entities and deliveries in the OpenAPI description.

They describe; `definition` checks what callers write, and the `represent` functions make what they read. Read-only
fields are in answers alone, so each of these gives one shape per direction.
"""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from destinations.outcome import Outcome
from flows.definition import OUTCOMES
from flows.models import State
from flows.recipients.modules import MODULES
from leadconduit.leads.rules import OPERATORS
from leadconduit.leads.types import TYPES
from leadconduit.lib.api_schema import ID_PATTERN

SHORT_ID_PATTERN = "^[0-9a-zA-Z]{6}$"
SHORT_ID_HELP = "Ours. Kept where it is given back, made where it is missing."
# One standard field is of a type that values do not have.
FIELD_TYPES = (*TYPES, "array")
ENTITY_SOURCES = ("form", "seller", "other")
ENTITY_RECIPIENTS = ("buyer", "crm", "analytics", "enhancement", "esp", "other")


def an_id(**options: Any) -> serializers.RegexField:
    return serializers.RegexField(ID_PATTERN, **options)


def a_short_id() -> serializers.RegexField:
    return serializers.RegexField(SHORT_ID_PATTERN, required=False, help_text=SHORT_ID_HELP)


@extend_schema_field({"$ref": "#/components/schemas/RuleSet"})
class RuleSetField(serializers.JSONField):
    """Rules, all of which or one of which must hold; sets may stand among them."""


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}, "minItems": 1},
        ]
    }
)
class MappedValueField(serializers.JSONField):
    """What a mapping sets."""


class MappingSerializer(serializers.Serializer[None]):
    """Sets one variable, for leads that match its rules."""

    id = a_short_id()
    property = serializers.CharField(max_length=200, help_text="The field that is set: its id.")
    value = MappedValueField(allow_null=True, help_text="A template, or a list of them; null takes it away.")
    rule_set = RuleSetField(required=False)


class IntegrationSerializer(serializers.Serializer[None]):
    module_id = serializers.CharField(help_text="Any text; it is stored and answered.")
    mappings = MappingSerializer(
        many=True,
        required=False,
        help_text="Applied from top to bottom to what was submitted, before values are read by type.",
    )


class SourceEntitySerializer(serializers.Serializer[None]):
    id = an_id(help_text="It stands in the source's submission URL, so once among the sources of a flow.")
    name = serializers.CharField(read_only=True)
    time_zone = serializers.CharField(required=False)


class AcceptanceCriteriaSerializer(serializers.Serializer[None]):
    """A lead that does not match is refused at once: no step runs."""

    rule_set = RuleSetField()
    outcome = serializers.ChoiceField(OUTCOMES, default="failure")
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="A template for what the source is told."
    )


class SourceSerializer(serializers.Serializer[None]):
    id = a_short_id()
    integration = IntegrationSerializer()
    entity = SourceEntitySerializer()
    enabled = serializers.BooleanField(default=True)
    authentication_required = serializers.BooleanField(
        default=False, help_text="Whether it must show one of the account's API keys."
    )
    acceptance_criteria = AcceptanceCriteriaSerializer(
        required=False, help_text="Judged after the flow's own."
    )


class FilterStepSerializer(serializers.Serializer[None]):
    """Stops the flow for a lead that matches its rules."""

    type = serializers.ChoiceField(("filter",))
    id = a_short_id()
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="A template for what the source is told."
    )
    outcome = serializers.ChoiceField(OUTCOMES)
    rule_set = RuleSetField()
    enabled = serializers.BooleanField(default=True)


class PropertyMappingSerializer(serializers.Serializer[None]):
    """Sets one property of the module, for leads that match its rules."""

    id = a_short_id()
    property = serializers.CharField(
        max_length=200, help_text="Such as `url`, `json_property.contact.email` or `header.Authorization`."
    )
    value = MappedValueField(
        allow_null=True,
        help_text=(
            "A template, a list of them, or a number. Credentials are read as `********`, which keeps them when it "
            "is written back."
        ),
    )
    rule_set = RuleSetField(required=False)


class ModuleSerializer(serializers.Serializer[None]):
    module_id = serializers.ChoiceField(list(MODULES))
    mappings = PropertyMappingSerializer(
        many=True, help_text="Applied from top to bottom, the later of two winning. `url` is required."
    )


class RecipientEntitySerializer(serializers.Serializer[None]):
    id = an_id(help_text="An entity that is a kind of recipient.")
    name = serializers.CharField(read_only=True)
    time_zone = serializers.CharField(required=False)


class RecipientStepSerializer(serializers.Serializer[None]):
    """Asks somebody outside about the lead, and appends what they answer."""

    type = serializers.ChoiceField(("recipient",))
    id = a_short_id()
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    entity = RecipientEntitySerializer()
    integration = ModuleSerializer()
    rule_set = RuleSetField(required=False, help_text="A lead that does not match skips the step.")
    enabled = serializers.BooleanField(default=True)


class UsedActionSerializer(serializers.Serializer[None]):
    name = serializers.CharField(read_only=True)
    action_id = serializers.CharField()
    webhook_url = serializers.URLField(read_only=True)
    enabled = serializers.BooleanField(
        default=True, help_text="Ours. Left out, it stays as it is; null makes it true."
    )
    rule_set = RuleSetField(
        required=False,
        allow_null=True,
        help_text="Ours. Only leads that match are delivered. Left out, it stays as it is; null takes it away.",
    )
    independent = serializers.BooleanField(
        default=False,
        allow_null=True,
        help_text="Ours. An independent action waits for no other of its destination, and none waits for it. Left out, it"
        " stays as it is; null makes it false.",
    )


class UsedDestinationSerializer(serializers.Serializer[None]):
    """A destination with those of its actions that the flow uses, in the order of use."""

    name = serializers.CharField(read_only=True)
    integration_name = serializers.CharField(read_only=True)
    integration_icon_url = serializers.URLField(read_only=True)
    instance_id = serializers.CharField()
    actions = UsedActionSerializer(
        many=True, required=False, help_text="May be left out where the destination has one action."
    )


class FlowSerializer(serializers.Serializer[None]):
    """How the leads of an account are processed."""

    id = an_id(required=False, help_text="May be chosen when the flow is created.")
    name = serializers.CharField(max_length=200)
    enabled = serializers.BooleanField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    sources = SourceSerializer(many=True)
    acceptance_criteria = AcceptanceCriteriaSerializer(
        required=False, help_text="What a lead must match to be processed at all."
    )
    steps = PolymorphicProxySerializer(
        component_name="Step",
        serializers={"filter": FilterStepSerializer, "recipient": RecipientStepSerializer},
        resource_type_field_name="type",
        many=True,
    )
    destinations = UsedDestinationSerializer(
        many=True,
        required=False,
        help_text="Left out, they stay as they are; an empty list removes them all.",
    )
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class DeployedSerializer(serializers.Serializer[None]):
    message = serializers.CharField()


class EntitySerializer(serializers.Serializer[None]):
    """The named party behind a source."""

    id = an_id(read_only=True)
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True)
    standard = serializers.BooleanField(read_only=True)
    account = serializers.BooleanField(read_only=True, allow_null=True)
    source = serializers.ChoiceField(ENTITY_SOURCES, allow_null=True)  # type: ignore[assignment]
    recipient = serializers.ChoiceField(ENTITY_RECIPIENTS, allow_null=True)
    module_ids = serializers.ListField(child=serializers.CharField())
    flow_ids = serializers.ListField(child=an_id(), read_only=True)
    field_suffix = serializers.RegexField("^[0-9a-zA-Z]{3,5}$", required=False, allow_null=True)
    logo_url = serializers.URLField(required=False, allow_null=True)
    time_zone = serializers.CharField(required=False)
    website = serializers.URLField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class FieldSerializer(serializers.Serializer[None]):
    """What a lead may have: one of the standard fields, or one of the account's own."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(FIELD_TYPES)
    description = serializers.CharField(required=False, allow_blank=True)
    standard = serializers.BooleanField()
    aggregate = serializers.BooleanField(required=False)
    deprecated = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(required=False)
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(),
        required=False,
        help_text="Once it is deleted: a sentence for each flow that lists it, by the flow's id.",
    )


class ComponentSerializer(serializers.Serializer[None]):
    name = serializers.CharField()
    type = serializers.ChoiceField(TYPES)
    description = serializers.CharField()


class TypeSerializer(serializers.Serializer[None]):
    name = serializers.ChoiceField(TYPES)
    maskable = serializers.BooleanField(help_text="Whether values may be masked before they are kept.")
    components = ComponentSerializer(many=True)
    operators = serializers.ListField(
        child=serializers.ChoiceField(OPERATORS), help_text="Those that rules about such a value may use."
    )


class ChangedSideSerializer(serializers.Serializer[None]):
    value = serializers.JSONField()
    index = serializers.IntegerField(required=False, help_text="Where in its list it stands.")


class ChangeSerializer(serializers.Serializer[None]):
    action = serializers.ChoiceField(("added", "removed", "changed", "moved"))
    target = serializers.CharField(help_text="The property that changed, or the list that an item is in.")
    delta_path = serializers.CharField(help_text="Where it stands, such as `steps.0.reason`.")
    previous = ChangedSideSerializer(required=False)
    current = ChangedSideSerializer(required=False)


class ChangelogUserSerializer(serializers.Serializer[None]):
    id = an_id()
    email = serializers.CharField()
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)


class ChangelogSerializer(serializers.Serializer[None]):
    """A flow was saved, or (`changed`) deployed."""

    id = an_id()
    type = serializers.ChoiceField(("flow",))
    action = serializers.ChoiceField(("create", "update", "changed"))
    changes = ChangeSerializer(many=True)
    current_revision = serializers.DictField(
        help_text="The flow as it was then, and the revision's `number`."
    )
    delta_from_last_revision = serializers.DictField(
        child=serializers.ListField(), help_text="By path, what stood there before and what stands there now."
    )
    user = ChangelogUserSerializer(required=False, help_text="Where it is known who did it.")
    created_at = serializers.DateTimeField()


class TransactionMessageSerializer(serializers.Serializer[None]):
    version = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField(allow_blank=True))
    body = serializers.CharField(allow_blank=True)
    timestamp = serializers.IntegerField(help_text="Milliseconds since 1970.")


class TransactionRequestSerializer(TransactionMessageSerializer):
    method = serializers.CharField()
    uri = serializers.CharField()


class TransactionResponseSerializer(TransactionMessageSerializer):
    status = serializers.IntegerField()


class TransactionSerializer(serializers.Serializer[None]):
    """A request that was answered, and the answer; secrets are masked."""

    request = TransactionRequestSerializer()
    response = TransactionResponseSerializer()
    ms = serializers.IntegerField()


class EventBaseSerializer(serializers.Serializer[None]):
    id = an_id()
    reason = serializers.CharField(allow_blank=True)
    vars = serializers.DictField(
        required=False,
        help_text=(
            "All that was known of the lead before: `lead`, `submission`, `account`, `flow`, `source`, and what earlier "
            "steps appended, each by its key."
        ),
    )
    start_timestamp = serializers.IntegerField(required=False, help_text="Milliseconds since 1970.")
    end_timestamp = serializers.IntegerField(required=False, help_text="Milliseconds since 1970.")
    ms = serializers.IntegerField(required=False)
    total_ms = serializers.IntegerField(
        required=False, help_text="Since the lead was submitted; where that is known."
    )


class SourceEventSerializer(EventBaseSerializer):
    """The last event of a lead's way through its flow: what its source was told."""

    type = serializers.ChoiceField(("source",))
    outcome = serializers.ChoiceField(OUTCOMES)
    module_id = serializers.CharField(required=False)
    step_count = serializers.IntegerField(required=False, help_text="How many steps handled the lead.")
    appended = serializers.DictField(required=False, help_text="What the steps appended, by their keys.")
    acceptance_criteria = AcceptanceCriteriaSerializer(required=False)
    flow_acceptance_criteria = AcceptanceCriteriaSerializer(required=False)


class FilterEventSerializer(EventBaseSerializer):
    type = serializers.ChoiceField(("filter",))
    outcome = serializers.ChoiceField(("continue", "stop", "error"))
    step_id = serializers.CharField(required=False)
    rule_set = RuleSetField(required=False)
    explanation = serializers.DictField(
        required=False, help_text="Ours. What each rule came to: `sentence`, `matched`."
    )


class CallEventSerializer(EventBaseSerializer):
    """Somebody outside was called: by a recipient step, or to deliver."""

    transactions = TransactionSerializer(many=True, required=False)
    wait_ms = serializers.IntegerField(required=False)
    delivery_id = an_id(required=False, help_text="Ours. Of an attempt to deliver.")
    instance_id = serializers.CharField(required=False, help_text="Ours. The destination's.")
    action_id = serializers.CharField(required=False, allow_null=True, help_text="Ours.")


class RecipientEventSerializer(CallEventSerializer):
    """A recipient step; or, without `step_id`, an attempt to deliver to a destination."""

    type = serializers.ChoiceField(("recipient",))
    outcome = serializers.ChoiceField(("success", "failure", "error", "skip"))
    step_id = serializers.CharField(required=False)
    key = serializers.CharField(required=False, help_text="Under which later steps find what was appended.")
    module_id = serializers.CharField(required=False)
    rule_set = RuleSetField(required=False)
    explanation = serializers.DictField(required=False)
    mappings = PropertyMappingSerializer(many=True, required=False)


class RetryEventSerializer(CallEventSerializer):
    """A further attempt of the same delivery."""

    type = serializers.ChoiceField(("retry",))
    outcome = serializers.ChoiceField(("success", "failure", "error"))
    retry_status = serializers.ChoiceField(("completed",), required=False)


EVENT = PolymorphicProxySerializer(
    component_name="Event",
    serializers={
        "source": SourceEventSerializer,
        "filter": FilterEventSerializer,
        "recipient": RecipientEventSerializer,
        "retry": RetryEventSerializer,
    },
    resource_type_field_name="type",
)
EVENTS = PolymorphicProxySerializer(
    component_name="Event", serializers=EVENT.serializers, resource_type_field_name="type", many=True
)


class ReceiptSerializer(serializers.Serializer[None]):
    """What the receiver calls the record that it made of the lead, and where a person can see it."""

    id = serializers.CharField()
    url = serializers.CharField(allow_null=True)


class DeliverySerializer(serializers.Serializer[None]):
    """One lead owed to one action of a destination."""

    id = an_id()
    key = an_id(
        help_text="Travels with every attempt, so that the receiver can tell a retry from a new delivery."
    )
    state = serializers.ChoiceField(State.choices)
    outcome = serializers.ChoiceField(
        [outcome.value for outcome in Outcome],
        allow_null=True,
        help_text="Of the latest attempt; null before it.",
    )
    reason = serializers.CharField(allow_blank=True)
    lead_id = an_id(allow_null=True, help_text="Null for a call of an action's webhook_url.")
    flow_id = an_id(allow_null=True)
    instance_id = serializers.CharField(allow_null=True)
    action_id = serializers.CharField(allow_null=True)
    follows_id = an_id(allow_null=True, help_text="The delivery that must be delivered first.")
    origin_id = an_id(allow_null=True, help_text="The delivery that this one sends again.")
    receipt = ReceiptSerializer(
        allow_null=True, help_text="Null where the receiver says nothing of a record."
    )
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ExchangeField(serializers.JSONField):
    """One HTTP request with its answer."""


class AttemptSerializer(serializers.Serializer[None]):
    number = serializers.IntegerField()
    revision = serializers.IntegerField(
        allow_null=True,
        help_text="The version of the destination that it was sent by; null where none was live.",
    )
    started_at = serializers.DateTimeField()
    ms = serializers.IntegerField()
    outcome = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    exchange = ExchangeField(
        allow_null=True, help_text="The request and the response, as they went, with secrets masked."
    )


class DeliveryDetailSerializer(DeliverySerializer):
    attempt_log = AttemptSerializer(many=True)
