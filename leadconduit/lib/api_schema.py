"""What every operation of the API shares in its OpenAPI description."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

ID_PATTERN = "^[0-9a-fA-F]{24}$"

_REFUSALS = {
    400: "The request cannot be carried out as it is. The sentence says why.",
    401: "There is no API key, or it is not valid.",
    403: "This is not the account's own to change.",
    404: "This account has no such thing.",
    409: "It contradicts what is there already.",
    412: "It was changed meanwhile: `If-Match` names another revision.",
    413: "The body is too large.",
    415: "The body is not `application/json`.",
}


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    location=OpenApiParameter.HEADER,
    description="The ETag of an answer that the caller has: while it is still the same, the answer is 304.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    location=OpenApiParameter.HEADER,
    description="The ETag of the flow as the caller read it: where it was changed since, the answer is 412.",
)
NOT_MODIFIED = {304: OpenApiResponse(description="It is as the caller has it.")}


class ErrorSerializer(serializers.Serializer[None]):
    error = serializers.CharField(help_text="One sentence for a person.")


class InvalidSerializer(ErrorSerializer):
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(),
        required=False,
        help_text="A sentence by the dotted path of what is wrong, such as `steps.0.outcome`.",
    )


def refusals(*codes: int) -> dict[int, OpenApiResponse]:
    """The answers that an operation may give instead of the wanted one; 400 and 401 are always among them."""
    return {
        code: OpenApiResponse(InvalidSerializer if code == 400 else ErrorSerializer, _REFUSALS[code])
        for code in (400, 401, *codes)
    }
